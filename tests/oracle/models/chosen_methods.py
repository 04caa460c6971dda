"""Without ``method`` the library chooses: exact for linear equations, Euler's for others."""

from brian2 import *

defaultclock.dt = 0.2 * ms
linear = NeuronGroup(
    3,
    """dv/dt = (1.2 + 0.1*i - v + w)/(2*ms) : 1
       dw/dt = -w/(3*ms) : 1""",
    threshold="v > 1",
    reset="v = 0; w -= 0.1",
    name="linear",
)
curved = NeuronGroup(3, "dv/dt = (v**2 - 0.5*v + 0.3 + 0.1*i)/ms : 1", threshold="v > 2", reset="v = 0", name="curved")
linear.v = "0.3*i"
curved.v = "0.5*i"
linear_spikes = SpikeMonitor(linear)
curved_spikes = SpikeMonitor(curved)
linear_trace = StateMonitor(linear, ["v", "w"], record=True)
curved_trace = StateMonitor(curved, "v", record=True)
run(10 * ms)
