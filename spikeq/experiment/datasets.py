"""Labelled data for experiments, read from files on disk; nothing is downloaded."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import Any, NamedTuple
from typing import Literal as OneOf

import numpy as np

from spikeq.errors import DataError

_GZIP_MAGIC = b"\x1f\x8b"
_LARGEST = 1 << 32  # bytes of one file's data
_MOST_DIMENSIONS = 8
# The type codes of the IDX format; numbers are big-endian.
_IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PARTS = {"train": "train", "test": "t10k"}


class LabelledImages(NamedTuple):
    """Grey images ``[n, height, width]`` from 0 to 255 and their labels ``[n]``."""

    images: np.ndarray[Any, np.dtype[np.uint8]]
    labels: np.ndarray[Any, np.dtype[np.uint8]]


def data_folders(folder: str | os.PathLike[str] | None = None) -> list[Path]:
    """Where data is looked for: ``folder`` if given, otherwise the folders that SPIKEQ_DATA lists (like PATH)."""
    if folder is not None:
        return [Path(folder)]
    return [Path(entry) for entry in os.environ.get("SPIKEQ_DATA", "").split(os.pathsep) if entry]


def mnist(part: OneOf["train", "test"] = "train", folder: str | os.PathLike[str] | None = None) -> LabelledImages:
    """The handwritten digits of LeCun, Cortes and Burges: images ``[n, 28, 28]``, labels ``[n]``.

    The four IDX files, packed by gzip or not, lie in ``folder``, in a folder of SPIKEQ_DATA, or in ``mnist`` below it.
    Raises DataError where they are missing, broken, or do not belong together.
    """
    if part not in _PARTS:
        raise DataError(f"MNIST has no part {part!r}.", "Its parts are 'train' and 'test'.")
    folders = data_folders(folder)
    images = read_idx(_find(f"{_PARTS[part]}-images-idx3-ubyte", folders))
    labels = read_idx(_find(f"{_PARTS[part]}-labels-idx1-ubyte", folders))
    if images.ndim != 3 or labels.shape != images.shape[:1] or images.dtype != np.uint8 or labels.dtype != np.uint8:
        raise DataError(
            f"The MNIST files do not fit together: images {list(images.shape)}, labels {list(labels.shape)}.",
            "Take both files from the same copy of the data set.",
        )
    return LabelledImages(images, labels)


def _find(name: str, folders: list[Path]) -> Path:
    """The first of the places where a file may lie."""
    places = [place / f"{name}{packed}" for top in folders for place in (top, top / "mnist") for packed in ("", ".gz")]
    for path in places:
        if path.is_file():
            return path
    searched = ", ".join(str(folder) for folder in folders) or "no folder (SPIKEQ_DATA is not set)"
    raise DataError(
        f"The file {name}.gz was not found; searched: {searched}.",
        "Give the folder that holds it as an argument, or name it in the environment variable SPIKEQ_DATA.",
    )


def read_idx(path: str | os.PathLike[str]) -> np.ndarray[Any, Any]:
    """The array in a file of the IDX format, packed by gzip or not.

    The format is described with the MNIST database: two zero bytes, a type code, the number of dimensions, each
    dimension as a big-endian 32-bit integer, then the numbers. Raises DataError.
    """
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == _GZIP_MAGIC
        with gzip.open(path, "rb") if packed else open(path, "rb") as file:
            return _parse_idx(file, os.fspath(path))
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{os.fspath(path)} cannot be read: {error}.", "Fetch or unpack the file again.") from None


def _parse_idx(file: Any, name: str) -> np.ndarray[Any, Any]:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _IDX_TYPES or head[3] > _MOST_DIMENSIONS:
        raise DataError(f"{name} is not an IDX file.", "An IDX file starts with two zero bytes and a type code.")
    kind = np.dtype(_IDX_TYPES[head[2]])
    sizes = file.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise DataError(f"{name} ends within its header.", "Fetch the file again.")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    length = math.prod(shape) * kind.itemsize
    if math.prod(max(1, size) for size in shape) * kind.itemsize > _LARGEST:
        raise DataError(f"{name} announces an array {list(shape)}.", f"At most {_LARGEST} bytes are read.")
    content = file.read(length + 1)
    if len(content) != length:
        found = "more" if len(content) > length else str(len(content))
        raise DataError(f"{name} announces {length} bytes of data but holds {found}.", "Fetch the file again.")
    return np.frombuffer(content, kind).astype(kind.newbyteorder("=")).reshape(shape)
