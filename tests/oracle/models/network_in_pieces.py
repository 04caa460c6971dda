"""A network of its own that runs in pieces, gains and loses objects between them, and switches one off."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    4,
    """dv/dt = (1.25 + 0.1*i - v)/ms : 1
       x : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "0.25*i"
links = Synapses(cells, cells, on_pre="v_post += 0.06; x_post += 1", delay=0.5 * ms, name="links")
links.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "x"], record=True)
late = StateMonitor(cells, "v", record=[2])
network = Network(cells, spikes, traces)
for piece in range(7):
    network.run((0.1 + 0.05 * piece) * ms)
network.add(links)
network.add(late)
network.run(1 * ms)
network.remove(late)
spikes.active = False
network.run(0.7 * ms)
spikes.active = True
links.active = False
network.run(0.8 * ms)
final_time = array([network.t / ms])
