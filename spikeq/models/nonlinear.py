"""Neurons with a spike upstroke of their own: quadratic, exponential, and two-dimensional models."""

from __future__ import annotations

from spikeq.models.records import NeuronModel

QIF = NeuronModel(
    name="QIF",
    description="quadratic integrate-and-fire",
    citation="P. E. Latham et al., Journal of Neurophysiology 83 (2000), 808-827; as W. Gerstner et al., "
    "Neuronal Dynamics (2014), Cambridge University Press, eq. 5.16",
    equations="""
dv/dt = (a*(v - v_rest)*(v - v_critical) + I)/tau : volt (unless refractory)
I                                                 : volt
""",
    threshold="v > v_peak",
    reset="v = v_reset",
    refractory="t_ref",
    step="0.1*ms",
    parameters={
        "tau": "10*ms",
        "a": "0.04/mV",
        "v_rest": "-65*mV",
        "v_critical": "-50*mV",
        "v_peak": "30*mV",
        "v_reset": "-70*mV",
        "t_ref": "2*ms",
    },
    initial={"v": "v_rest"},
    drive={"I": "10*mV"},
)

EIF = NeuronModel(
    name="EIF",
    description="exponential integrate-and-fire",
    citation="N. Fourcaud-Trocme, D. Hansel, C. van Vreeswijk and N. Brunel, How spike generation mechanisms determine "
    "the neuronal response to fluctuating inputs, Journal of Neuroscience 23 (2003), 11628-11640",
    equations="""
dv/dt = (v_rest - v + delta_T*exp((v - v_T)/delta_T) + I)/tau : volt (unless refractory)
I                                                             : volt
""",
    threshold="v > v_peak",
    reset="v = v_reset",
    refractory="t_ref",
    step="0.05*ms",
    parameters={
        "tau": "10*ms",
        "v_rest": "-65*mV",
        "delta_T": "3.48*mV",
        "v_T": "-59.9*mV",
        "v_peak": "-30*mV",
        "v_reset": "-68*mV",
        "t_ref": "1.7*ms",
    },
    initial={"v": "v_rest"},
    drive={"I": "10*mV"},
)

AdEx = NeuronModel(
    name="AdEx",
    description="adaptive exponential integrate-and-fire; the adaptation current is w_adapt",
    citation="R. Brette and W. Gerstner, Adaptive exponential integrate-and-fire model as an effective description "
    "of neuronal activity, Journal of Neurophysiology 94 (2005), 3637-3642, eqs. 1 to 4",
    equations="""
dv/dt = (g_L*(E_L - v) + g_L*delta_T*exp((v - v_T)/delta_T) - w_adapt + I)/C : volt
dw_adapt/dt = (a*(v - E_L) - w_adapt)/tau_w                                  : amp
I                                                                            : amp
""",
    threshold="v > v_peak",
    reset="""
v = v_reset
w_adapt += b
""",
    step="0.05*ms",
    parameters={
        "C": "281*pF",
        "g_L": "30*nS",
        "E_L": "-70.6*mV",
        "v_T": "-50.4*mV",
        "delta_T": "2*mV",
        "v_peak": "-40*mV",
        "v_reset": "-70.6*mV",
        "tau_w": "144*ms",
        "a": "4*nS",
        "b": "0.0805*nA",
    },
    presets={
        "regular spiking": {},
        "bursting": {"tau_w": "20*ms", "b": "0.5*nA", "v_reset": "-45.4*mV"},
        "fast spiking": {"tau_w": "144*ms", "a": "2*281*pF/(144*ms)", "b": "0*nA"},
    },
    initial={"v": "E_L"},
    drive={"I": "1*nA"},
)

Izhikevich = NeuronModel(
    name="Izhikevich",
    description=(
        "simple model with a quadratic upstroke and a recovery variable u. Izhikevich's script and BindsNET advance v "
        "by two half steps and then u with the new v; here both move together, so that spike times differ at 1 ms. "
        "Their steps are three statements for run_regularly(..., when='groups')"
    ),
    citation="E. M. Izhikevich, Simple model of spiking neurons, IEEE Transactions on Neural Networks 14 (2003), "
    "1569-1572, eqs. 1 to 3",
    equations="""
dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + I : volt
du/dt = a*(b*v - u)                                      : volt/second
I                                                        : volt/second
""",
    threshold="v >= v_peak",
    reset="""
v = c
u += d
""",
    step="0.25*ms",
    parameters={"a": "0.02/ms", "b": "0.2/ms", "c": "-65*mV", "d": "8*mV/ms", "v_peak": "30*mV"},
    presets={
        "regular spiking": {},
        "intrinsically bursting": {"c": "-55*mV", "d": "4*mV/ms"},
        "chattering": {"c": "-50*mV", "d": "2*mV/ms"},
        "fast spiking": {"a": "0.1/ms", "d": "2*mV/ms"},
    },
    initial={"v": "c", "u": "b*v"},
    drive={"I": "10*mV/ms"},
)

