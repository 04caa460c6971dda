"""A network whose every number is exact in binary: spikes in masses and ties, equal on every machine."""

from brian2 import *

defaultclock.dt = 0.25 * second
cells = NeuronGroup(
    16,
    """dv/dt = (1.5 - v)*1*Hz : 1 (unless refractory)
       quota : 1""",
    threshold="v >= 1",
    reset="v -= 1; quota += 0.25",
    refractory=0.5 * second,
    method="euler",
    name="cells",
)
cells.v = "(i % 8)*0.125"
excite = Synapses(cells, cells, on_pre="v_post += 0.125", delay=0.75 * second, name="excite")
excite.connect(condition="(i + 3*j) % 5 == 0")
inhibit = Synapses(cells, cells, on_pre="v_post -= 0.0625; quota_pre -= 0.0625", name="inhibit")
inhibit.connect(condition="i != j and (i*j) % 3 == 1")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "quota"], record=[0, 3, 15])
run(10 * second)
