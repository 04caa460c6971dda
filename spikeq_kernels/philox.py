"""Random words that depend on nothing but their key and counter, so that no split of the work can change them.

Philox-4x32-10 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011). The key is a hash
of names; the counter is (element ÷ 4, draw, row, trial) and the word is element mod 4. A word is an int64 in
[0, 2**32), because torch has few operations on unsigned integers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from operator import index

import torch
from torch import Tensor

Key = tuple[int, int]
Place = tuple[slice, slice, slice]

_MASK = 0xFFFFFFFF
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_CHUNK = 32_768  # counters worked on at once: five int64 arrays of this size stay in the cache


def hash_key(*parts: str | int) -> Key:
    """A 64-bit key from names and numbers, as two 32-bit words.

    The parts are encoded one by one with their type and length, so ("ab", "c") and ("a", "bc") differ,
    as do 1 and "1". Raises TypeError for a part that is neither text nor an integer.
    """
    digest = blake2b(digest_size=8)
    for part in parts:
        kind, text = ("s", part) if isinstance(part, str) else ("i", str(index(part)))
        encoded = text.encode()
        digest.update(f"{kind}{len(encoded)}:".encode() + encoded)
    hashed = digest.digest()
    return int.from_bytes(hashed[:4], "little"), int.from_bytes(hashed[4:], "little")


def philox4x32(c0: Tensor, c1: Tensor, c2: Tensor, c3: Tensor, key: Key) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The four words of each counter; the counters broadcast, their words lie in [0, 2**32)."""
    keys = _key_schedule(key)
    state = (c0, c1, c2, c3)
    for round_key in keys[:4]:  # the counters may broadcast: only after four rounds has each word the whole shape
        state = _round(*state, round_key)
    scratch = torch.empty_like(state[0])
    for round_key in keys[4:]:
        state = _round_in_place(*state, round_key, scratch)
    return state[0], state[1].bitwise_and_(_MASK), state[2], state[3].bitwise_and_(_MASK)


def word_at(key: Key, element: Tensor, draw: Tensor | int, row: Tensor | int, trial: Tensor | int = 0) -> Tensor:
    """One word for each of a list of places, all of them broadcast together; the same words as ``words``."""
    element = torch.as_tensor(element, dtype=torch.int64)
    device = element.device
    c1, c2, c3 = (torch.as_tensor(place, dtype=torch.int64, device=device) for place in (draw, row, trial))
    lanes = torch.stack(philox4x32(element >> 2, c1, c2, c3, key), dim=-1)
    element = element.expand(lanes.shape[:-1])
    return lanes.gather(-1, (element & 3).unsqueeze(-1)).squeeze(-1)


