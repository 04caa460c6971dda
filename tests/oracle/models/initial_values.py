"""Initial values: numbers, arrays, strings that use others, slices, conditions as index, in-place changes."""

from brian2 import *

defaultclock.dt = 0.1 * ms
scale = 2 * mV
cells = NeuronGroup(
    8,
    """dv/dt = (a - v)/ms : volt
       a : volt
       b : 1
       n : integer
       flag : boolean""",
    threshold="v > 9*mV",
    reset="v = b*mV",
    method="euler",
    name="cells",
)
cells.b = arange(8) * 0.5
cells.a = "8*mV + b*scale"
cells.a[::3] = 11 * mV
cells.a["i > 4 and b < 3.5"] = "a + 1*mV"
cells.v[2:5] = "a*0.5 + i*mV"
cells.v["a > 12*mV"] = "3*mV"
cells.v[7] = 5 * mV
cells.v[[0, 1]] = [1, 2] * mV
cells.n = 7.9
cells.n["i % 2 == 0"] = "-int(b*3)"
cells.flag = "n > 0"
cells[4:].b = "i*0.25"
cells.b *= 1.5
links = Synapses(
    cells,
    cells,
    """w : volt
       k : integer""",
    on_pre="v_post += w",
    name="links",
)
links.connect(condition="i < j")
links.w = "(j - i)*0.1*mV"
links.w["i == 0"] = 0.3 * mV
links.w[3, :] = "0.05*mV*j"
links.w[:, 7] *= 2
links.k[::2] = "i + 10*j"
final_w, final_k = links.w[:], array(links.k)
final_a, final_b, final_n, final_flag = cells.a[:], array(cells.b), array(cells.n), array(cells.flag)
final_pair = links.w[2, 5:]
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
run(5 * ms)
