"""Events beside the spike: a condition of their own, code on them, a monitor, and a pathway that they trigger."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.4 - v)/(2*ms) : 1
       warmed : boolean
       charge : 1
       received : 1""",
    threshold="v > 1",
    reset="v = 0; warmed = False",
    events={"warm": "v > 0.6 and not warmed", "full": "charge >= 3"},
    method="euler",
    name="cells",
)
cells.v = "0.19*i"
cells.run_on_event("warm", "warmed = True; charge += 1")
cells.run_on_event("full", "charge -= 3; v *= 0.5")
link = Synapses(cells, cells, "w : 1", on_pre={"pre": "received += w"}, on_event={"pre": "warm"}, name="link")
link.connect(j="k for k in range(i, i + 2) if k < N_post")
link.w = "0.1 + i"
back = Synapses(cells, cells, on_pre="v_post += 0.01*received_pre", name="back", delay=0.4 * ms)
back.connect(condition="i == N_pre - 1 - j")
spikes = SpikeMonitor(cells)
warm = EventMonitor(cells, "warm", variables="v")
full = EventMonitor(cells, "full")
traces = StateMonitor(cells, ["v", "warmed", "charge", "received"], record=True)
run(5 * ms)
