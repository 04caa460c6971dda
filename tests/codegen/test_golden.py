"""The emitted source of a few models, kept as text: a change of it must be meant.

After a change that is meant, ``SPIKEQ_ACCEPT=1 pytest tests/codegen/test_golden.py`` writes the new texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from spikeq import Hz, Network, NeuronGroup, PoissonGroup, SpikeMonitor, StateMonitor, Synapses, ms, mV

GOLDEN = Path(__file__).parent / "golden"
FORMS = ("auto", "torch static")


def leaky(form: str) -> Network:
    G = NeuronGroup(
        3,
        "dv/dt = (drive - v)/(10*ms) : volt (unless refractory)\ndrive : volt",
        threshold="v > 10*mV",
        reset="v = 0*mV",
        refractory=5 * ms,
        name="cells",
    )
    G.drive = 20 * mV
    return Network(G, SpikeMonitor(G, name="spikes"), StateMonitor(G, "v", record=[1], name="trace"), backend=form)


def plastic(form: str) -> Network:
    P = PoissonGroup(4, rates=20 * Hz, name="inputs")
    G = NeuronGroup(2, "dv/dt = -v/(10*ms) + 0.1*xi*ms**-0.5 : 1", threshold="v > 1", reset="v = 0", name="cells")
    S = Synapses(P, G, "w : 1", on_pre="v_post += w", on_post="w = clip(w + 0.1, 0, 1)", delay=2 * ms, name="links")
    S.connect(i=[0, 3, 1], j=[0, 1, 1])
    return Network(P, G, S, backend=form, batch=2, dtype="float64")


def clocks(form: str) -> Network:
    fast = NeuronGroup(2, "v : 1\nn : integer", threshold="v > 1", dt=0.1 * ms, name="fast")
    fast.run_regularly("x = 2*rand(); v = x**2 + i; n += 1", dt=1 * ms, name="kick")
    slow = NeuronGroup(2, "dv/dt = sin(t/ms)/ms : 1 (unless refractory)", dt=0.5 * ms, name="slow")
    S = Synapses(fast, slow, "w : 1 (constant)", on_pre="v_post += w", name="links")
    S.connect()
    return Network(fast, slow, S, backend=form)


MODELS: tuple[Callable[[str], Network], ...] = (leaky, plastic, clocks)
CASES = [(model, form) for model in MODELS for form in FORMS]
if find_spec("triton") is not None:  # which does not exist for every machine
    CASES += [(model, "triton") for model in MODELS]


@pytest.mark.filterwarnings("ignore:.*unless refractory:spikeq.errors.SpikeqWarning")
@pytest.mark.parametrize(("model", "form"), CASES, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_the_emitted_source_is_the_one_kept(model: Callable[[str], Network], form: str) -> None:
    path = GOLDEN / f"{model.__name__}.{form.replace('auto', 'torch').replace(' ', '_')}.txt"
    source = model(form).compiled({})[1].source.text
    if os.environ.get("SPIKEQ_ACCEPT"):
        path.write_text(source)
    assert path.read_text() == source


@pytest.mark.filterwarnings("ignore:.*unless refractory:spikeq.errors.SpikeqWarning")
@pytest.mark.parametrize(("model", "form"), CASES, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_the_same_model_gives_the_same_source_again(model: Callable[[str], Network], form: str) -> None:
    assert model(form).compiled({})[1].source.text == model(form).compiled({})[1].source.text
