"""Exponential Euler on conductances: each equation is linear in its own variable with the others held."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (10*nS*(-70*mV - v) + g*(0*mV - v) + h*(-80*mV - v) + drive)/(200*pF) : volt
       dg/dt = -g/(3*ms) : siemens
       dh/dt = (b - h)/(2*ms + 0.5*ms*cos(v/(10*mV))) : siemens
       b = 4*nS/(1 + exp(-(v + 60*mV)/(5*mV))) : siemens
       drive : amp (constant)""",
    threshold="v > -50*mV",
    reset="v = -65*mV",
    method="exponential_euler",
    name="cells",
)
cells.v = "-52*mV - 1*mV*i"
cells.g = "(25 - i)*nS"
cells.drive = "0.3*nA + 0.05*nA*i"
links = Synapses(cells, cells, on_pre="g_post += 1.5*nS", name="links", delay=0.5 * ms)
links.connect(j="(i + 1) % N_post")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g", "h"], record=[0, 3])
run(5 * ms if SHORT else 50 * ms)
