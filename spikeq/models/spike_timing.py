"""Rules in which the times of spikes change weights."""

from __future__ import annotations

from spikeq.models.records import SynapseModel

_MORRISON = "A. Morrison, M. Diesmann and W. Gerstner, Biological Cybernetics 98 (2008), 459-478"
_TRACES = """
w                         : 1
dx/dt = -x/tau_pre        : 1 (event-driven)
dy/dt = -y/tau_post       : 1 (event-driven)
"""
_PAIR = {"tau_pre": "20*ms", "tau_post": "20*ms", "scale": "1*mV"}

PairSTDP = SynapseModel(
    name="PairSTDP",
    description=(
        "pair STDP, additive, hard bounds, all pairs: w changes by A_plus*exp(-dt/tau_pre) where the presynaptic spike "
        "is first, by -A_minus*exp(-dt/tau_post) where it is second. Of two spikes at once the presynaptic is first"
    ),
    citation="S. Song, K. D. Miller and L. F. Abbott, Competitive Hebbian learning through spike-timing-dependent "
    "synaptic plasticity, Nature Neuroscience 3 (2000), 919-926, methods",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w - A_minus*y, 0, w_max)
""",
    on_post="""
y += 1
w = clip(w + A_plus*x, 0, w_max)
""",
    bounds={"w": ("0", "w_max")},
    parameters={**_PAIR, "A_plus": "0.005", "A_minus": "0.00525", "w_max": "1"},
    any_unit=("scale",),
    initial={"w": "w_max/2"},
)

NearestPairSTDP = SynapseModel(
    name="NearestPairSTDP",
    description="pair STDP, additive, hard bounds, with the nearest spike of the other side only",
    citation=f"{_MORRISON}, section 4.1.2 (symmetric nearest neighbours)",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x = 1
w = clip(w - A_minus*y, 0, w_max)
""",
    on_post="""
y = 1
w = clip(w + A_plus*x, 0, w_max)
""",
    bounds={"w": ("0", "w_max")},
    parameters={**_PAIR, "A_plus": "0.005", "A_minus": "0.00525", "w_max": "1"},
    any_unit=("scale",),
    initial={"w": "w_max/2"},
)

MultiplicativeSTDP = SynapseModel(
    name="MultiplicativeSTDP",
    description="pair STDP with soft bounds: changes are in proportion to the distance from 0 and from w_max",
    citation="J. Rubin, D. D. Lee and H. Sompolinsky, Equilibrium properties of temporally asymmetric Hebbian "
    "plasticity, Physical Review Letters 86 (2001), 364-367",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w - A_minus*w*y, 0, w_max)
""",
    on_post="""
y += 1
w = clip(w + A_plus*(w_max - w)*x, 0, w_max)
""",
    bounds={"w": ("0", "w_max")},
    parameters={**_PAIR, "A_plus": "0.005", "A_minus": "0.00525", "w_max": "1"},
    any_unit=("scale",),
    initial={"w": "w_max/2"},
)

PowerSTDP = SynapseModel(
    name="PowerSTDP",
    description="pair STDP between additive (mu = 0) and multiplicative (mu = 1), weights between 0 and 1",
    citation="R. Gutig, R. Aharonov, S. Rotter and H. Sompolinsky, Learning input correlations through nonlinear "
    "temporally asymmetric Hebbian plasticity, Journal of Neuroscience 23 (2003), 3697-3714, eqs. 1 and 2",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w - learning_rate*alpha*w**mu*y, 0, 1)
""",
    on_post="""
y += 1
w = clip(w + learning_rate*(1 - w)**mu*x, 0, 1)
""",
    bounds={"w": ("0", "1")},
    parameters={**_PAIR, "learning_rate": "0.005", "alpha": "1.05", "mu": "0.02"},
    any_unit=("scale",),
    initial={"w": "0.5"},
)

