"""NMDA receptors (Wang 2002): a saturating gate of each synapse on the clock, summed with a weight."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_rise, tau_decay, speed = 0.4 * ms, 5 * ms, 0.5 / ms
cells = NeuronGroup(
    5,
    """dv/dt = (drive - v + s_total*(2 - v)/(1 + 0.3*exp(-2*v)))/(2*ms) : 1 (unless refractory)
       drive : 1
       s_total : 1""",
    threshold="v > 1",
    reset="v = 0.1",
    refractory=0.4 * ms,
    method="euler",
    name="cells",
)
cells.drive = "1.3 - 0.25*i"
cells.v = "0.9 - 0.1*i"
loop = Synapses(
    cells,
    cells,
    """w : 1
       s_total_post = w*s : 1 (summed)
       ds/dt = -s/tau_decay + speed*x*(1 - s) : 1 (clock-driven)
       dx/dt = -x/tau_rise : 1 (clock-driven)""",
    on_pre="x += 1",
    method="euler",
    delay=0.3 * ms,
    name="loop",
)
loop.connect(condition="i != j")
loop.w = "0.15/(1 + abs(i - j))"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "s_total"], record=[0, 4], dt=0.2 * ms)
synaptic = StateMonitor(loop, ["s", "x"], record=[0, 9], dt=0.2 * ms)
run(5 * ms if SHORT else 40 * ms)
