"""The adaptive exponential neuron (Brette and Gerstner 2005, J. Neurophysiol. 94:3637, their parameters)."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
capacity = 281 * pF
leak = 30 * nS
rest = -70.6 * mV
soft = -50.4 * mV
sharpness = 2 * mV
cells = NeuronGroup(
    6,
    """dvm/dt = (leak*(rest - vm) + leak*sharpness*exp((vm - soft)/sharpness) + drive - w)/capacity : volt
       dw/dt = (4*nS*(vm - rest) - w)/(144*ms) : amp
       drive : amp""",
    threshold="vm > soft + 5*sharpness",
    reset="vm = rest; w += 0.0805*nA",
    method="euler",
)
cells.drive = "(0.9 + 0.35*i)*nA"
cells.vm = "rest + i*4.5*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["vm", "w"], record=[1, 5])
run(5 * ms if SHORT else 80 * ms)
