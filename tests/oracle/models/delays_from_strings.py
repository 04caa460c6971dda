"""A delay for each synapse: from a string of indices, variables and outside names, from numbers, by index."""

from brian2 import *

defaultclock.dt = 0.1 * ms
speed = 0.37 * meter / second
source = NeuronGroup(
    5,
    """dv/dt = (0.41 + 0.2*i)/ms : 1
       x : meter""",
    threshold="v > 1",
    reset="v -= 1",
    method="euler",
    name="source",
)
source.v = "0.19*i"
source.x = "100*um*i"
cells = NeuronGroup(
    4,
    """dv/dt = -v/(2*ms) : 1
       x : meter
       last : second""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.x = "120*um*i"
far = Synapses(source, cells, "w : 1", on_pre="v_post += w; last_post = t", name="far")
far.connect()
far.w = "0.2 + 0.05*i"
far.delay = "abs(x_pre - x_post)/speed + 0.05*ms*j"
given = Synapses(source, cells, on_pre="v_post += 0.1*(1 + i)", name="given")
given.connect(i=[4, 2, 0, 2, 2, 1], j=[0, 1, 1, 3, 3, 2])
given.delay = [0.3, 0.1, 0.7, 0.2, 0.2, 0.05] * ms
by_part = Synapses(source, cells, on_pre="v_post -= 0.03", delay=0.4 * ms, name="by_part")
by_part.connect(condition="i > j")
indexed = Synapses(source, cells, on_pre="v_post -= 0.02", name="indexed")
indexed.connect(condition="i <= j")
indexed.delay[1, :] = 0.5 * ms
indexed.delay[:, 3] = "0.1*ms*(i + 1)"
indexed.delay["i == 0 and j > 1"] = 1.1 * ms
indexed.delay[0] = 2.2 * ms
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "last"], record=True)
run(5 * ms)
final_far = far.delay[:]
final_given = given.delay[:]
final_one = by_part.delay[:]
final_indexed = indexed.delay[:]
