"""A plastic network run three times: traces, weights, time since the last event and spikes on their way go on."""

from brian2 import *

defaultclock.dt = 0.1 * ms
eta = 0.05
cells = NeuronGroup(
    4, "dv/dt = (1.1 + 0.15*i - v)/(0.8*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
cells.v = "0.23*i"
loop = Synapses(
    cells,
    cells,
    """w : 1
       da/dt = (floor_of_a - a)/tau_a : 1 (event-driven)
       floor_of_a : 1
       db/dt = -b/(1.6*ms) : 1 (clock-driven)""",
    on_pre="v_post += w; a += eta; w = clip(w + b, 0, 1)",
    on_post="b -= eta; w = clip(w + a, 0, 1)",
    namespace={"tau_a": 1.2 * ms},
    name="loop",
)
loop.connect(condition="i != j")
loop.w = 0.1
loop.delay = "0.2*ms*i + 0.3*ms*j"
loop.post.delay = "0.4*ms*j"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(loop, ["w", "a", "b"], record=True)
run(1.35 * ms)
eta = 0.11
loop.floor_of_a = "0.01*j"
run(1.6 * ms)
loop.w["i < j"] = "w*1.5"
loop.a = "a + 0.02"
run(1.7 * ms)
final_updates = loop.lastupdate[:]
