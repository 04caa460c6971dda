"""What a person may choose for a network, checked where it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from spikeq.codegen.launch import FORMS
from spikeq.errors import KindError, UnsupportedError, ValueRangeError
from spikeq.network.draws import Draws

_REALS = {"float32": torch.float32, "float64": torch.float64, "float": torch.float64}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def checked_batch(batch: Any) -> int | None:
    """The number of rows. Raises ValueRangeError."""
    if batch is None:
        return None
    if not _is_whole(batch) or batch < 1:
        raise ValueRangeError(f"batch must be a whole number of at least 1, not {batch!r}.")
    return int(batch)


def checked_word(value: Any, what: str) -> str:
    """The name of a method or backend. Raises KindError."""
    if not isinstance(value, str):
        raise KindError(f"{what} must be a name in quotes, not {value!r}.")
    return value


def checked_launch(value: Any) -> str:
    """The form in which kernels are launched. Raises KindError, UnsupportedError."""
    if checked_word(value, "launch") not in FORMS:
        raise UnsupportedError(
            f"There is no form of launching called {value!r}.", f"Choose one of: {', '.join(FORMS)}."
        )
    return str(value)


class Checked:
    """A choice that may be made again at any time before a run: what is assigned is checked."""

    def __init__(self, check: Callable[[Any], Any]) -> None:
        self.check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, network: Any, owner: type | None = None) -> Any:
        return self if network is None else network.__dict__[self.name]

    def __set__(self, network: Any, value: Any) -> None:
        network.__dict__[self.name] = self.check(value)


def checked_truth(value: Any, what: str) -> bool:
    """True or False. Raises KindError."""
    if not isinstance(value, bool | np.bool_):
        raise KindError(f"{what} must be True or False, not {value!r}.")
    return bool(value)


def checked_interval(check_finite: Any) -> int | None:
    """Every how many steps values are looked at, None for never. Raises ValueRangeError."""
    if check_finite is None or check_finite is False:
        return None
    if not _is_whole(check_finite) or check_finite < 1:
        raise ValueRangeError(
            f"check_finite must be a number of steps or None, not {check_finite!r}.", "Write check_finite=1000."
        )
    return int(check_finite)


def checked_seed(seed: Any) -> int:
    """The seed; None takes one number from torch's default generator. Raises KindError, ValueRangeError."""
    if seed is None:
        return Draws.early().seed
    if not _is_whole(seed):
        raise KindError(f"seed must be a whole number, not {seed!r}.")
    if not -(2**63) <= seed < 2**63:
        raise ValueRangeError("seed must be a whole number of 64 bits.", "Choose a number below 2**63.")
    return int(seed)


def real_type(dtype: Any) -> torch.dtype:
    """The type of real numbers, given by name, as a type or as a dtype of NumPy or torch. Raises UnsupportedError."""
    name = dtype if isinstance(dtype, str) else str(dtype).removeprefix("torch.")
    name = getattr(dtype, "__name__", name) if isinstance(dtype, type) else name
    if name not in _REALS:
        raise UnsupportedError(f"dtype cannot be {dtype!r}.", "Choose 'float32' or 'float64'.")
    return _REALS[name]


def checked_device(device: Any) -> torch.device:
    """A device that this torch can compute on. Raises UnsupportedError."""
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError, ValueError):
        raise UnsupportedError(f"There is no device {device!r}.", "Choose 'cpu' or 'cuda'.") from None
    if found.type not in ("cpu", "cuda"):
        raise UnsupportedError(f"spikeq does not run on the device {str(found)!r}.", "Choose 'cpu' or 'cuda'.")
    if found.type == "cuda":
        _require_gpu(found)
    return found


def _require_gpu(device: torch.device) -> None:
    """Raise UnsupportedError where a GPU is not there, or torch does not know of GPUs."""
    if not torch.cuda.is_available():
        built = torch.version.cuda is not None or torch.version.hip is not None
        raise UnsupportedError(
            "This torch sees no CUDA device." if built else f"This torch ({torch.__version__}) was built without CUDA.",
            "Run nvidia-smi to see whether the driver finds a GPU, or use device='cpu'."
            if built
            else "Install a CUDA build of torch (pytorch.org tells the command), or use device='cpu'.",
        )
    count = torch.cuda.device_count()
    if device.index is not None and device.index >= count:
        there = "only cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise UnsupportedError(f"There is no device '{device}': this machine has {there}.", "Choose 'cuda'.")
