"""Runs generated models on the Triton backend, interpreted, beside Brian2, and says how each went.

Events of one step count as alike in any order: Brian2 lists those of a SpikeGeneratorGroup by their times within the
step, kernels know which neurons spike in it.

``python -m tests.codegen.triton_generated FIRST COUNT`` with TRITON_INTERPRET=1 prints, as JSON, by seed: nothing where
the results agree, "refused: ..." where the backend says that it cannot run the model, "near: ..." where the last bits
of Brian2's own numbers decide a spike, else what differs. Each seed is reported on the error stream as it ends.
"""

from __future__ import annotations

import json
import sys
import traceback
import warnings
from collections.abc import Mapping
from unittest.mock import patch

import numpy as np

from spikeq import Network, UnsupportedError
from tests.kernels.interpreter import mend_interpreter
from tests.oracle.comparison import differences
from tests.oracle.generator import generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record, observe
from tests.oracle.reference import attempt
from tests.oracle.script import Script


def by_neuron(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same with the events of each step sorted by neuron."""
    found = dict(arrays)
    for name in (name.removesuffix(".i") for name in arrays if name.endswith(".i")):
        order = np.lexsort((arrays[f"{name}.i"], arrays[f"{name}.step"]))
        columns = [key for key in arrays if key.startswith(f"{name}.") and len(arrays[key]) == len(order)]
        found |= {key: arrays[key][order] for key in columns}
    return found


def result(expected: Record, script: Script) -> str:
    """How one model went."""
    near = near_a_threshold(expected)
    if near:
        return f"near: {near}"
    try:
        with patch.object(Network, "form", "triton"):
            observed = observe(script.run("spikeq.brian2"), expected.about.monitors)
        return "\n".join(differences(by_neuron(expected.arrays), by_neuron(observed)))
    except UnsupportedError as error:
        return f"refused: {error}"
    except Exception:
        return traceback.format_exc()


def main(first: int, count: int) -> None:
    """Run the models and print how they went."""
    mend_interpreter()
    warnings.simplefilter("ignore")
    scripts = {seed: generate(seed).script for seed in range(first, first + count)}
    records, errors = attempt(scripts.values())
    found = {}
    for seed, script in scripts.items():
        found[seed] = result(records[script.name], script) if script.name in records else errors[script.name]
        print(seed, found[seed], file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
