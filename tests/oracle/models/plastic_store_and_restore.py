"""A plastic network kept and gone back to: traces, weights, times of last events and what is on its way."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    4, "dv/dt = (1.15 + 0.1*i - v)/(0.7*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
cells.v = "0.25*i"
loop = Synapses(
    cells,
    cells,
    """w : 1
       dx/dt = -x/(1.1*ms) : 1 (event-driven)
       dy/dt = -y/(0.9*ms) : 1 (event-driven)""",
    on_pre="v_post += w; x += 0.1; w -= 0.1*y",
    on_post="y += 0.1; w += 0.12*x",
    name="loop",
)
loop.connect(condition="i != j")
loop.w = "0.1 + 0.01*j"
loop.delay = "0.3*ms*(1 + j)"
loop.post.delay = "0.2*ms*i"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(loop, ["w", "x", "y"], record=True)
run(1.3 * ms)
store("early")
store("again")
run(1.2 * ms)
final_first = array([loop.w[:], loop.x[:], loop.y[:]])
final_first_times = array(loop.lastupdate)
restore("early")
final_back = array([loop.w[:], loop.x[:], loop.delay[:]])
loop.w = "w*1.2"
run(1.5 * ms)
final_second = array([loop.w[:], loop.delay[:]])
restore("again")
run(2.4 * ms)
final_third = array([loop.w[:], loop.delay[:]])
