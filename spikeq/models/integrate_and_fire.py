"""Neurons whose potential is linear between spikes.

BindsNET's nodes of the same names differ in three ways; with them set, the models give its numbers, spike for spike:

- Decay is exact there, ``v -> v*exp(-dt/tau)``, as with ``method="exact"`` here. Euler forgets ``dt/tau`` of v instead;
  with ``tau = dt/(1 - exp(-dt/tau_0))`` it forgets what the exact decay of tau_0 does.
- Input of a step is added whole, whatever dt and tau are: what synapses add to v here. A steady ``I`` that adds ``a``
  in each step of an exact decay is ``a/(1 - exp(-dt/tau))``.
- The refractory period begins after the step of the spike, but for CurrentLIF: refrac there is ``t_ref = refrac + dt``.
"""

from __future__ import annotations

from spikeq.models.records import NeuronModel

_BINDSNET = "H. Hazan et al., BindsNET, Frontiers in Neuroinformatics 12 (2018), 89"
_BRETTE = "R. Brette et al., Simulation of networks of spiking neurons, J. Comput. Neurosci. 23 (2007), 349-398"

McCullochPitts = NeuronModel(
    name="McCullochPitts",
    description=(
        "the input of one step is compared with a threshold. Synapses add to s; it counts in the next step (method "
        "euler: both variables forget in one step)"
    ),
    citation="W. McCulloch and W. Pitts, Bulletin of Mathematical Biophysics 5 (1943), 115-133",
    equations="""
dv/dt = (I + s - v)/dt : 1
ds/dt = -s/dt          : 1
I                      : 1
""",
    threshold="v >= v_threshold",
    parameters={"v_threshold": "1"},
    drive={"I": "1"},
)

IF = NeuronModel(
    name="IF",
    description=(
        "perfect integrator. I is the change of v per time; synapses add to v. With reset='v -= v_threshold - v_reset' "
        "it is BindsNET's SubtractiveResetIF"
    ),
    citation="L. F. Abbott, Lapicque's introduction of the integrate-and-fire model neuron (1907), "
    f"Brain Research Bulletin 50 (1999), 303-304; parameters of {_BINDSNET}",
    equations="""
dv/dt = I : volt (unless refractory)
I         : volt/second
""",
    threshold="v >= v_threshold",
    reset="v = v_reset",
    refractory="t_ref",
    parameters={"v_rest": "-65*mV", "v_reset": "-65*mV", "v_threshold": "-52*mV", "t_ref": "5*ms"},
    initial={"v": "v_rest"},
    drive={"I": "1*mV/ms"},
)

LIF = NeuronModel(
    name="LIF",
    description="leaky integrate-and-fire. I is where a steady input would take v above v_rest; synapses add to v",
    citation="W. Gerstner et al., Neuronal Dynamics (2014), Cambridge University Press, eqs. 1.5 and 1.6",
    equations="""
dv/dt = (v_rest - v + I)/tau : volt (unless refractory)
I                            : volt
""",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="t_ref",
    method="exact",
    parameters={"tau": "20*ms", "v_rest": "-65*mV", "v_reset": "-65*mV", "v_threshold": "-50*mV", "t_ref": "2*ms"},
    initial={"v": "v_rest"},
    drive={"I": "25*mV"},
)

BoostedLIF = NeuronModel(
    name="BoostedLIF",
    description=(
        "leaky integrate-and-fire in plain numbers, with rest and reset at 0. The decay is that of BindsNET (exact); "
        "its refrac of r steps is t_ref of r + 1 steps here, and its input per step is I/tau integrated over a step"
    ),
    citation=_BINDSNET,
    equations="""
dv/dt = (I - v)/tau : 1 (unless refractory)
I                   : 1
""",
    threshold="v >= v_threshold",
    reset="v = 0",
    refractory="t_ref",
    method="exact",
    parameters={"tau": "100*ms", "v_threshold": "13", "t_ref": "5*ms"},
    drive={"I": "100"},
)

