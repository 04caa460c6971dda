"""The time of the last spike in equations, threshold, reset and pathways; before the first spike it is long ago."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.5 - v)*(1 - exp(-(t - lastspike)/(2*ms)))/ms : 1
       gap : second
       inside : integer""",
    threshold="v > 0.5 + 0.5*exp(-(t - lastspike)/(0.7*ms))",
    reset="gap = t - lastspike; inside += int(not_refractory); v = 0.1*i",
    refractory="t - lastspike < 0.45*ms",
    method="euler",
    name="cells",
)
cells.v = "0.17*i"
links = Synapses(
    cells,
    cells,
    "since : second",
    on_pre="since = t - lastspike_post; v_post += 0.02*int(not_refractory_post)*clip((t - lastspike_post)/ms, 0, 3)",
    delay=0.2 * ms,
    name="links",
)
links.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "gap", "inside", "not_refractory"], record=True)
synaptic = StateMonitor(links, "since", record=[3, 17])
run(5 * ms)
final_last = cells.lastspike[:]
