"""Uploaded files: what is read, and what is refused."""

from __future__ import annotations

import base64
import io
import pickle
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save as save_safetensors

from explorer.program import uploads
from explorer.program.uploads import UploadProblem


def npy(array: np.ndarray[Any, Any], *, pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def npz(**arrays: np.ndarray[Any, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def picture(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def saved(value: object, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


RED = Image.new("RGB", (4, 2), (255, 0, 0))


@pytest.mark.parametrize(
    ("image", "shape"),
    [
        (RED, (2, 4, 3)),
        (RED.convert("L"), (2, 4)),
        (RED.convert("RGBA"), (2, 4, 4)),
        (RED.convert("LA"), (2, 4, 4)),
        (RED.convert("P"), (2, 4, 3)),
        (RED.convert("1"), (2, 4)),
    ],
)
def test_pictures(image: Image.Image, shape: tuple[int, ...]) -> None:
    array = uploads.read("red.png", picture(image))["red"]
    assert array.shape == shape
    assert array.dtype == np.uint8
    assert torch.from_numpy(array).shape == shape


def test_pictures_in_other_formats() -> None:
    assert uploads.read("a.JPG", picture(RED, "JPEG"))["a"][0, 0, 0] > 200
    assert uploads.read("a.jpg", picture(RED.convert("CMYK"), "JPEG"))["a"].shape == (2, 4, 3)
    assert uploads.read("a.gif", picture(RED, "GIF"))["a"].shape == (2, 4, 3)
    deep = Image.fromarray(np.arange(8, dtype=np.uint16).reshape(2, 4) * 8000)
    assert uploads.read("deep.png", picture(deep))["deep"].max() == 56000


def test_a_picture_lies_as_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert uploads.read("a.jpg", picture(RED, "JPEG", exif=exif))["a"].shape == (4, 2, 3)


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int16", "int64", "uint32", "float16", "float64", "complex64", ">f4"]
)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_npy(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape, dtype)
    found = uploads.read("some.array.npy", npy(array))["some.array"]
    np.testing.assert_array_equal(found, array)
    assert found.dtype.isnative
    assert torch.from_numpy(found).shape == shape


def test_fortran_order() -> None:
    array = np.asfortranarray(np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(uploads.read("a.npy", npy(array))["a"], array)


def test_npz() -> None:
    found = uploads.read("a.npz", npz(x=np.arange(3), y=np.eye(2)))
    assert {name: array.tolist() for name, array in found.items()} == {"x": [0, 1, 2], "y": [[1, 0], [0, 1]]}


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("a.csv", "1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("a.csv", "\ufeffheight,width\n1,2.5\n", [[1, 2.5]]),
        ("a.csv", '"1","2"\r\n\r\n3,4', [[1, 2], [3, 4]]),
        ("a.csv", "1;2\n3;4", [[1, 2], [3, 4]]),
        ("a.tsv", "1\t2\n3\t4", [[1, 2], [3, 4]]),
        ("a.txt", "# numpy.savetxt\n1 2\n3  4", [[1, 2], [3, 4]]),
        ("a.txt", "5", [[5]]),
        ("a.csv", "1e3,-inf", [[1000.0, -np.inf]]),
    ],
)
def test_tables(name: str, text: str, values: list[list[float]]) -> None:
    found = uploads.read(name, text.encode())["a"]
    assert found.tolist() == values
    whole = all(isinstance(value, int) for row in values for value in row)
    assert found.dtype == (np.int64 if whole else np.float64)


def test_safetensors() -> None:
    payload = save_safetensors({"w": torch.eye(2), "b": torch.ones(3, dtype=torch.bfloat16)})
    found = uploads.load("model.safetensors", payload)
    assert found.arrays["b"].dtype == np.float32
    assert found.arrays["w"].tolist() == [[1, 0], [0, 1]]
    assert found.notes == ("NumPy has no such dtype, so it became float32: b (bfloat16).",)


def test_torch_files() -> None:
    value = {"layer": {"weight": torch.ones(2), "steps": 3}, "list": [torch.zeros(1), (torch.eye(2),)]}
    found = uploads.read("model.pt", saved(value))
    assert list(found) == ["layer.weight", "list.0", "list.1.0"]
    assert list(uploads.read("x.pth", saved(torch.ones(2, requires_grad=True)))) == ["x"]
    assert uploads.read("model.pt", saved(torch.nn.Linear(2, 3).state_dict()))["weight"].shape == (3, 2)


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code of a stranger",)


LOOP: list[object] = [torch.ones(1)]
LOOP.append(LOOP)


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(10_000_000))
    return buffer.getvalue()


def claims(shape: str) -> bytes:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(8)


@pytest.mark.parametrize(
    ("name", "payload", "phrase"),
    [
        ("a.png", b"", "a.png is empty."),
        ("a.exe", b"x", "cannot be read. The known endings are .png"),
        ("noending", b"x", "cannot be read"),
        ("a.png", b"rubbish", "it is no picture"),
        ("a.png", picture(RED)[:45], "broken"),
        ("a.png", picture(Image.new("1", (1000, 1200))), "larger than the limit of 1 MiB"),
        ("a.npy", b"rubbish", "not a .npy file"),
        ("a.npy", npy(np.eye(3))[:-1], "not as many as its shape says"),
        ("a.npy", claims("(1000000000000,)"), "not as many as its shape says"),
        ("a.npy", claims("(-1, -1)"), "broken"),
        ("a.npy", claims("__import__('os')"), "not a .npy file"),
        ("a.npy", npy(np.array([{}]), pickled=True), "Python objects"),
        ("a.npy", npy(np.array(["text"])), "no counterpart in torch"),
        ("a.npy", npy(np.ones(2, np.longdouble)), "no counterpart in torch"),
        ("a.npy", npy(np.ones(2, [("x", "f4")])), "no counterpart in torch"),
        ("a.npy", npy(np.zeros(2**20)), "larger than the limit of 1 MiB"),
        ("a.npz", b"rubbish", "not a .npz file"),
        ("a.npz", npz(), "no array in it"),
        ("a.npz", bomb(), "larger than the limit of 1 MiB"),
        ("a.npz", npz(x=np.arange(9))[:-9], "broken"),
        ("a.npz", npz(x=np.array([None])), "x.npy: it holds Python objects"),
        ("a.csv", b"1,2\n3,x", "line 2, column 2: 'x' is not a number"),
        ("a.csv", b"1,2\n3,", "line 2, column 2: the cell is empty"),
        ("a.csv", b"h,k\n\n1,2\n3", "line 4 has 1 cell, but line 3 has 2"),
        ("a.csv", b"height", "line 1, column 1: 'height' is not a number"),
        ("a.csv", b"\n# only\n", "no numbers"),
        ("a.csv", b"\xff\xfe1", "UTF-8"),
        ("a.safetensors", b"rubbish", "not a .safetensors file"),
        ("a.safetensors", struct.pack("<Q", 2**60) + b"{}", "not a .safetensors file"),
        ("a.pt", b"rubbish", "before 1.6"),
        ("a.pt", pickle.dumps(Evil()), "before 1.6"),
        ("a.pt", saved(Evil()), "it holds an object of"),
        ("a.pt", saved(torch.nn.Linear(2, 3)), "torch.nn.modules.linear.Linear"),
        ("a.pt", bomb(), "larger than the limit of 1 MiB"),
        ("a.pt", npz(x=np.arange(3)), "not a file of tensors"),
        ("a.pt", saved({"steps": 3}), "no array in it"),
        ("a.pt", saved(torch.ones(1).expand(2**40)), "larger than the limit of 1 MiB"),
        ("a.pt", saved(torch.eye(3).to_sparse()), "sparse"),
        ("a.pt", saved(torch.ones(2, device="meta")), "no values"),
    ],
)
def test_refusals(name: str, payload: bytes, phrase: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UploadProblem) as caught:
        uploads.read(name, payload, limit=2**20)
    assert phrase in caught.value.message
    assert caught.value.message.startswith(name)
    assert "stranger" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "phrase"),
    [
        ("name,height\nAnn,170\n", "take columns of text out, or write numbers for them"),
        ("a,b\n1,NA\n", "'NA' is not a number. Write nan where none is known."),
        ("a,b\n1,\n", "Write a number there, or nan"),
        ("1,2,3\n4,5\n", "All need the same number."),
        ("a;b\n1,5;2,5\n", "Write a decimal point: '1.5'."),
        ('a,b\n"1,234",2\n', "Write it without commas."),
        ("a|b\n1|2\n", "Separate the cells by commas, semicolons, tabs or spaces."),
        ("a,b,c\n", "there are names of columns, and nothing below them"),
    ],
)
def test_a_table_that_cannot_be_read_comes_with_what_to_do(table: str, phrase: str) -> None:
    with pytest.raises(UploadProblem) as caught:
        uploads.read("table.csv", table.encode())
    assert phrase in caught.value.message


def test_a_list_that_holds_itself_ends() -> None:
    found = uploads.read("loop.pt", saved(LOOP))
    assert 1 < len(found) < 100


def message_of(name: str, payload: bytes) -> str:
    """Return what is said about a file; only its name when it was read."""
    try:
        assert uploads.read(name, payload, 2**20)
    except UploadProblem as problem:
        return problem.message
    return name


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.npy", "a.npz", "a.csv", "a.safetensors", "a.pt"])
@given(payload=st.binary(min_size=1, max_size=200))
@settings(max_examples=30)
def test_any_bytes_are_arrays_or_a_problem(name: str, payload: bytes) -> None:
    assert message_of(name, payload).startswith(name)


BROKEN = {
    "a.png": picture(RED),
    "a.jpg": picture(RED, "JPEG"),
    "a.npy": npy(np.eye(2)),
    "a.npz": npz(x=np.eye(2)),
    "a.safetensors": save_safetensors({"w": torch.eye(2)}),
    "a.pt": saved({"w": torch.eye(2)}),
}


@pytest.mark.parametrize("name", BROKEN)
@given(st.data())
@settings(max_examples=60)
def test_files_with_a_wrong_byte(name: str, data: st.DataObject) -> None:
    payload = bytearray(BROKEN[name])
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    assert message_of(name, bytes(payload)).startswith(name)


@pytest.mark.parametrize(
    ("shape", "longest", "result"),
    [((100, 50, 3), 10, (10, 5, 3)), ((100, 50), 10, (10, 5)), ((4, 4, 4), 8, (4, 4, 4)), ((1, 900, 3), 9, (1, 9, 3))],
)
def test_shrink(shape: tuple[int, ...], longest: int, result: tuple[int, ...]) -> None:
    for dtype in (np.uint8, np.uint16, np.float32):
        small = uploads.shrink(np.full(shape, 7, dtype), longest)
        assert small.shape == result
        assert small.dtype == dtype
        assert (small == 7).all()


@pytest.mark.parametrize("shape", [(3,), (2, 2, 7), (2, 2, 2, 3)])
def test_shrink_takes_pictures_only(shape: tuple[int, ...]) -> None:
    with pytest.raises(UploadProblem, match="not a picture"):
        uploads.shrink(np.zeros(shape), 1)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "complex128"])
