"""Values in time: in an equation, a threshold, a reset and a pathway, with steps that are no multiple of dt."""

from brian2 import *

defaultclock.dt = 0.1 * ms
drive = TimedArray(array([0.8, 1.9, 0.3, 2.4, 1.7]), dt=0.7 * ms)
level = TimedArray([1.0, 0.8, 1.1], dt=1.3 * ms)
kick = TimedArray([5, 10, 15, 20] * mV, dt=1 * ms)
cells = NeuronGroup(
    6,
    """dv/dt = (drive(t) + 0.1*i - v)/ms : 1
       u : volt""",
    threshold="v > level(t)",
    reset="v = 0.2*drive(t - 0.5*ms)",
    method="euler",
    name="cells",
)
cells.v = "0.15*i"
ring = Synapses(cells, cells, on_pre="u_post += kick(t)", name="ring")
ring.connect(j="(i + 1) % N_post")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "u"], record=[0, 5])
run(5 * ms)
