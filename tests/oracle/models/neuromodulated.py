"""A rule with a third factor: eligibility that becomes weight where a shared variable and a timed array allow it."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
reward = TimedArray([0, 1, 0, -0.5, 2, 0, 1], dt=0.7 * ms)
tau_c = 3 * ms
source = SpikeGeneratorGroup(3, tile([0, 1, 2], 8), arange(24) * 0.6 * ms + 0.1 * ms, name="source")
cells = NeuronGroup(
    2, "dv/dt = (1.2 + 0.1*i - v)/(1.1*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """dopamine : 1 (shared)
       rate : 1 (shared, constant)
       dc/dt = -c/tau_c : 1 (clock-driven)
       dw/dt = rate*c*dopamine/ms : 1 (clock-driven)
       dx/dt = -x/(1.5*ms) : 1 (event-driven)
       dy/dt = -y/(1.9*ms) : 1 (event-driven)""",
    on_pre="v_post += 0.2*w; x += 1; c -= 0.3*y",
    on_post="y += 1; c += x*(1 + dopamine)",
    method="euler",
    name="links",
)
links.connect()
links.w = "0.4 + 0.1*i"
links.rate = 0.05
links.dopamine = 0.5
direct = Synapses(
    source,
    cells,
    """w : 1
       dz/dt = -z/tau_c : 1 (event-driven)""",
    on_pre="z += 1; w += 0.1*reward(t)*z; v_post += 0.01*w",
    on_post="w += 0.05*reward(t)*z",
    name="direct",
)
direct.connect(j="i % 2")
direct.delay = "0.2*ms*i"
direct.run_regularly("w = clip(w + 0.01*reward(t), -1, 1)", dt=1 * ms, name="drift")
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "c"], record=[0, 5])
traces = StateMonitor(direct, ["w", "z"], record=True)
run(3.1 * ms)
links.dopamine = -0.25
run(1.9 * ms if SHORT else 8 * ms)
