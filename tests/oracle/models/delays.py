"""Delays that are no whole number of steps, delays of pathways both ways, and spikes in flight at the end of a run."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(4, [0, 1, 2, 3, 0, 1], [0, 0.3, 0.3, 1.1, 1.2, 2.9] * ms, name="source")
cells = NeuronGroup(
    6,
    """dv/dt = -v/(5*ms) : 1
       last : second
       marks : 1""",
    threshold="v > 1.5",
    reset="v = 0",
    method="euler",
    name="cells",
)
waits = [0, 0.04, 0.05, 0.15, 0.25, 1.5] * ms
links = []
for number, wait in enumerate(waits):
    link = Synapses(source, cells, on_pre="v_post += 0.4; last_post = t", delay=wait, name=f"link_{number}")
    link.connect(i=[0, 1, 2, 3], j=number)
    links.append(link)
loop = Synapses(
    cells,
    cells,
    on_pre={"near": "v_post += 0.3", "far": "v_post -= 0.1; marks_post += 1"},
    on_post="marks_post += 0.125*t/ms",
    delay={"near": 0.2 * ms, "far": 0.9 * ms, "post": 0.35 * ms},
    name="loop",
)
loop.connect(j="(i + 1) % N_post")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "last", "marks"], record=True)
network = Network(collect(), links)
network.run(3.1 * ms)
network.run(1.9 * ms)
