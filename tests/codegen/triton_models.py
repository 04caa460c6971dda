"""Runs oracle models on the Triton backend, interpreted or on a GPU, and says how each went.

``python -m tests.codegen.triton_models NAME...`` (interpreted with TRITON_INTERPRET=1, otherwise on a GPU) prints, as
JSON, by name: nothing where the results are right, "refused: ..." where the backend says that it cannot run the model,
else what was wrong: numbers, or what interpreted kernels did that a GPU would not answer for. A name that ends with
``:float32`` is run in single precision, beside torch; one that ends with ``:persistent`` in one program for each row.
"""

from __future__ import annotations

import json
import sys
import traceback
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from tests.codegen.watched import watched
from tests.kernels.interpreter import mend_interpreter
from tests.kernels.placed import INTERPRETED
from tests.oracle.comparison import differences
from tests.oracle.record import observe
from tests.oracle.reference import stored
from tests.oracle.script import MODELS, Script


def script_of(name: str) -> Script:
    """The short form of a model."""
    return Script.read(Path(MODELS, f"{name}.py")).shortened


def on_backend(script: Script, backend: str, single: bool, launch: str = "steps") -> dict[str, Any]:
    """What a model leaves behind on one backend."""
    import torch

    from spikeq.network import network

    device = torch.device("cpu" if INTERPRETED or backend != "triton" else "cuda")
    network.Network.form = property(lambda self: backend)  # type: ignore[assignment, method-assign]
    network.checked_device = lambda given: device
    network.checked_launch = lambda given: launch if backend == "triton" else "auto"
    network.real_type = lambda dtype: torch.float32 if single else torch.float64
    if not script.has_two_forms and "SHORT" not in script.text:
        script = Script(script.name.removesuffix(".short"), script.text)
    return observe(script.run("spikeq.brian2"), stored(script).about.monitors)


def result(name: str) -> str:
    """How one model went."""
    from spikeq.errors import UnsupportedError

    model, _, form = name.partition(":")
    script = script_of(model)
    try:
        with watched("reversed") if INTERPRETED else nullcontext() as watch:
            found = on_backend(script, "triton", form == "float32", "persistent" if form == "persistent" else "steps")
        if watch is not None and watch.faults:
            return watch.report()
        if form == "float32":
            return "\n".join(apart(on_backend(script, "torch", True), found))
        known = script if "SHORT" in script.text else Script(model, script.text)
        return "\n".join(differences(stored(known).arrays, found))
    except UnsupportedError as error:
        return f"refused: {error}"
    except Exception:
        return traceback.format_exc()


def apart(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What differs in single precision: events and whole numbers must not, others by 1e-5 of their largest value."""
    wrong = sorted(expected.keys() ^ found.keys())
    for name in expected.keys() & found.keys():
        one, other = expected[name], found[name]
        if one.shape != other.shape:
            wrong.append(f"{name}: shape {other.shape} instead of {one.shape}")
        elif one.dtype.kind in "biu":
            wrong += [f"{name} differs"] * (not np.array_equal(one, other))
        elif one.size and not np.abs(one - other).max() <= 1e-5 * np.abs(one).max():
            wrong.append(f"{name}: apart by {np.abs(one - other).max() / np.abs(one).max():.3g} of its size")
    return wrong


def main(names: list[str]) -> None:
    """Run the models and print how they went."""
    if INTERPRETED:
        mend_interpreter()
    warnings.simplefilter("ignore")
    print(json.dumps({name: result(name) for name in names}))


if __name__ == "__main__":
    main(sys.argv[1:])
