"""A threshold without reset: a spike in every step in which the condition holds; an empty reset does the same."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    4,
    """dx/dt = y*3/ms : 1
       dy/dt = -x*3/ms : 1""",
    threshold="x > 0.8",
    method="euler",
    name="cells",
)
paused = NeuronGroup(
    4,
    "dx/dt = (2*sin(4*t/ms + i) - x)/ms : 1",
    threshold="x > 0.2",
    refractory=0.35 * ms,
    method="euler",
    name="paused",
)
ticking = NeuronGroup(3, "", threshold="(t_in_timesteps + i) % 4 == 0", reset="", name="ticking")
cells.x = "0.3*i"
cells.y = "1 - 0.2*i"
links = Synapses(cells, paused, on_pre="x_post += 0.04", name="links")
links.connect(j="i")
ticks = Synapses(ticking, paused, on_pre="x_post -= 0.03", name="ticks")
ticks.connect()
spikes = SpikeMonitor(cells)
paused_spikes = SpikeMonitor(paused)
ticking_spikes = SpikeMonitor(ticking)
traces = StateMonitor(cells, ["x", "y"], record=[0, 3])
paused_trace = StateMonitor(paused, "x", record=True)
run(5 * ms)