@given(shape=st.lists(st.integers(0, 4), max_size=4))
@settings(max_examples=20)
def test_links_go_there_and_back(dtype: str, shape: list[int]) -> None:
    array = (np.arange(np.prod(shape, dtype=int)) % 5).reshape(shape).astype(dtype)
    link = uploads.to_link(array)
    assert link.replace("-", "").replace("_", "").isalnum()
    back = uploads.from_link(link)
    np.testing.assert_array_equal(back, array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.flags.writeable


def link(payload: bytes) -> str:
    return base64.urlsafe_b64encode(payload).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["", "a", "????", "not a link", "é", "AAAA", link(zlib.compress(b"rubbish")),
     link(zlib.compress(npy(np.eye(2)))[:-5]),
     link(zlib.compress(bytes(2**24))), link(zlib.compress(npy(np.array([{}]), pickled=True))), "A" * 3_000_000,
     link(zlib.compress(claims("(10000000000,)"))), link(zlib.compress(pickle.dumps(Evil())))],
)  # fmt: skip
def test_links_of_rubbish(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UploadProblem) as caught:
        uploads.from_link(text)
    assert "link" in caught.value.message
    assert capsys.readouterr().out == ""


@given(st.text("abcxyzABC019-_=", max_size=40))
def test_any_link_is_an_array_or_a_problem(text: str) -> None:
    with pytest.raises(UploadProblem):
        uploads.from_link(text)


def test_links_have_a_size() -> None:
    with pytest.raises(UploadProblem, match="limit"):
        uploads.to_link(np.zeros(2**20))
    with pytest.raises(UploadProblem, match="limit"):
        uploads.from_link(uploads.to_link(np.zeros(2**20), 2**24))
    assert uploads.from_link(uploads.to_link(np.zeros(2**20), 2**24), 2**24).size == 2**20
    with pytest.raises(UploadProblem, match="Python objects"):
        uploads.to_link(np.array([{}]))
