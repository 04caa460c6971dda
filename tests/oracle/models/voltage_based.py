"""Plasticity driven by the voltage of the target (Clopath et al. 2010): filtered voltages and traces on the clock."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
low, high = 0.2, 0.8
source = SpikeGeneratorGroup(3, tile([0, 1, 2], 10), arange(30) * 0.7 * ms + 0.2 * ms, name="source")
cells = NeuronGroup(
    2,
    """dv/dt = (1.1 + 0.1*i - v)/(2*ms) : 1
       du_minus/dt = (v - u_minus)/(1*ms) : 1
       du_plus/dt = (v - u_plus)/(0.7*ms) : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
links = Synapses(
    source,
    cells,
    """dx/dt = -x/(1.5*ms) : 1 (clock-driven)
       dw/dt = 0.02/ms*x*(v_post - high)*int(v_post > high)*(u_plus_post - low)*int(u_plus_post > low) : 1
       depressed : 1""",
    on_pre="v_post += 0.3*w; x += 1; depressed = 0.01*(u_minus_post - low)*int(u_minus_post > low); w -= depressed",
    method="euler",
    name="links",
)
links.connect()
links.w = "0.5 + 0.05*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "u_minus", "u_plus"], record=True)
synaptic = StateMonitor(links, ["w", "x", "depressed"], record=[0, 5])
run(5 * ms if SHORT else 20 * ms)
final_w = links.w[:]
