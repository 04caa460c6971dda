"""A pathway that uses up a variable of the source neuron while it reads it for the target."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
senders = NeuronGroup(
    4,
    """dv/dt = (1.4 + 0.2*i - v)/ms : 1
       dx/dt = (1 - x)/(6*ms) : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="senders",
)
senders.x = 1
receivers = NeuronGroup(3, "dg/dt = -g/(3*ms) : 1", threshold="g > 1", reset="g -= 1", method="euler", name="receivers")
links = Synapses(senders, receivers, "u : 1", on_pre="g_post += u*0.8; x_pre -= u*0.25", name="links")
links.connect()
links.u = "0.1 + 0.05*i + 0.02*j"
spikes = SpikeMonitor(senders)
answers = SpikeMonitor(receivers)
resource = StateMonitor(senders, ["v", "x"], record=[0, 3])
received = StateMonitor(receivers, "g", record=True)
run(5 * ms if SHORT else 30 * ms)
