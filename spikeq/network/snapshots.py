"""Nested records of arrays <-> one safetensors file; nothing in such a file is ever executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from spikeq.errors import DataError

_FORMAT = "spikeq snapshots 1"


def write_snapshots(path: Path, snapshots: Mapping[str, Any]) -> None:
    """Write named snapshots: nested dictionaries, lists and tuples of arrays and numbers. Raises DataError."""
    arrays: dict[str, torch.Tensor] = {}
    shape = json.dumps(_taken_apart(dict(snapshots), arrays))
    write_arrays(path, arrays, {"format": _FORMAT, "snapshots": shape})


def read_snapshots(path: Path) -> dict[str, Any]:
    """Read what ``write_snapshots`` wrote. Raises DataError for any other file."""
    arrays, about = read_arrays(path)
    if about.get("format") != _FORMAT:
        raise DataError(f"{path} holds no snapshot.", "Name a file that store(filename=...) wrote.")
    try:
        found: dict[str, Any] = _put_together(json.loads(about["snapshots"]), arrays)
    except (KeyError, ValueError, TypeError) as error:
        raise DataError(f"{path} is damaged: {error}.", "Store the network again.") from None
    return found


def write_arrays(path: Path, arrays: Mapping[str, torch.Tensor], about: Mapping[str, str]) -> None:
    """Write tensors by name, and short texts about them. Raises DataError."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file({name: array.cpu().contiguous() for name, array in arrays.items()}, path, dict(about))
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} cannot be written: {error}.", "Choose another file.") from None


def read_arrays(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Tensors by name, and the texts about them. Raises DataError for a file that is missing or of another format."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} cannot be read: {error}.", "Name a file that spikeq wrote.") from None


def _taken_apart(value: Any, arrays: dict[str, torch.Tensor]) -> Any:
    """The shape of a record as JSON; its arrays go into ``arrays``."""
    if isinstance(value, np.ndarray | torch.Tensor):
        key = str(len(arrays))
        arrays[key] = value.detach() if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value))
        return {"array": key}
    if isinstance(value, Mapping):
        return {"dict": [[_plain(key), _taken_apart(inner, arrays)] for key, inner in value.items()]}
    if isinstance(value, list | tuple):
        inner = [_taken_apart(one, arrays) for one in value]
        return {"tuple" if isinstance(value, tuple) else "list": inner}
    return {"value": _plain(value)}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _put_together(shape: Any, arrays: Mapping[str, torch.Tensor]) -> Any:
    ((kind, inner),) = shape.items()
    match kind:
        case "array":
            return arrays[inner].numpy()
        case "dict":
            return {key: _put_together(one, arrays) for key, one in inner}
        case "list":
            return [_put_together(one, arrays) for one in inner]
        case "tuple":
            return tuple(_put_together(one, arrays) for one in inner)
        case "value":
            return inner
    raise ValueError(f"there is no kind of record {kind!r}")
