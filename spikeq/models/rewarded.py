"""BindsNET's rules: changes by traces alone, and changes that wait for a reward.

BindsNET decays traces, sets those of this step's spikes, and then changes the weights. Here the presynaptic pathway
runs before the postsynaptic one, each with the trace that the other side had before this step's spike: the same numbers
except for spikes in one step, which BindsNET counts with each other in both ways (``nu_post - nu_pre``) and which here
count once (``nu_post``). To count both, set the traces in pathways of their own whose order comes before the others.
"""

from __future__ import annotations

from spikeq.models.records import SynapseModel

_BINDSNET = "H. Hazan et al., BindsNET, Frontiers in Neuroinformatics 12 (2018), 89"
_FLORIAN = (
    "R. V. Florian, Reinforcement learning through modulation of spike-timing-dependent synaptic plasticity, "
    "Neural Computation 19 (2007), 1468-1502"
)
_TRACES = """
w                         : 1
dx/dt = -x/tau_pre        : 1 (event-driven)
dy/dt = -y/tau_post       : 1 (event-driven)
"""
_RATES = {"nu_pre": "1e-4", "nu_post": "1e-2", "tau_pre": "20*ms", "tau_post": "20*ms"}
_BOUNDS = {"w_min": "0", "w_max": "1", "scale": "1*mV"}

PostPre = SynapseModel(
    name="PostPre",
    description="pair STDP with traces that are set, not added to: x = 1 and y = 1 at a spike",
    citation=f"P. U. Diehl and M. Cook, Frontiers in Computational Neuroscience 9 (2015), 99; as in {_BINDSNET}",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x = 1
w = clip(w - nu_pre*y, w_min, w_max)
""",
    on_post="""
y = 1
w = clip(w + nu_post*x, w_min, w_max)
""",
    bounds={"w": ("w_min", "w_max")},
    parameters={**_RATES, **_BOUNDS},
    any_unit=("scale",),
    initial={"w": "(w_min + w_max)/2"},
)

WeightDependentPostPre = SynapseModel(
    name="WeightDependentPostPre",
    description="PostPre with soft bounds: changes are in proportion to the distance from w_min and from w_max",
    citation=_BINDSNET,
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x = 1
w = clip(w - nu_pre*y*(w - w_min), w_min, w_max)
""",
    on_post="""
y = 1
w = clip(w + nu_post*x*(w_max - w), w_min, w_max)
""",
    bounds={"w": ("w_min", "w_max")},
    parameters={**_RATES, **_BOUNDS},
    any_unit=("scale",),
    initial={"w": "(w_min + w_max)/2"},
)

Hebbian = SynapseModel(
    name="Hebbian",
    description="weights grow at spikes of either side, by the trace of the other",
    citation=_BINDSNET,
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x = 1
w = clip(w + nu_pre*y, w_min, w_max)
""",
    on_post="""
y = 1
w = clip(w + nu_post*x, w_min, w_max)
""",
    bounds={"w": ("w_min", "w_max")},
    parameters={**_RATES, **_BOUNDS},
    any_unit=("scale",),
    initial={"w": "(w_min + w_max)/2"},
)

_REWARDED = {
    "tau_plus": "20*ms",
    "tau_minus": "20*ms",
    "A_plus": "1",
    "A_minus": "-1",
    "nu": "0.01",
    **_BOUNDS,
}

MSTDP = SynapseModel(
    name="MSTDP",
    description=(
        "STDP times reward: set S.reward between runs or from a network operation. The reward of the spike's own step "
        "counts; in BindsNET it is that of the next step"
    ),
    citation=f"{_FLORIAN}, MSTDP; as in {_BINDSNET}",
    equations="""
w                            : 1
reward                       : 1 (shared)
dp/dt = -p/tau_plus          : 1 (event-driven)
dq/dt = -q/tau_minus         : 1 (event-driven)
""",
    on_pre="""
{target}_post += scale*w
p += A_plus
w = clip(w + nu*reward*q, w_min, w_max)
""",
    on_post="""
q += A_minus
w = clip(w + nu*reward*p, w_min, w_max)
""",
    bounds={"w": ("w_min", "w_max")},
    parameters=_REWARDED,
    any_unit=("scale",),
    initial={"w": "(w_min + w_max)/2"},
)

MSTDPET = SynapseModel(
    name="MSTDPET",
    description=(
        "STDP goes into an eligibility trace z, and z times reward into the weight in each step; set S.reward. "
        "z decays exactly and w takes its integral over the step, BindsNET the value at its start: nu differs by the "
        "factor (1 - exp(-dt/tau_e))*tau_e/dt. Euler takes the value at the start, but forgets dt/tau_e where BindsNET "
        "forgets 1 - exp(-dt/tau_e). Bounds hold after every step"
    ),
    citation=f"{_FLORIAN}, MSTDPET; as in {_BINDSNET}",
    equations="""
dw/dt = nu*reward*z/tau_e    : 1 (clock-driven)
dz/dt = -z/tau_e             : 1 (clock-driven)
reward                       : 1 (shared)
dp/dt = -p/tau_plus          : 1 (event-driven)
dq/dt = -q/tau_minus         : 1 (event-driven)
""",
    on_pre="""
{target}_post += scale*w
p += A_plus
z += q
w = clip(w, w_min, w_max)
""",
    on_post="""
q += A_minus
z += p
w = clip(w, w_min, w_max)
""",
    method="exact",
    parameters={**_REWARDED, "tau_e": "25*ms"},
    any_unit=("scale",),
    bounds={"w": ("w_min", "w_max")},
    initial={"w": "(w_min + w_max)/2"},
)

Rmax = SynapseModel(
    name="Rmax",
    description=(
        "eligibility is the postsynaptic spikes minus a part of those expected, times the presynaptic trace: between "
        "policy gradient (tau_c = 0) and Hebbian; set S.reward. The target must be an SRM0, whose intensity it reads. "
        "BindsNET takes the probability of a spike in a step where this takes the intensity, and decays x exactly. "
        "Bounds hold after every step"
    ),
    citation="E. Vasilaki, N. Fremaux, R. Urbanczik, W. Senn and W. Gerstner, Spike-based reinforcement learning in "
    f"continuous state and action space, PLoS Computational Biology 5 (2009), e1000586; as in {_BINDSNET}",
    equations="""
dw/dt = nu*reward*z/tau_e                                                      : 1 (clock-driven)
dz/dt = -z/tau_e - x*intensity_post/(1 + tau_c*intensity_post)                 : 1 (clock-driven)
dx/dt = -x/tau_pre                                                             : 1 (clock-driven)
reward                                                                         : 1 (shared)
""",
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w, w_min, w_max)
""",
    on_post="z += x",
    parameters={"tau_pre": "20*ms", "tau_e": "25*ms", "tau_c": "5*ms", "nu": "0.01", **_BOUNDS},
    any_unit=("scale",),
    bounds={"w": ("w_min", "w_max")},
    initial={"w": "(w_min + w_max)/2"},
)
