"""Several synapses of one step assign to the same target: the last one, in synapse order, stays."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(4, [0, 1, 2, 3, 0, 2, 1, 3], [0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 2.5, 3.5] * ms, name="source")
cells = NeuronGroup(
    3,
    """dv/dt = (0.2*i - v)/(4*ms) : 1
       who : integer
       at : second""",
    threshold="v > 0.5",
    reset="v = 0",
    method="euler",
    name="cells",
)
links = Synapses(source, cells, "w : 1", on_pre="v_post = w; who_post = i; at_post = t + 1*us*j", name="links")
links.connect(i=[3, 2, 1, 0, 0, 1, 2, 3], j=[0, 0, 0, 0, 1, 1, 1, 2])
links.w = "0.6 - 0.1*i + 0.075*j"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "who", "at"], record=True)
run(5 * ms)
