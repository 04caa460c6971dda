"""Synapses that lead to synapses: modulators set weights and release, glia sum what the synapses hold and feed back."""

from brian2 import *

defaultclock.dt = 0.125 * ms
inputs = SpikeGeneratorGroup(
    3, [0, 1, 2, 0, 1, 0, 2, 1, 0], [0.5, 0.5, 0.625, 1.5, 1.875, 2.5, 2.5, 3.125, 3.5] * ms, name="inputs"
)
modulators = SpikeGeneratorGroup(2, [0, 1, 1, 0], [0.5, 1, 1.5, 2.75] * ms, name="modulators")
cells = NeuronGroup(2, "dv/dt = -v/(2*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells")
contacts = Synapses(
    inputs,
    cells,
    """w : 1
       uses : integer
       glia : 1
       base : 1 (shared)
       effective = w*(1 + glia) + base : 1
       dx/dt = (1 - x)/(3*ms) : 1 (event-driven)
       dy/dt = -y/(2*ms) : 1 (clock-driven)""",
    on_pre="v_post += effective*x; x *= 0.75; y += x; uses += 1",
    multisynaptic_index="k",
    method="exact",
    name="contacts",
)
contacts.connect("i != 2 or j == 1", n=2)
contacts.w = "0.3 + 0.1*i + 0.05*j"
contacts.x = 1
contacts.base = 0.05
modulation = Synapses(
    modulators,
    contacts,
    "gain : 1",
    on_pre="w += gain*(0.5 - glia); x_post = clip(x_post + 0.125, 0, 1); uses -= 1",
    delay=0.25 * ms,
    name="modulation",
)
modulation.connect("i_post <= i and k_post == 1 and w_post < 0.46")
modulation.connect(i=[1, 1], j=[0, 0])
modulation.gain = "0.1*(i + 1) + 0.01*j_post"
glia = NeuronGroup(2, "dc/dt = (heard - c)/ms : 1\nheard : 1\nlisteners : integer", method="euler", name="glia")
listening = Synapses(contacts, glia, "heard_post = y_pre*effective_pre + 0.125*j_pre : 1 (summed)", name="listening")
listening.connect(j="i_pre % 2")
feedback = Synapses(glia, contacts, "glia_post = 0.5*c_pre : 1 (summed)", name="feedback")
feedback.connect("i == j_post")
spikes = SpikeMonitor(cells)
seen = StateMonitor(contacts, ["w", "uses", "glia", "x", "y"], record=True)
heard = StateMonitor(glia, ["c", "heard"], record=True)
run(4 * ms)
final_feedback = array(feedback.y_post[:])
final_ends = array([modulation.i[:], modulation.j[:], modulation.i_post[:], modulation.j_post[:]])
final_weights = array(modulation.w_post[:])
final_listening = array([listening.i_pre[:], listening.j[:], listening.N_incoming[:]])
