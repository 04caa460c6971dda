"""Objects of the same slot run in plain order of their names: ``S_10`` before ``S_2``, capitals before small."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0], [0.2, 0.2, 1.1, 2.4, 3.3] * ms, name="zebra")
cells = NeuronGroup(
    3,
    """dv/dt = -v/(8*ms) : 1
       trail : 1""",
    threshold="v > 3",
    reset="v = 0.5",
    method="euler",
    name="apple",
)
statements = {
    "S_2": "v_post = 2*v_post + 0.5",
    "S_10": "v_post = v_post + 1",
    "s_1": "v_post = 0.75*v_post",
    "T": "v_post = v_post**2 - 0.25",
    "a_late": "trail_post = trail_post + v_post",
}
links = [Synapses(source, cells, on_pre=code, name=name) for name, code in statements.items()]
for link in links:
    link.connect(i=[0, 1, 0], j=[0, 1, 2])
cells.run_regularly("v = v + 0.25", name="Zulu", dt=0.5 * ms)
cells.run_regularly("v = 0.9*v", name="alpha", dt=0.5 * ms)
cells.run_regularly("v = v + 0.001", name="Zulu_10", dt=0.5 * ms, order=-1)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "trail"], record=True, name="m")
upper = StateMonitor(cells, "v", record=True, name="M")
network = Network(collect(), links)
network.run(5 * ms)
