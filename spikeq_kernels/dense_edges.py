"""The synapses of spikes where every pair is joined: synapse i · n_post + j from i to j, and nothing is stored.

A list of synapses is made spike by spike; what belongs to the spikes is then ``held`` over each one's synapses, and
what belongs to the neurons of the other side is ``cycled``.
"""

from __future__ import annotations

import torch
from torch import Tensor


def of_pre(sources: Tensor, n_post: int) -> Tensor:
    """The synapses of presynaptic neurons ``[k]``, int64 ``[k * n_post]``."""
    return ((sources * n_post).unsqueeze(1) + torch.arange(n_post, device=sources.device)).view(-1)


def of_post(targets: Tensor, n_pre: int, n_post: int) -> Tensor:
    """The synapses of postsynaptic neurons ``[k]``, int64 ``[k * n_pre]``."""
    return (targets.unsqueeze(1) + torch.arange(0, n_pre * n_post, n_post, device=targets.device)).view(-1)


def held(values: Tensor, times: int) -> Tensor:
    """Each value so many times: ``[k]`` becomes ``[k * times]``."""
    return values.unsqueeze(1).expand(-1, times).reshape(-1)


def cycled(first: int, count: int, spikes: Tensor) -> Tensor:
    """The numbers ``first .. first + count - 1`` once for each spike."""
    numbers = torch.arange(first, first + count, device=spikes.device)
    return numbers.expand(len(spikes), count).reshape(-1)