FitzHughNagumo = NeuronModel(
    name="FitzHughNagumo",
    description="two-dimensional oscillator in plain numbers: v is the potential, r the recovery variable",
    citation="R. FitzHugh, Impulses and physiological states in theoretical models of nerve membrane, "
    "Biophysical Journal 1 (1961), 445-466, eqs. 1 and 2; with the signs of J. Nagumo et al., Proc. IRE 50 (1962)",
    equations="""
dv/dt = (v - v**3/3 - r + I)/tau          : 1
dr/dt = epsilon*(v + a - b*r)/tau         : 1
I                                         : 1
""",
    threshold="v > v_threshold",
    refractory="v > v_threshold",
    method="rk4",
    step="0.1*ms",
    parameters={"a": "0.7", "b": "0.8", "epsilon": "0.08", "tau": "1*ms", "v_threshold": "1"},
    initial={"v": "-1.2", "r": "-0.625"},
    drive={"I": "0.5"},
)

MorrisLecar = NeuronModel(
    name="MorrisLecar",
    description="calcium and potassium currents of the barnacle muscle fibre; n is the open fraction of the latter",
    citation="C. Morris and H. Lecar, Voltage oscillations in the barnacle giant muscle fiber, Biophysical Journal 35 "
    "(1981), 193-213, eqs. 9; parameters of J. Rinzel and B. Ermentrout, Methods in Neuronal Modeling (1998), ch. 7",
    equations="""
dv/dt = (I - g_L*(v - E_L) - g_Ca*m_inf*(v - E_Ca) - g_K*n*(v - E_K))/C : volt
dn/dt = phi*(n_inf - n)*cosh((v - v_3)/(2*v_4))                         : 1
m_inf = 0.5*(1 + tanh((v - v_1)/v_2))                                   : 1
n_inf = 0.5*(1 + tanh((v - v_3)/v_4))                                   : 1
I                                                                       : amp/metre**2
""",
    threshold="v > v_threshold",
    refractory="v > v_threshold",
    method="rk4",
    step="0.1*ms",
    parameters={
        "C": "20*uF/cm**2",
        "g_L": "2*mS/cm**2",
        "g_Ca": "4.4*mS/cm**2",
        "g_K": "8*mS/cm**2",
        "E_L": "-60*mV",
        "E_Ca": "120*mV",
        "E_K": "-84*mV",
        "v_1": "-1.2*mV",
        "v_2": "18*mV",
        "v_3": "2*mV",
        "v_4": "30*mV",
        "phi": "0.04/ms",
        "v_threshold": "0*mV",
    },
    initial={"v": "E_L", "n": "0.0149"},
    drive={"I": "100*uA/cm**2"},
)

HodgkinHuxley = NeuronModel(
    name="HodgkinHuxley",
    description="sodium and potassium currents of the squid axon, with the rest at -65 mV",
    citation="A. L. Hodgkin and A. F. Huxley, A quantitative description of membrane current and its application to "
    "conduction and excitation in nerve, Journal of Physiology 117 (1952), 500-544, eqs. 12 to 26",
    equations="""
dv/dt = (I - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_L*(v - E_L))/C : volt
dm/dt = alpha_m*(1 - m) - beta_m*m                : 1
dh/dt = alpha_h*(1 - h) - beta_h*h                : 1
dn/dt = alpha_n*(1 - n) - beta_n*n                : 1
alpha_m = 1/ms/exprel(-(v + 40*mV)/(10*mV))       : Hz
beta_m = 4/ms*exp(-(v + 65*mV)/(18*mV))           : Hz
alpha_h = 0.07/ms*exp(-(v + 65*mV)/(20*mV))       : Hz
beta_h = 1/ms/(1 + exp(-(v + 35*mV)/(10*mV)))     : Hz
alpha_n = 0.1/ms/exprel(-(v + 55*mV)/(10*mV))     : Hz
beta_n = 0.125/ms*exp(-(v + 65*mV)/(80*mV))       : Hz
I                                                 : amp/metre**2
""",
    threshold="v > v_threshold",
    refractory="v > v_threshold",
    method="exponential_euler",
    step="0.02*ms",
    parameters={
        "C": "1*uF/cm**2",
        "g_Na": "120*mS/cm**2",
        "g_K": "36*mS/cm**2",
        "g_L": "0.3*mS/cm**2",
        "E_Na": "50*mV",
        "E_K": "-77*mV",
        "E_L": "-54.4*mV",
        "v_threshold": "0*mV",
    },
    initial={
        "v": "-65*mV",
        "m": "alpha_m/(alpha_m + beta_m)",
        "h": "alpha_h/(alpha_h + beta_h)",
        "n": "alpha_n/(alpha_n + beta_n)",
    },
    drive={"I": "10*uA/cm**2"},
)
