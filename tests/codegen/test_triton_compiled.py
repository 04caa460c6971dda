"""Emitted kernels compile for sm_90 without a GPU: no spills, and in single precision nothing of double."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest

from spikeq import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    UnsupportedError,
    linked_var,
    ms,
)
from spikeq.network.network import Network as Whole
from tests.codegen.test_golden import clocks, leaky
from tests.codegen.triton_compiled import compiled, launches
from tests.kernels.interpreter import why_not

pytestmark = pytest.mark.skipif(
    bool(why_not()) or os.environ.get("TRITON_INTERPRET") == "1", reason=why_not() or "kernels are interpreted"
)


def recurrent(form: str, batch: int | None = None) -> Network:
    """Dense and sparse pathways, a delay, random input, traces of pair STDP."""
    P = PoissonGroup(20, rates="(1 + i)*Hz", name="inputs")
    G = NeuronGroup(30, "dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    every = Synapses(
        P,
        G,
        "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)",
        on_pre="v_post += w; x += 1; w = clip(w - 0.1*y, 0, 1)",
        on_post="y += 1; w = clip(w + 0.1*x, 0, 1)",
        name="every",
    )
    every.connect()
    some = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=3 * ms, name="some")
    some.connect(i=[0, 3, 3, 7], j=[1, 2, 29, 0])
    return Network(P, G, every, some, SpikeMonitor(G, name="spikes"), backend=form, batch=batch)


def in_rows(form: str) -> Network:
    """The same with weights that three rows share and change."""
    return recurrent(form, 3)


def varied(form: str) -> Network:
    """Sums, synapses one to one, delays of each synapse, statements in turn, a rate, two blocks of neurons."""
    G = NeuronGroup(
        600, "dv/dt = (total - v)/(10*ms) : 1\ntotal : 1", threshold="v > 1", reset="v = 0.1*randn()", name="cells"
    )
    summing = Synapses(G, G, "total_post = 0.1*v_pre : 1 (summed)", name="summing")
    summing.connect(i=[0, 1, 5], j=[1, 1, 599])
    pairs = Synapses(G, G, on_pre="v_post = 0.5*v_pre", name="pairs")
    pairs.connect(j="i")
    spread = Synapses(G, G, "w : 1", on_pre="v_post += w; w *= 0.9", name="spread")
    spread.connect(i=[0, 1, 2], j=[5, 5, 0])
    spread.pre.delay = [0, 2, 5] * ms
    turns = Synapses(G, G, on_pre="v_post *= 0.5", name="turns")
    turns.connect(i=[0, 0], j=[7, 8])
    return Network(G, summing, pairs, spread, turns, PopulationRateMonitor(G, name="rate"), backend=form)


def under_way(form: str) -> Network:
    """Delays that have changed while spikes were on their way: of all synapses, of each, of weights that rows share."""
    P = PoissonGroup(20, rates=400 * Hz, name="inputs")
    G = NeuronGroup(30, "dv/dt = -v/(10*ms) : 1", name="cells")
    traces = "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)"
    every = Synapses(P, G, traces, on_pre="v_post += w*x; x += 1", delay=3 * ms, name="every")
    every.connect()
    some = Synapses(P, G, "w : 1", on_pre="v_post += w; w += 0.1*(1 - w)", name="some")
    some.connect(i=[0, 3, 3, 7], j=[1, 2, 29, 0])
    some.delay = [1, 2, 3, 4] * ms
    network = Network(P, G, every, some, backend="torch", batch=2, seed=1)
    network.run(3 * ms)
    every.delay, some.delay = 1 * ms, [4, 3, 2, 0] * ms
    network.backend = form
    return network


def in_turn(form: str) -> Network:
    """Rows share weights that synapses change in their order and after their own delays; neurons read neighbours."""
    G = NeuronGroup(
        30, "dv/dt = (left - v)/(10*ms) : 1\nleft : 1 (linked)", threshold="v > 1", reset="v = 0", name="cells"
    )
    G.left = linked_var(G, "v", index=np.arange(30)[::-1])
    S = Synapses(G, G, "w : 1", on_pre="v_post = v_post/2 + w; w += 0.1*v_pre", bounds={"w": (0, 1)}, name="links")
    S.connect(i=[0, 3, 3, 7], j=[1, 2, 29, 0])
    S.delay = [0, 1, 2, 3] * ms
    S.run_regularly("w *= 1 + 0.1*v_pre", dt=1 * ms)
    return Network(G, S, backend=form, batch=3)


def normalised(form: str) -> Network:
    """Weights that are normalised in every step."""
    P = PoissonGroup(2, rates="5*Hz", name="inputs")
    G = NeuronGroup(2, "dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    S = Synapses(P, G, "w : 1", on_pre="v_post += w", bounds={"w": (0, 0.7)}, name="links")
    S.connect()
    some = Synapses(P, G, "w : 1", on_pre="v_post += w", name="some")
    some.connect(i=[0, 1], j=[1, 1])
    S.w = some.w = 0.5
    S.normalise("w", total=1, every=1 * ms)
    some.normalise("w", total=1, every=2 * ms, by="pre")
    return Network(P, G, S, some, backend=form)


@pytest.mark.filterwarnings("ignore:.*unless refractory:spikeq.errors.SpikeqWarning")
@pytest.mark.parametrize(
    "model", [leaky, clocks, recurrent, in_rows, varied, in_turn, under_way], ids=lambda model: model.__name__
)
def test_kernels_in_single_precision(model: Callable[[str], Network]) -> None:
    for name, kernel in compiled(model("triton")).items():
        assert (kernel.spills, kernel.local, kernel.float64) == (0, 0, 0), name
        assert kernel.registers <= 128, name


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (1, 1025), (33, 2000)])
@pytest.mark.parametrize("batch", [None, 2])
def test_records_of_parts(start: int, stop: int, batch: int | None) -> None:
    """Numbers that are 0, 1 or multiples of 16 are compiled in ways of their own."""
    G = NeuronGroup(2048, "dv/dt = (1.5 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    part = G[start:stop]
    monitors = [SpikeMonitor(part, variables="v"), PopulationRateMonitor(part), StateMonitor(part, "v", record=True)]
    (kernel,) = compiled(Network(G, *monitors, backend="triton", batch=batch)).values()
    assert (kernel.spills, kernel.local, kernel.float64) == (0, 0, 0)
    assert kernel.count("ATOMG", "REDG", "RED.") == 1  # the rate's
    assert kernel.registers <= 64


def test_one_program_for_each_row() -> None:
    for network in (recurrent("triton"), plainly("triton", "True", 3)):
        network.launch = "persistent"
        ((name, kernel),) = compiled(network).items()
        assert name.startswith("persistent_")
        assert (kernel.spills, kernel.local, kernel.float64) == (0, 0, 0)


def test_one_program_cannot_change_what_rows_share() -> None:
    network = in_rows("triton")
    network.launch = "persistent"
    with pytest.raises(UnsupportedError, match="every_pre changes what the rows of the batch share"):
        compiled(network)


def late_inputs(form: str) -> Network:
    """Functions of time that are read at times of the neurons' own."""
    G = NeuronGroup(
        5, "dv/dt = (ramp(t - late) - v)/(10*ms) : 1\nlate : second", threshold="v > 1", reset="v = 0", name="cells"
    )
    G.run_regularly("late += 1*ms*steps(late, i)", dt=1 * ms)
    return Network(G, backend=form)


