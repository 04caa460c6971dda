"""Traces taken in each slot of the step, in a given order, of chosen neurons, of synapses, and of the time itself."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.3 - v)/ms : 1
       x : 1""",
    threshold="v > 1",
    reset="v = 0; x += 1",
    method="euler",
    name="cells",
)
cells.v = "0.17*i"
links = Synapses(cells, cells, "w : 1", on_pre="v_post += 0.05; w += 0.5", delay=0.1 * ms, name="links")
links.connect(condition="abs(i - j) == 1")
before = StateMonitor(cells, "v", record=[5, 1], when="before_groups")
integrated = StateMonitor(cells, "v", record=[1, 5], when="after_groups")
tested = StateMonitor(cells, "v", record=[1, 5], when="after_thresholds")
driven = StateMonitor(cells, ["v", "x"], record=[1, 5], when="after_synapses")
ended = StateMonitor(cells, ["v", "x"], record=range(1, 5, 2), when="end", order=3)
coarse = StateMonitor(cells, "v", record=cells[2:4], dt=0.3 * ms, when="before_resets")
synaptic = StateMonitor(links, "w", record=links[2, :], when="before_synapses")
spikes = SpikeMonitor(cells)
run(5 * ms)
final_view = integrated[5].v
