"""The squid axon (Hodgkin and Huxley 1952, J. Physiol. 117:500), depolarisation upwards from a rest of -65 mV."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.01 * ms
area = 1e-4 * cm**2
capacity = 1 * uF * cm**-2 * area
g_na = 120 * mS * cm**-2 * area
g_k = 36 * mS * cm**-2 * area
g_l = 0.3 * mS * cm**-2 * area
cells = NeuronGroup(
    4,
    """dv/dt = (drive - g_na*m**3*h*(v - 50*mV) - g_k*n**4*(v + 77*mV) - g_l*(v + 54.4*mV))/capacity : volt
       dm/dt = alpha_m*(1 - m) - beta_m*m : 1
       dh/dt = alpha_h*(1 - h) - beta_h*h : 1
       dn/dt = alpha_n*(1 - n) - beta_n*n : 1
       alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz
       beta_m = 4*exp(-(v + 65*mV)/(18*mV))/ms : Hz
       alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms : Hz
       beta_h = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms : Hz
       alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms : Hz
       beta_n = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz
       drive : amp""",
    threshold="v > -20*mV",
    refractory="v > -40*mV",
    method="euler",
)
cells.drive = "0.5*nA + 0.4*nA*i"
cells.v = "-65*mV + 14*mV*i"
cells.m = 0.05
cells.h = 0.6
cells.n = 0.32
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "m", "h", "n"], record=[0, 3], dt=0.1 * ms)
run(0.5 * ms if SHORT else 20 * ms)
