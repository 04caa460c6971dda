"""A subexpression that is computed once a step keeps that value in threshold, reset and synapses."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.6 - v)/(1.5*ms) : 1
       frozen = v**2 : 1 (constant over dt)
       fresh = v**2 : 1
       kept : 1
       current : 1""",
    threshold="frozen > 0.7",
    reset="kept = frozen; current = fresh; v = 0.2*frozen",
    method="euler",
    name="cells",
)
cells.v = "0.18*i"
relay = Synapses(cells, cells, on_pre="v_post += 0.05*frozen_pre - 0.03*fresh_pre", name="relay")
relay.connect(i=[0, 1, 2, 3, 4], j=[1, 2, 3, 4, 0])
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "frozen", "fresh", "kept", "current"], record=True, when="end")
run(5 * ms)
