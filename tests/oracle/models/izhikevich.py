"""Izhikevich's 2003 neuron (IEEE Trans. Neural Networks 14:1569, equations 1 and 2), five of its firing types."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.25 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + drive : volt
       du/dt = a*(b*v - u) : volt/second
       drive : volt/second
       a : Hz
       b : Hz
       c : volt
       d : volt/second""",
    threshold="v >= 30*mV",
    reset="""v = c
             u += d""",
    method="euler",
)
cells.a = array([0.02, 0.02, 0.02, 0.1, 0.02]) / ms
cells.b = array([0.2, 0.2, 0.2, 0.2, 0.25]) / ms
cells.c = [-65, -55, -50, -65, -65] * mV
cells.d = array([8, 4, 2, 2, 2]) * mV / ms
cells.drive = 12 * mV / ms
cells.v = -52 * mV
cells.u = "b*-65*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "u"], record=[0, 2, 4])
run(12 * ms if SHORT else 150 * ms)
