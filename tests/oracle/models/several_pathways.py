"""Pathways by name on one Synapses object, for the source and for the target, each with its order and delay."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2], [0.3, 0.3, 1.2, 1.9, 2.5, 3.4] * ms, name="source")
cells = NeuronGroup(4, "dv/dt = (1.2 - v)/ms : 1", threshold="v > 1", reset="v = 0.05*i", method="euler", name="cells")
cells.v = "0.24*i"
links = Synapses(
    source,
    cells,
    """x : 1
       log_value : 1""",
    on_pre={"up": "x += 1; v_post += 0.1*x", "down": "x *= 0.5; log_value = 2*log_value + x"},
    on_post={"mark": "log_value = 3*log_value + x", "again": "log_value = log_value - 1 + 0.1*v_post"},
    delay={"up": 0.4 * ms, "mark": 0.2 * ms},
    name="links",
)
links.connect()
links.down.order = -2
links.again.delay = 0.2 * ms
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, ["x", "log_value"], record=[0, 5, 11])
run(5 * ms)
