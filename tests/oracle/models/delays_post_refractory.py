"""Post pathways after delays of their own that write to refractory neurons: what is blocked counts at arrival."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.3 + 0.1*i - v)/(0.9*ms) : 1 (unless refractory)
       u : 1
       last : second""",
    threshold="v > 1",
    reset="v = 0",
    refractory="(0.15 + 0.2*i)*ms",
    method="euler",
    name="cells",
)
cells.v = "0.17*i"
loop = Synapses(
    cells,
    cells,
    """w : 1
       da/dt = -a/(1*ms) : 1 (event-driven)""",
    on_pre="v_post += w; a += 1; u_post += a",
    on_post={"back": "v_pre += 0.5*w; u_pre += 0.1", "own": "v_post -= 0.1*w; last_post = t"},
    name="loop",
)
loop.connect(condition="i != j and (i + 2*j) % 4 != 1")
loop.w = "0.05 + 0.01*j"
loop.delay = "0.1*ms*j"
loop.back.delay = "0.13*ms*(i + 1)"
loop.own.delay = "0.3*ms + 0.1*ms*j"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "u", "last", "not_refractory"], record=True)
run(5 * ms)
