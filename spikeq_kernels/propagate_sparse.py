"""Spikes through a list of synapses, ordered by presynaptic neuron and then by synapse number.

``offsets`` ``[n_pre + 1]`` says where each neuron's edges begin. A spike is the number row · n_pre + i, ascending.
Contributions are added one by one on the CPU: rows ascending, then spiking neurons, then synapse numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor


def expand(spikes: Tensor, offsets: Tensor, n_edges: int | None = None) -> tuple[Tensor, Tensor]:
    """The edges of every spike, one spike after the other: (positions in the edge list ``[k]``, rows ``[k]``).

    n_edges: k, where the caller knows it; otherwise it is read back from the device.
    """
    n_pre = max(len(offsets) - 1, 1)
    begins, shifts, n_edges = _runs(spikes % n_pre, offsets, n_edges)
    rows = torch.div(spikes, n_pre, rounding_mode="floor")
    return _stretched(begins, shifts, n_edges).add_(_numbers(n_edges, offsets)), _stretched(begins, rows, n_edges)


def expand_row(spikes: Tensor, offsets: Tensor, n_edges: int | None = None) -> Tensor:
    """The same for a single row, whose spikes are the neurons: positions in the edge list alone."""
    begins, shifts, n_edges = _runs(spikes, offsets, n_edges)
    return _stretched(begins, shifts, n_edges).add_(_numbers(n_edges, offsets))


def propagate_sparse(
    values: Tensor, post: Tensor, spikes: Tensor, offsets: Tensor, out: Tensor, deterministic: bool = False
) -> Tensor:
    """Add the value of every edge of every spike to its target: ``out[row, post[edge]] += values[edge]``, in place.

    values: ``[]`` for one value, ``[n_edges]``, or ``[batch, n_edges]``; post ``[n_edges]``; out ``[batch, n_post]``,
    contiguous. deterministic: on CUDA, where plain sums are formed in any order, sort them first.
    """
    if not len(spikes):
        return out
    if len(out) == 1:  # the spikes are the neurons, the targets are the post
        edges = expand_row(spikes, offsets)
        return _add(_values_of(values, edges, None), post[edges], out, deterministic)
    edges, rows = expand(spikes, offsets)
    return _add(_values_of(values, edges, rows), rows * out.shape[1] + post[edges], out, deterministic)


def propagate_sparse_static(
    values: Tensor, pre: Tensor, post: Tensor, spiking: Tensor, out: Tensor, deterministic: bool = False
) -> Tensor:
    """The same from a mask ``[batch, n_pre]``, over all edges: its shapes do not depend on what spikes.

    pre, post: ``[n_edges]``. For CUDA graphs; an edge that is silent adds 0.
    """
    active = spiking[:, pre]
    amounts = torch.where(active, values, 0.0)
    rows = torch.arange(len(out), device=out.device).unsqueeze(1)
    return _add(amounts.flatten(), (rows * out.shape[1] + post).flatten(), out, deterministic)


def _runs(sources: Tensor, offsets: Tensor, n_edges: int | None) -> tuple[Tensor, Tensor, int]:
    """Where each source's run of edges begins in the result, how far it lies from their positions, and the total."""
    starts = offsets[sources]
    counts = offsets[sources + 1] - starts
    ends = counts.cumsum(0)
    if n_edges is None:
        n_edges = int(ends[-1]) if len(ends) else 0
    begins = ends - counts
    return begins, starts - begins, n_edges


def _stretched(begins: Tensor, values: Tensor, total: int) -> Tensor:
    """Each value held from where its run begins to the next one: the running sum of the differences.

    Unlike ``repeat_interleave`` this never waits for another thread, which costs milliseconds on a busy machine.
    """
    changes = torch.zeros(total + 1, dtype=torch.int64, device=begins.device)
    changes.index_add_(0, begins, torch.diff(values, prepend=values.new_zeros(1)))
    return changes[:total].cumsum(0)


def _numbers(count: int, like: Tensor) -> Tensor:
    return torch.arange(count, device=like.device)


def _values_of(values: Tensor, edges: Tensor, rows: Tensor | None) -> Tensor:
    """The values of edges; ``rows`` None means row 0."""
    if values.dim() == 0:
        return values.expand(len(edges))
    if values.dim() == 2:
        return values[0][edges] if rows is None else values[rows, edges]
    return values[edges]


def _add(amounts: Tensor, targets: Tensor, out: Tensor, deterministic: bool) -> Tensor:
    flat = out.view(-1)
    if deterministic and flat.device.type != "cpu":
        flat.index_put_((targets,), amounts, accumulate=True)
    else:
        flat.index_add_(0, targets, amounts)
    return out
