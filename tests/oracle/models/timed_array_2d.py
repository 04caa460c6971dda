"""Values in time for each neuron, chosen by its index or by an expression of it."""

from brian2 import *

defaultclock.dt = 0.2 * ms
table = (arange(24).reshape(6, 4) * 7 % 11) / 5.0
drive = TimedArray(table, dt=1 * ms)
currents = TimedArray(table[:, ::-1] * 0.1 * nA, dt=0.9 * ms)
cells = NeuronGroup(
    8,
    """dv/dt = (drive(t, i % 4) - v)/(1.2*ms) : 1
       dq/dt = currents(t, column) : coulomb
       column : integer (constant)""",
    threshold="v > 0.83 or q > 0.41*pcoulomb",
    reset="v = 0; q = 0*pcoulomb",
    method="euler",
)
cells.column = "3 - i//2"
cells.v = "0.1*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "q"], record=True)
run(8 * ms)
