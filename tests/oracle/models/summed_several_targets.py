"""Several objects that sum into different variables of one group, with names that put them before and after it."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1], [0.2, 0.5, 0.9, 1.8, 2.6] * ms, name="source")
cells = NeuronGroup(
    4,
    """dv/dt = (I_fast - I_slow + 1.1*both - v)/(1*ms) : 1
       both = I_fast*0.1 + offset : 1
       I_fast : 1
       I_slow : 1
       offset : 1
       count : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="m_cells",
)
cells.offset = "0.7 + 0.1*i"
fast = Synapses(
    source,
    cells,
    """ds/dt = -s/(0.6*ms) : 1 (clock-driven)
       w : 1
       I_fast_post = w*s : 1 (summed)
       count_post = 1 : 1 (summed)""",
    on_pre="s += 1",
    method="exact",
    name="z_fast",
)
fast.connect(condition="i <= j")
fast.w = "0.8 + 0.2*j"
slow = Synapses(
    source,
    cells,
    """ds/dt = -s/(4*ms) + 0.05*v_post/ms : 1 (clock-driven)
       I_slow_post = 0.4*s : 1 (summed)""",
    on_pre="s += 1",
    method="euler",
    name="a_slow",
)
slow.connect(condition="i >= j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "I_fast", "I_slow", "count"], record=True)
run(5 * ms)
