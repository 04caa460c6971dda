"""Names from outside: the group's own, the run's, the script's; the nearest wins."""

from brian2 import *

defaultclock.dt = 0.1 * ms
push = 1.2
first = NeuronGroup(
    3,
    "dv/dt = (push + 0.1*i - v)/tau : 1",
    threshold="v > level",
    reset="v = base",
    namespace={"tau": 1 * ms, "base": 0.1, "level": 1.0},
    method="euler",
    name="first",
)
second = NeuronGroup(
    3, "dv/dt = (push + 0.2*i - v)/tau : 1", threshold="v > level", reset="v = 0", method="euler", name="second"
)
links = Synapses(first, second, on_pre="v_post += jump", namespace={"jump": 0.2}, name="links")
links.connect(j="i")
spikes = SpikeMonitor(first)
second_spikes = SpikeMonitor(second)
traces = StateMonitor(first, "v", record=True)
second_trace = StateMonitor(second, "v", record=True)
run(2.5 * ms, namespace={"push": 1.5, "tau": 2 * ms, "level": 0.8})
tau = 0.5 * ms
level = 1.1
run(2.5 * ms)
