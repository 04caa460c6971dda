"""Plasticity at events of one's own: crossings of a lower threshold on either side, delayed for each synapse."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.35 + 0.05*i - v)/(1.3*ms) : 1
       armed : boolean
       drive : 1""",
    threshold="v > 1",
    reset="v = 0; armed = True",
    events={"half": "v > 0.5 and armed"},
    method="euler",
    name="cells",
)
cells.v = "0.13*i"
cells.armed = True
cells.run_on_event("half", "armed = False")
loop = Synapses(
    cells,
    cells,
    """w : 1
       dx/dt = -x/(1*ms) : 1 (event-driven)
       dy/dt = -y/(2*ms) : 1 (event-driven)""",
    on_pre={"warn": "x += 1; w -= 0.05*y", "act": "drive_post += w; x += 0.25"},
    on_post={"post": "y += 1; w += 0.1*x", "half_post": "y *= 0.5; w += 0.01"},
    on_event={"warn": "half", "half_post": "half"},
    delay={"act": 0.3 * ms},
    name="loop",
)
loop.connect(condition="i != j")
loop.warn.delay = "0.1*ms*abs(i - j)"
spikes = SpikeMonitor(cells)
half = EventMonitor(cells, "half")
traces = StateMonitor(cells, ["v", "drive", "armed"], record=True)
synaptic = StateMonitor(loop, ["w", "x", "y"], record=[0, 7, 19], dt=0.2 * ms)
run(5 * ms)
