"""Values of variables as tensors, copied where they live: nothing passes through the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from spikeq.network.arrays import EVERYTHING

if TYPE_CHECKING:
    from spikeq.network.group import Group


def tensor_of(group: Group, name: str, level: int) -> torch.Tensor:
    """A copy of a variable on its network's device, in the shape of its view; ``level`` as in the view's get_item."""
    view, network = group.view(name, raw=True), group._network
    info = group.variable(name)
    group.settle()
    stored, variable = group._values.get(name), group._variables[name]
    if not isinstance(stored, torch.Tensor) or variable.step or variable.link is not None:
        stored = torch.as_tensor(view.get_item(EVERYTHING, level + 1))
    elif info.scalar:
        stored = stored.squeeze(-1)
    if stored.ndim > len(view.shape):
        stored = stored[0]
    real = torch.float64 if network is None else network.real_type
    copy = stored.detach().expand(view.shape).clone(memory_format=torch.contiguous_format)
    return copy.to("cpu" if network is None else network.device, real if info.kind == "real" else copy.dtype)
