"""Runs generated models on the Triton backend, interpreted, beside Brian2, and says how each went.

Spikes of a SpikeGeneratorGroup are moved to the beginnings of their steps: within one Brian2 keeps the order of their
times, kernels know which neurons spike in it.

``python -m tests.codegen.triton_generated FIRST COUNT`` with TRITON_INTERPRET=1 prints, as JSON, by seed: nothing where
the results agree, "refused: ..." where the backend says that it cannot run the model, "near: ..." where the last bits
of Brian2's own numbers decide a spike, else what differs. Each seed is reported on the error stream as it ends.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
import warnings
from unittest.mock import patch

from spikeq import Network, UnsupportedError
from tests.kernels.interpreter import mend_interpreter
from tests.oracle.comparison import differences
from tests.oracle.generator import generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record, observe
from tests.oracle.reference import attempt
from tests.oracle.script import Script


def at_steps(script: Script) -> Script:
    """The same model, whose given spikes come at whole steps."""
    found = re.search(r"^defaultclock.dt = ([\d.]+)", script.text, re.MULTILINE)
    assert found is not None
    dt = float(found[1])

    def moved(given: re.Match[str]) -> str:
        times = (float(time) for time in given[2].split(","))
        return f"{given[1]}[{', '.join(f'{int(time / dt + 1e-6) * dt:.6g}' for time in times)}]"

    text = re.sub(r"(SpikeGeneratorGroup\(\n    \d+,\n    \[[\d, ]+\],\n    )\[([^]]*)\]", moved, script.text)
    return Script(script.name, text)


def result(expected: Record, script: Script) -> str:
    """How one model went."""
    near = near_a_threshold(expected)
    if near:
        return f"near: {near}"
    try:
        with patch.object(Network, "form", "triton"):
            observed = observe(script.run("spikeq.brian2"), expected.about.monitors)
        return "\n".join(differences(expected.arrays, observed))
    except UnsupportedError as error:
        return f"refused: {error}"
    except Exception:
        return traceback.format_exc()


def main(first: int, count: int) -> None:
    """Run the models and print how they went."""
    mend_interpreter()
    warnings.simplefilter("ignore")
    scripts = {seed: at_steps(generate(seed).script) for seed in range(first, first + count)}
    records, errors = attempt(scripts.values())
    found = {}
    for seed, script in scripts.items():
        found[seed] = result(records[script.name], script) if script.name in records else errors[script.name]
        print(seed, found[seed], file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
