"""The triplet rule (Pfister and Gerstner 2006): two traces of each side, the slow ones read before they are raised."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_plus, tau_x, tau_minus, tau_y = 1.68 * ms, 10.1 * ms, 3.37 * ms, 12.5 * ms
source = SpikeGeneratorGroup(
    3, tile([0, 1, 2], 12), concatenate([array([0.4, 0.7, 1.1]) * (1 + 0.01 * k) + 2.3 * k for k in range(12)]) * ms
)
cells = NeuronGroup(
    2, "dv/dt = (1.2 + 0.15*i - v)/(0.9*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       dr1/dt = -r1/tau_plus : 1 (event-driven)
       dr2/dt = -r2/tau_x : 1 (event-driven)
       do1/dt = -o1/tau_minus : 1 (event-driven)
       do2/dt = -o2/tau_y : 1 (event-driven)""",
    on_pre="""v_post += 0.2*w
              w = clip(w - o1*(0.007 + 0.002*r2), 0, 1)
              r1 += 1
              r2 += 1""",
    on_post="""w = clip(w + r1*(0.005 + 0.0062*o2), 0, 1)
               o1 += 1
               o2 += 1""",
    name="links",
)
links.connect()
links.w = 0.5
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "r1", "r2", "o1", "o2"], record=[0, 3, 5])
run(5 * ms if SHORT else 30 * ms)
final_w = links.w[:]
