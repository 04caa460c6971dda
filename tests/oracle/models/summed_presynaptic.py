"""Sums that go back to the source: what each neuron has sent in all, and the mean of what its targets hold."""

from brian2 import *

defaultclock.dt = 0.1 * ms
senders = NeuronGroup(
    4,
    """dv/dt = (1.4 + 0.1*i - v - 0.1*back)/(1*ms) : 1
       back : 1
       mean_of_targets : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="senders",
)
senders.v = "0.2*i"
receivers = NeuronGroup(
    3, "dv/dt = -v/(2*ms) : 1", threshold="v > 1.2", reset="v = 0", method="euler", name="receivers"
)
links = Synapses(
    senders,
    receivers,
    """w : 1
       dsent/dt = -sent/(3*ms) : 1 (clock-driven)
       back_pre = sent : 1 (summed)
       mean_of_targets_pre = v_post/N_outgoing : 1 (summed)""",
    on_pre="v_post += w; sent += w",
    on_post="sent -= 0.1",
    name="links",
)
links.connect(condition="i != 2*j")
links.w = "0.2 + 0.05*j"
spikes = SpikeMonitor(senders)
answers = SpikeMonitor(receivers)
traces = StateMonitor(senders, ["v", "back", "mean_of_targets"], record=True)
received = StateMonitor(receivers, "v", record=True)
run(5 * ms)
