"""Competition: each spike sets the others back, and a slow threshold tells who may win next."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.5 * ms
inputs = SpikeGeneratorGroup(
    8, arange(40) * 3 % 8, (arange(40) * 2.5 + (arange(40) % 5) * 0.5) * ms, period=101 * ms, name="inputs"
)
cells = NeuronGroup(
    4,
    """dv/dt = -v/(20*ms) : 1 (unless refractory)
       dtheta/dt = -theta/(200*ms) : 1""",
    threshold="v > 1 + theta",
    reset="v = 0; theta += 0.1",
    refractory=3 * ms,
    method="euler",
    name="cells",
)
feed = Synapses(inputs, cells, "w : 1", on_pre="v_post += w", name="feed")
feed.connect()
feed.w = "0.15 + ((i*5 + j*3) % 7)*0.1"
rival = Synapses(cells, cells, on_pre="v_post -= 0.6", name="rival")
rival.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "theta"], record=True)
run(25 * ms if SHORT else 200 * ms)
