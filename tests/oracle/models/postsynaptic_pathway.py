"""Code on the target's spike comes after the code on the source's; a plain name means the target."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2, 0], [0.2, 0.2, 0.9, 1.6, 2.2, 2.2, 3.1] * ms, name="source")
cells = NeuronGroup(
    3,
    """dv/dt = (1.3 - v)/ms : 1
       score : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "0.35*i"
links = Synapses(
    source,
    cells,
    """x : 1
       y : 1""",
    on_pre="x += 1; y = 0.5*y + x; v += 0.1*x",
    on_post="x = x*0.75; y += 2*x; score += y",
    name="links",
)
links.connect()
links.x = "0.1*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "score"], record=True)
synaptic = StateMonitor(links, ["x", "y"], record=[0, 4, 8])
run(5 * ms)
