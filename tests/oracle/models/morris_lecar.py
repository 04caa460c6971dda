"""The barnacle muscle fibre of Morris and Lecar (1981, Biophys. J. 35:193): hyperbolic functions in conductances."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.05 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (drive - g_ca*m_inf*(v - 120*mV) - g_k*n*(v + 84*mV) - g_l*(v + 60*mV))/(20*uF) : volt
       dn/dt = (n_inf - n)*speed : 1
       m_inf = 0.5*(1 + tanh((v + 1.2*mV)/(18*mV))) : 1
       n_inf = 0.5*(1 + tanh((v - 2*mV)/(30*mV))) : 1
       speed = 0.04*cosh((v - 2*mV)/(60*mV))/ms : Hz
       drive : amp""",
    threshold="v > 0*mV",
    refractory="v > -10*mV",
    namespace={"g_ca": 4.4 * mS, "g_k": 8 * mS, "g_l": 2 * mS},
    method="euler",
)
cells.drive = "60*uA + 20*uA*i"
cells.v = "-30*mV + 6.3*mV*i"
cells.n = 0.02
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "n", "m_inf"], record=[4], dt=0.25 * ms)
run(2.5 * ms if SHORT else 100 * ms)