AdaptiveLIF = NeuronModel(
    name="AdaptiveLIF",
    description=(
        "leaky integrate-and-fire with a threshold that rises with each spike. BindsNET adds up theta over the rows "
        "of a batch; here each row has its own"
    ),
    citation="P. U. Diehl and M. Cook, Unsupervised learning of digit recognition using spike-timing-dependent "
    f"plasticity, Frontiers in Computational Neuroscience 9 (2015), 99, section 2.3; as in {_BINDSNET}",
    equations="""
dv/dt = (v_rest - v + I)/tau  : volt (unless refractory)
dtheta/dt = -theta/tau_theta  : volt
I                             : volt
""",
    threshold="v > v_threshold + theta",
    reset="""
v = v_reset
theta += theta_plus
""",
    refractory="t_ref",
    method="exact",
    parameters={
        "tau": "100*ms",
        "v_rest": "-65*mV",
        "v_reset": "-65*mV",
        "v_threshold": "-52*mV",
        "t_ref": "5*ms",
        "theta_plus": "0.05*mV",
        "tau_theta": "1e7*ms",
    },
    initial={"v": "v_rest"},
    drive={"I": "100*mV"},
)

CurrentLIF = NeuronModel(
    name="CurrentLIF",
    description=(
        "leaky integrate-and-fire with exponential synaptic currents (CUBA): synapses add to g_e and g_i. BindsNET's "
        "adds a whole current to v in each step and then lets both decay exactly, here it is integrated with the leak: "
        "its numbers come from Euler with g_e in units of tau/dt and each tau stretched to dt/(1 - exp(-dt/tau))"
    ),
    citation=f"T. P. Vogels and L. F. Abbott, J. Neurosci. 25 (2005), 10786-10795; as benchmark 2 of {_BRETTE}",
    equations="""
dv/dt = (v_rest - v + g_e + g_i + I)/tau : volt (unless refractory)
dg_e/dt = -g_e/tau_e                     : volt
dg_i/dt = -g_i/tau_i                     : volt
I                                        : volt
""",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="t_ref",
    method="exact",
    parameters={
        "tau": "20*ms",
        "tau_e": "5*ms",
        "tau_i": "10*ms",
        "v_rest": "-49*mV",
        "v_reset": "-60*mV",
        "v_threshold": "-50*mV",
        "t_ref": "5*ms",
    },
    initial={"v": "v_reset"},
    drive={"I": "10*mV"},
)

ConductanceLIF = NeuronModel(
    name="ConductanceLIF",
    description="leaky integrate-and-fire with exponential synaptic conductances in units of the leak (COBA)",
    citation=f"T. P. Vogels and L. F. Abbott, J. Neurosci. 25 (2005), 10786-10795; as benchmark 1 of {_BRETTE}",
    equations="""
dv/dt = (v_rest - v + g_e*(E_e - v) + g_i*(E_i - v) + I)/tau : volt (unless refractory)
dg_e/dt = -g_e/tau_e                                         : 1
dg_i/dt = -g_i/tau_i                                         : 1
I                                                            : volt
""",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="t_ref",
    method="exponential_euler",
    parameters={
        "tau": "20*ms",
        "tau_e": "5*ms",
        "tau_i": "10*ms",
        "v_rest": "-60*mV",
        "v_reset": "-60*mV",
        "v_threshold": "-50*mV",
        "E_e": "0*mV",
        "E_i": "-80*mV",
        "t_ref": "5*ms",
    },
    initial={"v": "v_rest"},
    drive={"I": "20*mV"},
)

DiehlCook = NeuronModel(
    name="DiehlCook",
    description=(
        "excitatory neuron of Diehl and Cook: conductances in units of the leak, adaptive threshold. BindsNET's has "
        "no conductances, and sends one spike of all that cross in a step; inhibition between neurons does that here"
    ),
    citation="P. U. Diehl and M. Cook, Unsupervised learning of digit recognition using spike-timing-dependent "
    "plasticity, Frontiers in Computational Neuroscience 9 (2015), 99, eqs. 1 and 2 and section 2.3",
    equations="""
dv/dt = (v_rest - v + g_e*(E_e - v) + g_i*(E_i - v) + I)/tau : volt (unless refractory)
dg_e/dt = -g_e/tau_e                                         : 1
dg_i/dt = -g_i/tau_i                                         : 1
dtheta/dt = -theta/tau_theta                                 : volt
I                                                            : volt
""",
    threshold="v > v_threshold - theta_offset + theta",
    reset="""
v = v_reset
theta += theta_plus
""",
    refractory="t_ref",
    method="exponential_euler",
    step="0.5*ms",
    parameters={
        "tau": "100*ms",
        "tau_e": "1*ms",
        "tau_i": "2*ms",
        "v_rest": "-65*mV",
        "v_reset": "-65*mV",
        "v_threshold": "-52*mV",
        "E_e": "0*mV",
        "E_i": "-100*mV",
        "t_ref": "5*ms",
        "theta_plus": "0.05*mV",
        "theta_offset": "20*mV",
        "tau_theta": "1e7*ms",
    },
    initial={"v": "v_rest", "theta": "theta_offset"},
    drive={"I": "100*mV"},
)