PowerLawSTDP = SynapseModel(
    name="PowerLawSTDP",
    description="pair STDP with potentiation that grows as w**mu and depression that grows as w; no upper bound",
    citation="A. Morrison, A. Aertsen and M. Diesmann, Spike-timing-dependent plasticity in balanced random networks, "
    "Neural Computation 19 (2007), 1437-1467, weights in units of w_0",
    equations=_TRACES,
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w - learning_rate*alpha*w*y, 0, inf)
""",
    on_post="""
y += 1
w = w + learning_rate*w**mu*x
""",
    bounds={"w": ("0", "inf")},
    parameters={**_PAIR, "learning_rate": "0.1", "alpha": "0.11", "mu": "0.4", "scale": "0.02*mV"},
    any_unit=("scale",),
    initial={"w": "40"},
)

TripletSTDP = SynapseModel(
    name="TripletSTDP",
    description="triplet STDP, all to all: pairs and triplets of spikes; by default the full model of visual cortex",
    citation="J.-P. Pfister and W. Gerstner, Triplets of spikes in a model of spike timing-dependent plasticity, "
    "Journal of Neuroscience 26 (2006), 9673-9682, eqs. 2 to 4, all-to-all parameters of tables 3 and 4",
    equations="""
w                            : 1
dr_1/dt = -r_1/tau_plus      : 1 (event-driven)
dr_2/dt = -r_2/tau_x         : 1 (event-driven)
do_1/dt = -o_1/tau_minus     : 1 (event-driven)
do_2/dt = -o_2/tau_y         : 1 (event-driven)
""",
    on_pre="""
{target}_post += scale*w
w = clip(w - o_1*(A2_minus + A3_minus*r_2), 0, w_max)
r_1 += 1
r_2 += 1
""",
    on_post="""
w = clip(w + r_1*(A2_plus + A3_plus*o_2), 0, w_max)
o_1 += 1
o_2 += 1
""",
    bounds={"w": ("0", "w_max")},
    parameters={
        "tau_plus": "16.8*ms",
        "tau_minus": "33.7*ms",
        "tau_x": "101*ms",
        "tau_y": "125*ms",
        "A2_plus": "5e-10",
        "A3_plus": "6.2e-3",
        "A2_minus": "7e-3",
        "A3_minus": "2.3e-4",
        "w_max": "1",
        "scale": "1*mV",
    },
    presets={
        "visual cortex": {},
        "visual cortex, minimal": {
            "A2_plus": "0",
            "A3_plus": "6.5e-3",
            "A2_minus": "7.1e-3",
            "A3_minus": "0",
            "tau_y": "114*ms",
        },
        "hippocampus": {
            "A2_plus": "6.1e-3",
            "A3_plus": "6.7e-3",
            "A2_minus": "1.6e-3",
            "A3_minus": "1.4e-3",
            "tau_x": "946*ms",
            "tau_y": "27*ms",
        },
    },
    any_unit=("scale",),
    initial={"w": "w_max/2"},
)

VogelsInhibition = SynapseModel(
    name="VogelsInhibition",
    description="inhibitory plasticity that balances excitation: the target comes to fire at rho_0",
    citation="T. P. Vogels, H. Sprekeler, F. Zenke, C. Clopath and W. Gerstner, Inhibitory plasticity balances "
    "excitation and inhibition in sensory pathways and memory networks, Science 334 (2011), 1569-1573, "
    "supporting online material",
    equations="""
w                     : 1
dx/dt = -x/tau_stdp   : 1 (event-driven)
dy/dt = -y/tau_stdp   : 1 (event-driven)
""",
    on_pre="""
{target}_post += scale*w
x += 1
w = clip(w + eta*(y - 2*rho_0*tau_stdp), 0, w_max)
""",
    on_post="""
y += 1
w = clip(w + eta*x, 0, w_max)
""",
    bounds={"w": ("0", "w_max")},
    parameters={"tau_stdp": "20*ms", "eta": "0.005", "rho_0": "5*Hz", "w_max": "100", "scale": "-0.1*mV"},
    any_unit=("scale",),
    initial={"w": "1"},
)
