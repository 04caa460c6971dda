"""Inhibitory plasticity towards a rate (Vogels et al. 2011): depression at every pre spike, potentiation at pairs."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_stdp, eta, alpha = 4 * ms, 0.15, 0.35
excited = NeuronGroup(
    4,
    """dv/dt = (1.6 + 0.1*i - v - g)/(1*ms) : 1 (unless refractory)
       dg/dt = -g/(1.5*ms) : 1""",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.2 * ms,
    method="euler",
    name="excited",
)
inhibitory = NeuronGroup(
    3, "dv/dt = (1.3 + 0.15*i - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="inhibitory"
)
inhibitory.v = "0.3*i"
links = Synapses(
    inhibitory,
    excited,
    """w : 1
       dApre/dt = -Apre/tau_stdp : 1 (event-driven)
       dApost/dt = -Apost/tau_stdp : 1 (event-driven)""",
    on_pre="""Apre += 1.
              w = clip(w + (Apost - alpha)*eta, 0, 10)
              g_post += w""",
    on_post="""Apost += 1.
               w = clip(w + Apre*eta, 0, 10)""",
    name="links",
)
links.connect()
links.w = "0.01*(i + j)"
spikes = SpikeMonitor(excited)
quiet = SpikeMonitor(inhibitory)
traces = StateMonitor(excited, ["v", "g"], record=[0, 3], dt=0.2 * ms)
synaptic = StateMonitor(links, ["w", "Apre", "Apost"], record=[0, 11], dt=0.2 * ms)
run(5 * ms if SHORT else 30 * ms)
final_w = links.w[:]
