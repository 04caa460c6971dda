"""One side of a comparison: a process of its own that builds once and then answers the benchmark, line by line.

Both sides live at the same time and are asked in turn, so that whatever else the machine does meets both alike.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

Answer = dict[str, Any]


class Simulator(Protocol):
    """What a side can be asked for."""

    def about(self) -> Answer:
        """Versions, and the seconds that building took."""

    def check(self, where: str) -> Answer:
        """Run the given input; write which neuron spiked in which step, int64 ``[2, spikes]``, into the file."""

    def run(self) -> Answer:
        """Simulate 1,000 ms with fresh input; ``run_s`` and the numbers of spikes."""


def serve(make: Callable[[argparse.Namespace], Simulator]) -> None:
    """Build what the arguments ask for, then answer requests on standard input until it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints goes to standard error, not between the answers
    simulator = make(parser.parse_args())
    for line in sys.stdin:
        request, *arguments = json.loads(line)
        answer = getattr(simulator, request)(*arguments)
        print(json.dumps(answer), file=answers, flush=True)


def memory_mb() -> float:
    """The most memory that this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


class Side:
    """The benchmark's end of the line to a side."""

    def __init__(self, name: str, python: str, script: Path, n: int, seed: int, threads: int) -> None:
        self.name = name
        command = [python, str(script), "--n", str(n), "--seed", str(seed), "--threads", str(threads)]
        environment = os.environ | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, request: str, *arguments: str) -> Answer:
        """Send a request and wait for its answer. Raises SystemExit if the side died."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            print(json.dumps([request, *arguments]), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with exit status {self.process.wait()}; its own message stands above.")
        answer: Answer = json.loads(line)
        return answer

    def __enter__(self) -> Side:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
