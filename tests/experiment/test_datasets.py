"""The IDX reader against files written byte by byte, and what broken ones get."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from spikeq.errors import DataError
from spikeq.experiment.datasets import data_folders, mnist, read_idx


def idx(code: int, shape: tuple[int, ...], content: bytes) -> bytes:
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content


def write_mnist(folder: Path, images: bytes, labels: bytes) -> None:
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    (folder / "train-labels-idx1-ubyte").write_bytes(labels)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("code", "letter", "numbers"),
    [
        (0x08, "B", [0, 7, 255]),
        (0x09, "b", [-128, 0, 127]),
        (0x0B, "h", [-300, 2, 3]),
        (0x0C, "i", [-70000, 2, 3]),
        (0x0D, "f", [0.5, -2.0, 3.25]),
        (0x0E, "d", [0.1, -2.0, 3.0]),
    ],
)
def test_every_type_is_read(tmp_path: Path, packed: bool, code: int, letter: str, numbers: list[float]) -> None:
    content = idx(code, (3, 1), struct.pack(f">3{letter}", *numbers))
    path = tmp_path / "numbers"
    path.write_bytes(gzip.compress(content) if packed else content)
    array = read_idx(path)
    assert array.shape == (3, 1)
    assert array.dtype == np.dtype(letter)
    assert array[:, 0].tolist() == numbers


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\1\0\x08\1\0\0\0\1a",
        b"\0\0\x07\1\0\0\0\1a",
        b"\0\0\x08\2\0\0\0\1",
        idx(0x08, (4,), b"abc"),
        idx(0x08, (2,), b"abc"),
        idx(0x0E, (0xFFFFFFFF, 0xFFFFFFFF), b""),
        idx(0x08, (0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), b""),
        idx(0x08, (1,) * 100, b"a"),
        gzip.compress(idx(0x08, (3,), b"abc"))[:-12],
        b"\x1f\x8bnot a gzip file",
    ],
)
def test_a_broken_file_gets_our_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(DataError, match="broken"):
        read_idx(path)


def test_mnist_is_found_by_argument_and_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mnist").mkdir()
    write_mnist(tmp_path / "mnist", idx(0x08, (2, 1, 3), bytes(range(6))), idx(0x08, (2,), b"\x05\x09"))
    monkeypatch.setenv("SPIKEQ_DATA", f"{tmp_path / 'elsewhere'}:{tmp_path}")
    for digits in (mnist("train"), mnist("train", tmp_path), mnist("train", tmp_path / "mnist")):
        assert digits.images.tolist() == [[[0, 1, 2]], [[3, 4, 5]]]
        assert digits.labels.tolist() == [5, 9]


def test_missing_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPIKEQ_DATA", raising=False)
    assert data_folders() == []
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte.gz was not found.*SPIKEQ_DATA is not set"):
        mnist("test")
    with pytest.raises(DataError, match=str(tmp_path)):
        mnist("test", tmp_path)


def test_images_and_labels_must_belong_together(tmp_path: Path) -> None:
    write_mnist(tmp_path, idx(0x08, (2, 1, 3), bytes(range(6))), idx(0x08, (3,), b"\1\2\3"))
    with pytest.raises(DataError, match="do not fit together"):
        mnist("train", tmp_path)
