"""Whether Triton's kernels run on a device: tried once, the reason kept."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import torch

from spikeq.errors import UnsupportedError

_OLDEST = (7, 0)  # compute capability: Triton compiles for no GPU before Volta


def obstacle(device: torch.device) -> UnsupportedError | None:
    """The error for a GPU that Triton cannot use, or for a machine on which it cannot compile; its cause chained."""
    if device.type != "cuda" or not torch.cuda.is_available() or find_spec("triton") is None:
        return None
    message, cause = _tried(torch.cuda.current_device() if device.index is None else device.index)
    if not message:
        return None
    error = UnsupportedError(message, "Use backend='torch', which runs on the GPU as well.")
    error.__cause__ = cause
    return error


@cache
def _tried(index: int) -> tuple[str, Exception | None]:
    capability = torch.cuda.get_device_capability(index)
    if capability < _OLDEST:
        name, version = torch.cuda.get_device_name(index), ".".join(map(str, capability))
        return f"{name} is too old for Triton: compute capability {version}, and 7.0 is needed.", None
    from spikeq_kernels.probe_triton import installed, is_too_old, probe

    if is_too_old():
        return f"Triton {installed()} is too old: 3.6 is needed.", None

    try:
        probe(torch.device("cuda", index))
    except Exception as error:  # a compiler, a driver and a launcher stand behind this, each with errors of its own
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return f"Triton does not work on this machine: {first.rstrip('.')}.", error
    return "", None
