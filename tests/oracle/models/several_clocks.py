"""Groups with steps of 0.1, 0.25 and 0.5 ms that drive one another, and monitors with their own."""

from brian2 import *

defaultclock.dt = 0.1 * ms
fast = NeuronGroup(
    4, "dv/dt = (1.5 + 0.1*i - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="fast"
)
slow = NeuronGroup(
    3,
    """dv/dt = (x - v)/(2*ms) : 1 (unless refractory)
       dx/dt = -x/(4*ms) : 1""",
    threshold="v > 0.5",
    reset="v = 0",
    refractory=1.2 * ms,
    method="euler",
    dt=0.5 * ms,
    name="slow",
)
middle = NeuronGroup(
    2, "dv/dt = 0.9/ms : 1", threshold="v >= 0.7", reset="v -= 0.7", method="euler", dt=0.25 * ms, name="middle"
)
fast.v = "0.2*i"
up = Synapses(fast, slow, on_pre="x_post += 0.6", delay=0.3 * ms, name="up")
up.connect()
down = Synapses(slow, fast, on_pre="v_post -= 0.2", name="down")
down.connect(condition="i <= j")
across = Synapses(middle, fast, on_pre="v_post += 0.05*(j + 1)", delay=0.5 * ms, name="across")
across.connect()
fast_spikes = SpikeMonitor(fast)
slow_spikes = SpikeMonitor(slow)
middle_spikes = SpikeMonitor(middle)
fast_trace = StateMonitor(fast, "v", record=[0, 3], dt=0.2 * ms)
slow_trace = StateMonitor(slow, ["v", "x"], record=True)
fine_trace = StateMonitor(slow, "x", record=[1], dt=0.05 * ms)
middle_rate = PopulationRateMonitor(middle)
run(2.5 * ms)
