"""A plastic network with connections of neurons to themselves: one spike is both the pre and the post event."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    7,
    "dv/dt = (0.9 + 0.09*i - v + g)/(1.1*ms) : 1\ndg/dt = -g/(0.8*ms) : 1",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "(i*3 % 7)/7.1"
loop = Synapses(
    cells,
    cells,
    """w : 1
       da/dt = -a/(1.5*ms) : 1 (event-driven)
       db/dt = -b/(2.5*ms) : 1 (event-driven)""",
    on_pre={"deliver": "g_post += w", "learn": "a += 0.02; w = clip(w + b, 0, 0.6)"},
    on_post="b -= 0.021; w = clip(w + a, 0, 0.6)",
    delay={"deliver": 0.7 * ms},
    name="loop",
)
loop.connect(condition="abs(i - j) <= 2")
loop.w = "0.1 + 0.02*abs(i - j)"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g"], record=[0, 6])
synaptic = StateMonitor(loop, ["w", "a", "b"], record=loop[3, :])
run(5 * ms if SHORT else 40 * ms)
final_w = loop.w[:]
