"""Equations of synapses that read voltages while the neurons are updated: the order of names decides."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    3, "dv/dt = (1.3 + 0.1*i - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="middle"
)
cells.v = "0.3*i"
earlier = Synapses(
    cells, cells, "dx/dt = (v_pre - x)/(0.4*ms) : 1 (clock-driven)", on_pre="x += 0.1", method="euler", name="earlier"
)
earlier.connect()
later = Synapses(
    cells, cells, "dx/dt = (v_pre - x)/(0.4*ms) : 1 (clock-driven)", on_pre="x += 0.1", method="euler", name="zlater"
)
later.connect()
number = Synapses(
    cells,
    cells,
    """dx/dt = (v_post - x)/(0.4*ms) : 1 (clock-driven)
       y : 1""",
    on_pre="y = 2*y + x; v_post += 0.01*y",
    on_post="y = 0.5*y - x",
    method="euler",
    order=1,
    name="a_with_order",
)
number.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
first = StateMonitor(earlier, "x", record=True)
second = StateMonitor(later, "x", record=True)
third = StateMonitor(number, ["x", "y"], record=True)
run(5 * ms)
