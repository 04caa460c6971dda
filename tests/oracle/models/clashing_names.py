"""Names that mean something in SymPy, NumPy, torch or Python's own library are names like any other."""

from brian2 import *

defaultclock.dt = 0.1 * ms
zeta = 0.4
gamma = 2.5 * kHz
cells = NeuronGroup(
    5,
    """dE/dt = (I - E + Q)*gamma : 1
       dS/dt = (beta*E - S)*gamma : 1
       dhalf/dt = (type - half)*gamma + re*im*Hz : 1
       I : 1
       Q = zeta*S - step*0.1 : 1
       O = chi + Rel : 1
       chi : 1
       Rel : 1
       beta : 1
       type : 1
       step : integer
       re : 1
       im : 1
       float64 : 1
       device : 1
       grad : 1
       shape : 1
       C : 1
       oo : 1
       tensor : 1""",
    threshold="E > O and half > shape",
    reset="E = 0; step += 1; grad = tensor + oo*C - 0.25; device = float64*2",
    method="euler",
    name="cells",
)
cells.I = "1.5 + 0.2*i"
cells.beta = 0.5
cells.chi = 0.7
cells.Rel = 0.3
cells.type = "0.3 + 0.1*i"
cells.re = "i"
cells.im = 2
cells.shape = 0.05
cells.float64 = "0.5*i"
cells.tensor = 1
cells.oo = 2
cells.C = "i"
lambda_ = Synapses(cells, cells, "Symbol : 1", on_pre="S_post += Symbol; half_post -= 0.01*E_pre", name="torch")
lambda_.connect(condition="i != j")
lambda_.Symbol = "0.01*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["E", "S", "half", "step", "Q", "grad", "device"], record=[0, 4])
run(5 * ms)
