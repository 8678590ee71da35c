"""A scene as bytes: everything that goes in comes out, NaN included, at the cost that was promised."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import explorer
from explorer.scene import Scene
from explorer.trace.bits import DTYPES

TYPES = {"f4": "<f4", "f8": "<f8", "i1": "i1", "i2": "<i2", "i4": "<i4", "i8": "<i8", "u1": "u1", "u2": "<u2",
         "u4": "<u4", "u8": "<u8", "b1": "?", "c8": "<c8", "c16": "<c16"}  # fmt: skip


def decode(raw: bytes) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    assert raw[:4] == b"TXS1"
    size = int.from_bytes(raw[4:8], "little")
    header = json.loads(raw[8 : 8 + size])
    start = 8 + size
    assert start % 8 == 0
    arrays = []
    for entry in header["arrays"]:
        assert entry["offset"] % 8 == 0
        arrays.append(np.frombuffer(raw, TYPES[entry["type"]], entry["length"], start + entry["offset"]))
    return header, arrays


def scene_of(source: str, device: str = "cpu") -> Scene:
    return explorer.scene(explorer.run(source, device=device))


def grid_values(raw: bytes, number: int) -> np.ndarray[Any, Any]:
    """Read a grid's cells as the stage does."""
    header, arrays = decode(raw)
    grid = header["grids"][number]
    version = header["buffers"][grid["buffer"]]["versions"][-1]
    flat = arrays[version["values"]]
    cells = np.zeros(grid["window"], flat.dtype)
    for place in np.ndindex(*grid["window"]):
        at = grid["cells"]["offset"] + sum(i * s for i, s in zip(place, grid["cells"]["stride"], strict=True))
        cells[place] = flat[at]
    return cells


@pytest.mark.parametrize("dtype", DTYPES)
def test_grids_read_their_values_from_the_bytes(dtype: str) -> None:
    source = f"x = torch.arange(24).to(torch.{dtype}).view(2, 3, 4)\ny = x.permute(2, 0, 1)[1:, :, ::2]\nz = y.clone()"
    trace = explorer.run(source)
    raw = explorer.scene(trace).encode()
    header, _ = decode(raw)
    grids = dict(header["frames"][-1]["names"])
    for name in ("x", "y", "z"):
        np.testing.assert_array_equal(grid_values(raw, grids[name]), trace.names[name].values)


def test_nan_and_infinities_survive() -> None:
    raw = scene_of("x = torch.tensor([float('nan'), float('inf'), -float('inf'), 0.0])").encode()
    np.testing.assert_array_equal(grid_values(raw, 0), np.array([np.nan, np.inf, -np.inf, 0], np.float32))


@pytest.mark.parametrize("dtype", [name for name in DTYPES if DTYPES[name].itemsize == 2])
def test_each_bit_of_a_small_number_arrives(dtype: str) -> None:
    """Also those of NaN: numbers of 16 bits travel widened, and no two of them as the same bits."""
    raw = scene_of(f"x = torch.arange(0, 65536, 5).to(torch.uint16).view(torch.{dtype})").encode()
    sent = grid_values(raw, -1)
    assert len(np.unique(sent.view(f"u{sent.itemsize}"))) == len(range(0, 65536, 5))


def test_large_integers_stay_exact() -> None:
    raw = scene_of(f"x = torch.tensor([{2**62}, -1])").encode()
    assert grid_values(raw, 0).tolist() == [2**62, -1]


def test_views_cost_no_values() -> None:
    one = len(scene_of("x = torch.rand(64, 64)").encode())
    three = len(scene_of("x = torch.rand(64, 64)\ny = x.t()\nz = x.view(4, 16, 64)").encode())
    assert three - one < 4_000
    assert three <= 1.5 * 64 * 64 * 4 + 20_000


def test_meta_scenes_have_elements_and_no_values() -> None:
    header, _ = decode(scene_of("x = torch.arange(6).view(2, 3)\ny = x.t().contiguous()", device="meta").encode())
    assert all(version["values"] is None for buffer in header["buffers"] for version in buffer["versions"])


def test_a_copy_carries_the_numbers_of_what_it_copied() -> None:
    scene = scene_of("x = torch.arange(6).view(2, 3)\ny = x.t().contiguous()\nz = torch.cat([y, y])")
    copies = [scene.buffers[strip.buffer].versions[-1].elements for strip in scene.strips]
    assert np.asarray(copies[1]).tolist() == [0, 3, 1, 4, 2, 5]
    assert np.asarray(copies[2]).tolist() == [0, 3, 1, 4, 2, 5] * 2
    assert scene.element_count == 6


def test_a_write_makes_new_elements_and_a_new_version() -> None:
    scene = scene_of("x = torch.arange(4)\nx[1] = 9")
    first, second = scene.buffers[0].versions
    assert (first.frame, second.frame) == (0, 1)
    assert np.asarray(second.values).tolist() == [0, 9, 2, 3]
    assert np.asarray(second.elements).tolist() == [0, 4, 2, 3]


def test_frames_end_with_the_failure_and_keep_what_ran() -> None:
    scene = scene_of("x = torch.arange(6)\ny = x.view(2, 3)\nz = y.t().view(6)")
    assert [frame.kind for frame in scene.frames] == ["create", "view", "view", "error"]
    assert scene.error is not None
    assert scene.error.operands == (2,)
    assert scene.error.dimensions == ((2, 0), (2, 1))


def test_an_empty_program_makes_an_empty_scene() -> None:
    for source in ("", "print(1)", "x = (", "# nothing"):
        scene = scene_of(source)
        assert scene.grids == ()
        decode(scene.encode())


@pytest.mark.parametrize("shape", ["()", "(0,)", "(0, 3)", "(2, 0, 3)", "(1,)", "(1, 1, 1, 1, 1)", "(2, 1, 3, 1, 2)"])
def test_every_shape_makes_a_scene(shape: str) -> None:
    scene = scene_of(f"x = torch.zeros({shape})\ny = x.clone()\nz = x.expand(3, *x.shape)\nw = z.contiguous()")
    assert scene.error is None
    assert len(scene.frames[-1].names) == 4
    decode(scene.encode())


def test_sentences_carry_the_numbers_of_the_case() -> None:
    scene = scene_of("x = torch.arange(24)\na = x.view(4, 6)\nb = a.t()\nc = b.reshape(3, 8)\nd = x.expand(9, 24)")
    by_op = {frame.op: frame for frame in scene.frames}
    assert "strides (1, 6)" in by_op["t"].sentence
    assert "192 bytes" in by_op["reshape"].sentence
    assert "4 × 6 = 24" in by_op["reshape"].why
    assert "1,728 bytes" in by_op["expand"].why


def test_a_billion_elements_stay_small() -> None:
    trace = explorer.run("x = torch.arange(1000).expand(10**6, 1000)\ny = x[-1, :8].clone()")
    raw = explorer.scene(trace).encode()
    assert len(raw) < 60_000
    np.testing.assert_array_equal(grid_values(raw, 3), np.arange(8))