GLIF = NeuronModel(
    name="GLIF",
    description=(
        "generalised leaky integrate-and-fire: two currents that spikes set off, and a threshold that follows v. "
        "Currents are in units of the capacitance"
    ),
    citation="S. Mihalas and E. Niebur, A generalized linear integrate-and-fire neural model produces diverse "
    "spiking behaviors, Neural Computation 21 (2009), 704-718, eqs. 2.1 and 2.2 and table 1",
    equations="""
dv/dt = I + I_1 + I_2 - g*(v - E_L)                     : volt
dI_1/dt = -k_1*I_1                                      : volt/second
dI_2/dt = -k_2*I_2                                      : volt/second
dtheta/dt = a*(v - E_L) - b*(theta - theta_inf)         : volt
I                                                       : volt/second
""",
    threshold="v > theta",
    reset="""
I_1 = R_1*I_1 + A_1
I_2 = R_2*I_2 + A_2
v = v_reset
theta = clip(theta, theta_reset, inf*volt)
""",
    step="0.1*ms",
    parameters={
        "g": "50/second",
        "E_L": "-70*mV",
        "k_1": "200/second",
        "k_2": "20/second",
        "a": "0/second",
        "b": "10/second",
        "R_1": "0",
        "R_2": "1",
        "A_1": "0*volt/second",
        "A_2": "0*volt/second",
        "v_reset": "-70*mV",
        "theta_reset": "-60*mV",
        "theta_inf": "-50*mV",
    },
    presets={
        "tonic spiking": {},
        "spike frequency adaptation": {"a": "5/second"},
        "tonic bursting": {"a": "5/second", "A_1": "10*volt/second", "A_2": "-0.6*volt/second"},
    },
    initial={"v": "E_L", "theta": "theta_inf"},
    drive={"I": "1.5*volt/second"},
)

MAT = NeuronModel(
    name="MAT",
    description="multi-timescale adaptive threshold: v is not reset, each spike lifts a threshold that decays twice",
    citation="R. Kobayashi, Y. Tsubo and S. Shinomoto, Made-to-order spiking neuron model equipped with a "
    "multi-timescale adaptive threshold, Frontiers in Computational Neuroscience 3 (2009), 9, eqs. 1 to 3 and table 1",
    equations="""
dv/dt = (R*I - v)/tau             : volt
dtheta_1/dt = -theta_1/tau_1      : volt
dtheta_2/dt = -theta_2/tau_2      : volt
I                                 : amp
""",
    threshold="v > omega + theta_1 + theta_2",
    reset="""
theta_1 += alpha_1
theta_2 += alpha_2
""",
    refractory="t_ref",
    method="exact",
    parameters={
        "tau": "5*ms",
        "R": "50*Mohm",
        "tau_1": "10*ms",
        "tau_2": "200*ms",
        "omega": "19*mV",
        "alpha_1": "37*mV",
        "alpha_2": "2*mV",
        "t_ref": "2*ms",
    },
    presets={
        "regular spiking": {},
        "intrinsically bursting": {"omega": "26*mV", "alpha_1": "1.7*mV", "alpha_2": "2*mV"},
        "fast spiking": {"omega": "11*mV", "alpha_1": "10*mV", "alpha_2": "0.2*mV"},
        "chattering": {"omega": "26*mV", "alpha_1": "-0.5*mV", "alpha_2": "0.4*mV"},
    },
    drive={"I": "0.6*nA"},
)