@dataclass(frozen=True)
class Stream:
    """The words of one call of a random function: ``[draws, rows, n]`` for each trial.

    draws: a range of step numbers, or an int64 tensor ``[draws]``, each below 2**32 (higher bits belong in the key).
    rows: how many rows of the batch, from ``row_offset`` on, or an int64 tensor with the numbers of the rows.
    n: the number of elements; element e is the same whatever n is.
    """

    key: Key
    draws: range | Tensor
    rows: int | Tensor
    n: int
    row_offset: int = 0
    device: torch.device | str = "cpu"

    def __post_init__(self) -> None:
        if isinstance(self.draws, range) and len(self.draws) and not 0 <= min(self.draws) <= max(self.draws) <= _MASK:
            raise ValueError("draws must lie in [0, 2**32): the high bits of a draw belong in the key")

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(draws, rows, n)``."""
        return len(self.draws), self.rows if isinstance(self.rows, int) else len(self.rows), self.n

    def draw_numbers(self) -> Tensor:
        """The counters' second word, int64 ``[draws]``."""
        return _numbers(self.draws, self.device)

    def row_numbers(self) -> Tensor:
        """The counters' third word, int64 ``[rows]``."""
        rows = range(self.rows) if isinstance(self.rows, int) else self.rows
        return _numbers(rows, self.device) + self.row_offset

    def chunks(self, trial: int = 0) -> Iterator[tuple[Place, Tensor]]:
        """Pieces of the block that fit into the cache: where each belongs, and its words (the caller's to change)."""
        draws, rows = self.draw_numbers().view(-1, 1, 1), self.row_numbers().view(1, -1, 1)
        trials = torch.full((1, 1, 1), trial, dtype=torch.int64, device=self.device)
        for at_draw, at_row, at_counter in _pieces(len(self.draws), rows.numel(), (self.n + 3) // 4):
            counters = torch.arange(at_counter.start, at_counter.stop, device=self.device).view(1, 1, -1)
            lanes = philox4x32(counters, draws[at_draw], rows[:, at_row], trials, self.key)
            first, last = 4 * at_counter.start, min(4 * at_counter.stop, self.n)
            found = torch.stack(lanes, dim=-1).flatten(2)[..., : last - first]
            yield (at_draw, at_row, slice(first, last)), found

    def words(self, trial: int = 0, out: Tensor | None = None) -> Tensor:
        """Uniform words in [0, 2**32), int64 ``[draws, rows, n]``."""
        out = self._room(out, torch.int64)
        for place, found in self.chunks(trial):
            out[place] = found
        return out

    def uniforms(self, dtype: torch.dtype = torch.float32, out: Tensor | None = None) -> Tensor:
        """``uniform`` of every word, ``[draws, rows, n]``."""
        out = self._room(out, dtype)
        for place, found in self.chunks():
            out[place] = uniform(found, out.dtype)
        return out

    def decisions(self, threshold: Tensor, out: Tensor | None = None) -> Tensor:
        """``rand() < p`` for every word: bool ``[draws, rows, n]``, threshold = ``thresholds(p)`` broadcast to it."""
        out = self._room(out, torch.bool)
        limits = threshold.expand(self.shape)
        for place, found in self.chunks():
            torch.lt(found, limits[place], out=out[place])
        return out

    def _room(self, out: Tensor | None, dtype: torch.dtype) -> Tensor:
        if out is None:
            return torch.empty(self.shape, dtype=dtype, device=self.device)
        if out.shape != self.shape:
            raise ValueError(f"out must have the shape {self.shape}, not {tuple(out.shape)}")
        return out


def words(
    key: Key,
    draws: range | Tensor,
    rows: int | Tensor,
    n: int,
    trial: int = 0,
    row_offset: int = 0,
    out: Tensor | None = None,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Uniform words in [0, 2**32), int64 ``[draws, rows, n]``: ``Stream.words`` in one call."""
    return Stream(key, draws, rows, n, row_offset, out.device if out is not None else device).words(trial, out)


def uniform(words: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """``rand()``: (word >> 8)·2⁻²⁴ in [0, 1), exact in float32 and float64."""
    return (words >> 8).to(dtype).mul_(2.0**-24)


def thresholds(p: Tensor | float) -> Tensor:
    """The int64 limits T for which ``word < T`` has probability p: p·2³² rounded, so p is met to 2⁻³³.

    p ≤ 0 and NaN give 0 (never), p ≥ 1 gives 2³² (always).
    """
    scaled = torch.as_tensor(p).to(torch.float64) * 2.0**32
    return torch.nan_to_num(scaled, nan=0.0).clamp_(0.0, 2.0**32).round_().to(torch.int64)


def below(words: Tensor, p: Tensor | float) -> Tensor:
    """``rand() < p`` with all 32 bits of each word: bool, the shapes broadcast."""
    return words < thresholds(p).to(words.device)


def _numbers(numbers: range | Tensor, device: torch.device | str) -> Tensor:
    if isinstance(numbers, Tensor):
        return numbers.to(device=device, dtype=torch.int64)
    return torch.arange(numbers.start, numbers.stop, numbers.step, dtype=torch.int64, device=device)


def _pieces(n_draws: int, n_rows: int, n_counters: int) -> Iterator[Place]:
    """Boxes of at most _CHUNK counters that cover the block: whole draws, else whole rows, else parts of a row."""
    if not n_rows or not n_counters:
        return
    counters = min(n_counters, _CHUNK)
    rows = min(n_rows, max(1, _CHUNK // counters))
    draws = max(1, _CHUNK // (counters * rows))
    for i_draw in range(0, n_draws, draws):
        for i_row in range(0, n_rows, rows):
            for i_counter in range(0, n_counters, counters):
                yield (
                    slice(i_draw, min(i_draw + draws, n_draws)),
                    slice(i_row, min(i_row + rows, n_rows)),
                    slice(i_counter, min(i_counter + counters, n_counters)),
                )


def _key_schedule(key: Key) -> list[Key]:
    first, second = key
    return [((first + r * _KEY_STEPS[0]) & _MASK, (second + r * _KEY_STEPS[1]) & _MASK) for r in range(_ROUNDS)]


def _round(c0: Tensor, c1: Tensor, c2: Tensor, c3: Tensor, key: Key) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One round. Only the first and third word are cut to 32 bits: of the others a later round uses no more."""
    low, high = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
    return (
        (((high >> 32) ^ key[0]) ^ c1).bitwise_and_(_MASK),
        high,
        (((low >> 32) ^ key[1]) ^ c3).bitwise_and_(_MASK),
        low,
    )


def _round_in_place(
    c0: Tensor, c1: Tensor, c2: Tensor, c3: Tensor, key: Key, scratch: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    c0.mul_(_MULTIPLIERS[0])
    c2.mul_(_MULTIPLIERS[1])
    torch.bitwise_right_shift(c2, 32, out=scratch)
    c1.bitwise_xor_(scratch).bitwise_xor_(key[0]).bitwise_and_(_MASK)
    torch.bitwise_right_shift(c0, 32, out=scratch)
    c3.bitwise_xor_(scratch).bitwise_xor_(key[1]).bitwise_and_(_MASK)
    return c1, c2, c3, c0
