"""No delay beside delays longer than the run, in a network that feeds itself: order of arrival by time of emission."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.02 + 0.08*i - v)/(0.7*ms) : 1
       trail : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "0.21*i"
loop = Synapses(
    cells,
    cells,
    "w : 1",
    on_pre="v_post += w; trail_post = 2*trail_post % 17 + i",
    on_post="trail_pre += 0.5*j",
    name="loop",
)
loop.connect()
loop.w = "0.01*(i - j)"
loop.delay = "ms*((i*7 + j*3) % 5)*0.2*(1 + 99*int(i == 2 and j == 1))"
loop.post.delay = "ms*((i + j) % 3)*0.3"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "trail"], record=True)
run(4 * ms)
run(1 * ms)
