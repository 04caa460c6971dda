"""While a neuron is refractory, synapses and regular code cannot write what is "(unless refractory)"; resets can."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(2, [0, 1] * 12, arange(24) * 0.2 * ms, name="source")
cells = NeuronGroup(
    5,
    """dv/dt = (1.4 - v)/ms : 1 (unless refractory)
       u : 1
       calls : integer""",
    threshold="v > 1",
    reset="v = -0.1; u += 0.5",
    refractory="(0.2 + 0.25*i)*ms",
    events={"marked": "u > 1"},
    method="euler",
    name="cells",
)
cells.v = "0.2*i"
cells.run_on_event("marked", "v += 0.02; u = 0")
cells.run_regularly("v += 0.01; calls += 1", dt=0.3 * ms, name="regular")
links = Synapses(source, cells, on_pre="v_post += 0.07; u_post += 0.1", on_post="v_post += 0.5", name="links")
links.connect()
spikes = SpikeMonitor(cells)
marked = EventMonitor(cells, "marked")
traces = StateMonitor(cells, ["v", "u", "calls", "not_refractory"], record=True)
run(2.5 * ms)
cells.v = "v + 0.25"
run(1.25 * ms)
cells.v[0:2] = [0.5, 0.6]
run(1.25 * ms)
