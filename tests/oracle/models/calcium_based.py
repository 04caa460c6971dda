"""Plasticity by calcium (Graupner and Brunel 2012): a delayed pre contribution and a bistable efficacy."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_calcium, tau_rho = 2 * ms, 15 * ms
theta_d, theta_p, gamma_d, gamma_p, middle = 1.0, 1.3, 3.1, 7.2, 0.5
source = SpikeGeneratorGroup(3, tile([0, 1, 2, 0], 12), arange(48) * 0.4 * ms, name="source")
cells = NeuronGroup(
    2, "dv/dt = (1.25 + 0.1*i - v)/(1.4*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """dcalcium/dt = -calcium/tau_calcium : 1 (clock-driven)
       down = gamma_d*rho*int(calcium > theta_d) : 1
       up = gamma_p*(1 - rho)*int(calcium > theta_p) : 1
       drho/dt = (-rho*(1 - rho)*(middle - rho) + up - down)/tau_rho : 1 (clock-driven)""",
    on_pre={"deliver": "v_post += 0.1*rho", "calcium_pre_event": "calcium += 0.9"},
    on_post="calcium += 0.7",
    delay={"calcium_pre_event": 1.37 * ms},
    method="euler",
    name="links",
)
links.connect()
links.rho = "0.2 + 0.1*(i + j)"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["calcium", "rho", "up", "down"], record=[0, 3, 5], dt=0.2 * ms)
run(5 * ms if SHORT else 20 * ms)
final_rho = links.rho[:]
