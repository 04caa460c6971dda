"""Steps and constants that are powers of two: values meet the threshold exactly, so ``>`` and ``>=`` differ."""

from brian2 import *

defaultclock.dt = 0.125 * second
strict = NeuronGroup(
    4,
    """dv/dt = 2*Hz : 1
       limit : 1""",
    threshold="v > limit",
    reset="v -= limit",
    method="euler",
    name="strict",
)
equal = NeuronGroup(
    4,
    """dv/dt = (2.0 - v)*4*Hz : 1
       limit : 1""",
    threshold="v >= limit",
    reset="v = 0",
    method="euler",
    name="equal",
)
strict.limit = [0.5, 0.75, 1, 1.25]
equal.limit = [1, 1.5, 1.75, 1.875]
over = Synapses(strict, equal, on_pre="v_post += 0.25", delay=0.25 * second, name="over")
over.connect(j="i")
back = Synapses(equal, strict, on_pre="v_post -= 0.125", name="back")
back.connect(condition="i <= j")
strict_spikes = SpikeMonitor(strict)
equal_spikes = SpikeMonitor(equal)
strict_trace = StateMonitor(strict, "v", record=True)
equal_trace = StateMonitor(equal, "v", record=True)
run(6 * second)
