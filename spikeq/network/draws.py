"""Random numbers for what happens outside the step: initial values, conditions, connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq_kernels import distributions, philox

_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Draws:
    """Numbers that depend on the seed and on what they are for; ``batch`` is the number of rows, None for one."""

    seed: int
    batch: int | None = None

    @staticmethod
    def early() -> Draws:
        """For draws before there is a network: the seed is one number of torch's default generator."""
        return Draws(int(torch.randint(2**62, (1,)).item()))

    def numbers(
        self, function: str, arguments: tuple[Any, ...], purpose: tuple[str | int, ...], count: int, index: Any
    ) -> NDArray[Any]:
        """Values of a random function for the elements of ``index``: ``[count]`` or ``[batch, count]``."""
        rows = self.batch or 1
        n = count if index is None else (int(np.max(index, initial=-1)) + 1)
        stream = philox.Stream(philox.hash_key(self.seed, *purpose), range(1), rows, n)
        values = _values(stream, function, arguments, index, count).double().numpy()
        if function in ("poisson", "binomial"):
            values = values.astype(np.int32)
        values = values[:, :count] if index is None else values
        return values if self.batch is not None else values[0]

    def uniform(self, *purpose: str | int) -> UniformStream:
        """Numbers of double precision in [0, 1), handed out in order."""
        return UniformStream(philox.hash_key(self.seed, *purpose))


def _values(stream: philox.Stream, function: str, arguments: tuple[Any, ...], index: Any, count: int) -> torch.Tensor:
    if function == "rand":
        drawn = stream.uniforms(torch.float64)
    elif function == "randn":
        drawn = distributions.normals(stream, torch.float64)
    else:
        spread = [_for_elements(a, index, stream.shape[-1]) for a in arguments]
        sample = distributions.poisson if function == "poisson" else distributions.binomial
        drawn = sample(stream, *spread)
    drawn = drawn[0]
    return drawn if index is None else drawn[:, torch.from_numpy(np.asarray(index))]


def _for_elements(argument: Any, index: Any, n: int) -> torch.Tensor:
    """An argument as a tensor over all elements of the stream."""
    values = np.asarray(argument, np.float64)
    if index is None or values.ndim == 0:
        return torch.from_numpy(np.array(values))
    spread = np.zeros((*values.shape[:-1], n))
    spread[..., index] = values
    return torch.from_numpy(spread)


class UniformStream:
    """``uniform(count)`` gives the next numbers of a stream: 53 bits made of two words."""

    def __init__(self, key: philox.Key) -> None:
        self._key, self._call = key, 0

    def __call__(self, count: int) -> NDArray[np.float64]:
        self._call += 1
        values = np.empty(count)
        for start in range(0, count, _BLOCK):
            n = min(_BLOCK, count - start)
            call = range(self._call, self._call + 1)
            stream = philox.Stream(self._key, call, 1, 2 * n, row_offset=start // _BLOCK)
            words = stream.words()[0, 0].numpy()
            values[start : start + n] = ((words[:n] >> 5) * 67108864.0 + (words[n:] >> 6)) / 9007199254740992.0
        return values
