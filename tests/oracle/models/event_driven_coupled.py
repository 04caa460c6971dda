"""Event-driven variables that are coupled linearly: a chain of decays, and a pair that feeds each other."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 2, 1, 0], [0.1, 0.2, 0.9, 1.0, 2.4, 3.0, 4.1] * ms)
cells = NeuronGroup(2, "v : 1\nseen : 1", threshold="v > 3", reset="v -= 3", name="cells")
chain = Synapses(
    source,
    cells,
    """w : 1
       da/dt = -a/(0.8*ms) : 1 (event-driven)
       db/dt = (a - b)/(1.9*ms) : 1 (event-driven)""",
    on_pre="a += 1; v_post += b + w; w += 0.1*b",
    on_post="b += 0.5; w -= 0.05*a",
    name="chain",
)
chain.connect()
chain.w = "0.2 + 0.1*i"
pair = Synapses(
    source,
    cells,
    """dx/dt = (y - 2*x)/(0.7*ms) : 1 (event-driven)
       dy/dt = (x - 1.5*y)/(0.9*ms) : 1 (event-driven)""",
    on_pre="x += 1; seen_post = y; v_post += 0.1*x",
    on_post="y *= 0.5",
    name="pair",
)
pair.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "seen"], record=True)
chained = StateMonitor(chain, ["w", "a", "b"], record=True)
paired = StateMonitor(pair, ["x", "y"], record=True)
run(5 * ms)
