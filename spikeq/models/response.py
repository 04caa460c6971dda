"""Neurons of the spike response kind: filtered input, and an answer to their own spikes."""

from __future__ import annotations

from spikeq.models.records import NeuronModel

SRM0 = NeuronModel(
    name="SRM0",
    description=(
        "spike response model with escape noise: spikes are drawn with the hazard 'intensity', which grows with v. "
        "Here a neuron cannot spike while refractory; BindsNET's can"
    ),
    citation="W. Gerstner et al., Neuronal Dynamics (2014), Cambridge University Press, sections 9.1 and 9.2; "
    "parameters of H. Hazan et al., BindsNET, Frontiers in Neuroinformatics 12 (2018), 89",
    equations="""
dv/dt = (v_rest - v + I)/tau                         : volt (unless refractory)
intensity = rho_0*exp((v - v_threshold)/delta_u)     : Hz
I                                                    : volt
""",
    threshold="rand() < 1 - exp(-intensity*dt)",
    reset="v = v_reset",
    refractory="t_ref",
    method="exact",
    parameters={
        "tau": "10*ms",
        "v_rest": "-70*mV",
        "v_reset": "-70*mV",
        "v_threshold": "-50*mV",
        "delta_u": "5*mV",
        "rho_0": "1/ms",
        "t_ref": "5*ms",
    },
    initial={"v": "v_rest"},
    drive={"I": "25*mV"},
)

CSRM = NeuronModel(
    name="CSRM",
    description=(
        "cumulative spike response model: each spike adds an afterpotential eta to those that are left of earlier "
        "spikes. BindsNET sums both kernels over windows of 20 and 10 steps; here the exponentials do not end"
    ),
    citation="W. Gerstner and W. M. Kistler, Spiking Neuron Models (2002), Cambridge University Press, section 4.2",
    equations="""
v = v_rest + h - eta        : volt
dh/dt = (I - h)/tau         : volt
deta/dt = -eta/tau_eta      : volt
I                           : volt
""",
    threshold="v > v_threshold",
    reset="eta += eta_0",
    refractory="t_ref",
    method="exact",
    parameters={
        "tau": "20*ms",
        "tau_eta": "10*ms",
        "eta_0": "20*mV",
        "v_rest": "-65*mV",
        "v_threshold": "-52*mV",
        "t_ref": "1*ms",
    },
    drive={"I": "25*mV"},
)
