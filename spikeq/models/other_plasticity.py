"""Rules of voltage and calcium, of a neuron's activity, and of the synapse's resources."""

from __future__ import annotations

from spikeq.models.records import SynapseModel

Clopath = SynapseModel(
    name="Clopath",
    description=(
        "voltage-based STDP: depression at presynaptic spikes by the filtered potential v_minus, potentiation in time "
        "by the potential and v_plus. The target needs a potential v in volt with an upstroke (AdEx, EIF, "
        "HodgkinHuxley); bounds hold after every step"
    ),
    citation="C. Clopath, L. Busing, E. Vasilaki and W. Gerstner, Connectivity reflects coding: a model of "
    "voltage-based STDP with homeostasis, Nature Neuroscience 13 (2010), 344-352, eqs. 1 to 3, visual cortex",
    equations="""
dw/dt = A_ltp*x/tau_x*clip(v_post - theta_plus, 0*volt, inf*volt)*clip(v_plus - theta_minus, 0*volt, inf*volt) : 1
dx/dt = -x/tau_x                             : 1
dv_minus/dt = (v_post - v_minus)/tau_minus   : volt
dv_plus/dt = (v_post - v_plus)/tau_plus      : volt
""",
    on_pre="""
{target}_post += scale*w
w = clip(w - A_ltd*clip(v_minus - theta_minus, 0*volt, inf*volt), 0, w_max)
x += 1
""",
    parameters={
        "theta_minus": "-70.6*mV",
        "theta_plus": "-45.3*mV",
        "tau_x": "15*ms",
        "tau_minus": "10*ms",
        "tau_plus": "7*ms",
        "A_ltd": "14e-5/mV",
        "A_ltp": "8e-5/mV**2",
        "w_max": "3",
        "scale": "1*mV",
    },
    any_unit=("scale",),
    step="0.1*ms",
    bounds={"w": ("0", "w_max")},
    initial={"w": "1", "v_minus": "v_post", "v_plus": "v_post"},
)

GraupnerBrunel = SynapseModel(
    name="GraupnerBrunel",
    description=(
        "calcium-based: rho moves up while calcium is above theta_p and down while it is above theta_d, towards one of "
        "two stable states. Calcium is the sum of what spikes of either side let in, so that each part depends on that "
        "side alone. The parameters are those of the DP curve"
    ),
    citation="M. Graupner and N. Brunel, Calcium-based plasticity model explains sensitivity of synaptic changes to "
    "spike pattern, rate, and dendritic location, PNAS 109 (2012), 3991-3996, eq. 1 and fig. 2",
    equations="""
drho/dt = drift/tau + sigma*sqrt(up + down)/sqrt(tau)*xi                                   : 1
dpresynaptic/dt = -presynaptic/tau_ca                                                      : 1
dpostsynaptic/dt = -postsynaptic/tau_ca                                                    : 1
calcium = presynaptic + postsynaptic                                                       : 1
drift = -rho*(1 - rho)*(rho_star - rho) + gamma_p*(1 - rho)*up - gamma_d*rho*down          : 1
up = int(calcium > theta_p)                                                                : 1 (constant over dt)
down = int(calcium > theta_d)                                                              : 1 (constant over dt)
""",
    on_pre={"pre": "{target}_post += scale*rho", "influx": "presynaptic += c_pre"},
    on_post="postsynaptic += c_post",
    delays={"influx": "delay_calcium"},
    parameters={
        "tau_ca": "20*ms",
        "c_pre": "1",
        "c_post": "2",
        "theta_d": "1",
        "theta_p": "1.3",
        "gamma_d": "200",
        "gamma_p": "321.808",
        "sigma": "2.8284",
        "tau": "150*second",
        "rho_star": "0.5",
        "delay_calcium": "13.7*ms",
        "scale": "1*mV",
    },
    any_unit=("scale",),
    initial={"rho": "0.5"},
)

HomeostaticScaling = SynapseModel(
    name="HomeostaticScaling",
    description="all weights onto a neuron grow or shrink in proportion until it fires at rate_target",
    citation="M. C. W. van Rossum, G. Q. Bi and G. G. Turrigiano, Stable Hebbian learning from spike timing-dependent "
    "plasticity, Journal of Neuroscience 20 (2000), 8812-8821, activity-dependent scaling without the integral term",
    equations="""
dw/dt = beta*w*(rate_target - rate)   : 1
drate/dt = -rate/tau_rate             : Hz
""",
    on_pre="{target}_post += scale*w",
    on_post="rate += 1/tau_rate",
    parameters={"beta": "0.01", "rate_target": "10*Hz", "tau_rate": "1*second", "scale": "1*mV"},
    any_unit=("scale",),
    initial={"w": "1"},
)

TsodyksMarkram = SynapseModel(
    name="TsodyksMarkram",
    description=(
        "short-term depression and facilitation: of the available resources x_s each spike uses the fraction u_s, "
        "after u_s has been raised"
    ),
    citation="M. Tsodyks, K. Pawelzik and H. Markram, Neural networks with dynamic synapses, Neural Computation 10 "
    "(1998), 821-835, section 2; parameters of a depressing synapse of M. Tsodyks and H. Markram, PNAS 94 (1997)",
    equations="""
w                            : 1
du_s/dt = -u_s/tau_f         : 1 (event-driven)
dx_s/dt = (1 - x_s)/tau_d    : 1 (event-driven)
""",
    on_pre="""
u_s += U*(1 - u_s)
{target}_post += scale*w*u_s*x_s
x_s -= u_s*x_s
""",
    parameters={"U": "0.5", "tau_d": "800*ms", "tau_f": "1*ms", "scale": "1*mV"},
    presets={
        "depressing": {},
        "facilitating": {"U": "0.05", "tau_d": "100*ms", "tau_f": "1000*ms"},
    },
    any_unit=("scale",),
    initial={"w": "1", "x_s": "1"},
)
