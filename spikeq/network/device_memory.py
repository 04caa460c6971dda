"""What is free on a device, and how much of it the records of a call may take."""

from __future__ import annotations

import torch

_LEAST, _MOST = 2**26, 2**31  # bytes for what a call makes and records


def free_bytes(device: torch.device) -> int | None:
    """What is free on a GPU, the memory that torch keeps for later among it; None where nobody counts."""
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return int(free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))


def bytes_of_a_call(device: torch.device) -> int:
    """An eighth of what is free, but at least 64 MiB and at most 2 GiB."""
    free = free_bytes(device)
    return _LEAST if free is None else min(_MOST, max(_LEAST, free // 8))