def test_sums_of_normalisations_and_times_are_of_double_precision() -> None:
    tables = {name: TimedArray(np.ones((3, 5)[:n]), dt=2 * ms) for name, n in (("ramp", 1), ("steps", 2))}
    for model, wide in ((normalised, 3), (late_inputs, 1)):  # by columns, by runs, by these after the last step
        made = compiled(model("triton"), tables)
        assert all((kernel.spills, kernel.local) == (0, 0) and kernel.registers <= 128 for kernel in made.values())
        assert sum(kernel.float64 > 0 for kernel in made.values()) == wide


def plainly(form: str, condition: str, batch: int | None = None) -> Network:
    """Input and a population that excites itself, by weights alone."""
    P = PoissonGroup(20, rates="(1 + i)*Hz", name="inputs")
    G = NeuronGroup(30, "dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    joined = [Synapses(one, G, "w : 1", on_pre="v_post += w", name=f"from_{one.name}") for one in (P, G)]
    for synapses in joined:
        synapses.connect(condition=condition)
    return Network(P, G, *joined, SpikeMonitor(G, name="spikes"), backend=form, batch=batch)


@pytest.mark.parametrize(("condition", "count"), [("True", 1), ("(i + j) % 3 != 0", 2)])
@pytest.mark.parametrize("batch", [None, 3])
def test_a_step_of_plain_coupling_is_one_launch_where_it_is_dense_and_two_elsewhere(
    condition: str, count: int, batch: int | None
) -> None:
    launched = plainly("triton", condition, batch).compiled({})[1].source.launches
    assert [len(launched[name]) for name in ("begin", "between", "finish")] == [1, count, count]


def test_neurons_take_one_kernel() -> None:
    assert len(launches(leaky("triton"))) == 1  # with the trace of a part of them


def test_a_wide_population_is_loaded_four_at_a_time() -> None:
    G = NeuronGroup(65536, "dv/dt = (1.5 - v)/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    (found,) = compiled(Network(G, backend="triton")).values()
    assert "ld.global.v4" in found.ptx or found.count("LDG.E.128") > 0


def test_without_a_gpu_the_backend_says_so() -> None:
    G = NeuronGroup(2, "dv/dt = -v/(10*ms) : 1", name="cells")
    with pytest.raises(UnsupportedError, match="runs on an NVIDIA GPU"):
        Network(G, backend="triton").run(1 * ms)


def test_on_a_gpu_triton_is_chosen_where_it_runs_the_network() -> None:
    import torch

    network: Whole = leaky("auto")
    network.device = torch.device("cuda")
    assert network.compiled({})[1].backend == "triton"
    refused = UnsupportedError("This does not run on the Triton backend.", "Use backend='torch'.")
    other: Whole = Network(NeuronGroup(2, "v : 1", name="refused"))  # what is compiled once is not emitted again
    other.device = network.device
    with patch("spikeq.codegen.triton_backend.emit", side_effect=refused):
        _, chosen = other.compiled({})
    assert (chosen.backend, chosen.reason) == ("torch static", refused.message)


def test_processes_share_the_emitted_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("emitted")
    code = "from tests.codegen.test_golden import leaky; leaky('triton').compiled({})"
    environment = {**os.environ, "SPIKEQ_CACHE": str(folder)}
    running = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    (path,) = folder.iterdir()
    assert path.read_text(encoding="ascii") == leaky("triton").compiled({})[1].source.text


def test_the_stage_launch_tells_the_kernels() -> None:
    told = leaky("triton").show("launch", {})
    assert "steps: 1 launch a step; steps are not cut: that saves no launch; many steps are one CUDA graph" in told
    assert "chosen: persistent, since so little happens in a step that launches would take longer" in told
    assert "  step_record_update_threshold_reset: trace, cells_stateupdater, cells_spike_thresholder, spikes, " in told
    assert "not Triton: " not in told


def test_the_stage_launch_tells_why_rows_cannot_be_one_program_each() -> None:
    told = in_rows("triton").show("launch", {})
    assert "persistent: impossible: " in told
    assert "chosen: steps, since one program cannot do it all: " in told


def test_numbers_of_poisson_and_binomial_stay_in_registers() -> None:
    G = NeuronGroup(
        4096, "v : 1\nx : 1", threshold="v > 1", reset="v = binomial(20, 0.7); x = poisson(v)", name="cells"
    )
    found = compiled(Network(G, backend="triton"))
    assert [kernel.stack + kernel.local for kernel in found.values()] == [0] * len(found)
    assert sum(kernel.float64_text != [] for kernel in found.values()) == 1
