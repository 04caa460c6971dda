"""Ways of saying who connects to whom: conditions, expressions, generators with conditions, arrays, within slices."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    9,
    """dv/dt = (1.2 + 0.05*i - v + g)/ms : 1
       dg/dt = -g/(0.8*ms) : 1
       place : meter""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.place = "(i*4 % 9)*10*um"
cells.v = "(i*5 % 9)/9.0"
near = Synapses(cells, cells, "w : 1", on_pre="g_post += w", name="near")
near.connect(condition="abs(place_pre - place_post) < 25*um and i != j")
near.w = "0.3*exp(-abs(place_pre - place_post)/(20*um))"
around = Synapses(cells, cells, on_pre="g_post -= 0.02*(1 + i)", name="around")
around.connect(j="k for k in range(i - 2, i + 3, 2) if k >= 0 and k < N_post and k != i")
cut = Synapses(cells, cells, on_pre="g_post += 0.01", name="cut")
cut.connect(j="k*2 for k in range(i, i + 3)", skip_if_invalid=True)
shifted = Synapses(cells[2:], cells[:5], on_pre="v_post += 0.01", delay=0.2 * ms, name="shifted")
shifted.connect(j="i - 1 for _ in range(i % 3) if i > 0 and i - 1 < N_post")
listed = Synapses(cells, cells, on_pre="v_post -= 0.02", name="listed")
listed.connect(i=[8, 0, 4, 4], j=[0, 8, 4, 2])
single = Synapses(cells, cells, on_pre="v_post += 0.04", name="single")
single.connect(i=3, j=[0, 1, 2])
certain = Synapses(cells, cells, on_pre="v_post += 0.001", name="certain")
certain.connect(condition="i > j", p=1)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g"], record=[0, 4, 8])
run(5 * ms)
final_around = array([around.i[:], around.j[:]])
final_cut = array([cut.i[:], cut.j[:]])
final_shifted = array([shifted.i[:], shifted.j[:]])
final_near = array([near.i[:], near.j[:]])
