r"""Uploaded files as NumPy arrays. Nothing in a file is run, and sizes are checked first.

>>> read("numbers.csv", b"1,2\n3,4")["numbers"].tolist()
[[1, 2], [3, 4]]
>>> from_link(to_link(np.eye(2))).tolist()
[[1.0, 0.0], [0.0, 1.0]]
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
import safetensors
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from safetensors.torch import load as load_safetensors

from explorer.program.builders.arrays import (
    MAX_LINK_BYTES,
    Array,
    UploadProblem,
    check_size,
    checked,
    from_link,
    read_npy,
    to_link,
)
from explorer.program.uploaded_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "MAX_BYTES",
    "MAX_LINK_BYTES",
    "Upload",
    "UploadProblem",
    "from_link",
    "load",
    "read",
    "shrink",
    "to_link",
]

MAX_BYTES = 64 * 2**20
_MAX_ENTRIES = 10_000
_MAX_DEPTH = 32
_PICTURES = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
# Pillow's modes that are arrays as they stand; the others are converted.
_MODES = {"1": "L", "P": "RGB", "PA": "RGBA", "LA": "RGBA", "La": "RGBA", "RGBa": "RGBA", "I;16B": "I"}
_PLAIN_MODES = frozenset({"L", "RGB", "RGBA", "I;16", "I", "F"})


@dataclass(frozen=True)
class Upload:
    """The arrays of a file by name, and sentences about what was changed or left out."""

    arrays: dict[str, Array]
    notes: tuple[str, ...] = ()


def read(name: str, payload: bytes, limit: int = MAX_BYTES) -> dict[str, Array]:
    """Return the arrays of a file by name: see `load`."""
    return load(name, payload, limit).arrays


def load(name: str, payload: bytes, limit: int = MAX_BYTES) -> Upload:
    """Read a file by its ending: a picture, .npy, .npz, .csv, .tsv, .txt, .safetensors, .pt or .pth.

    Args:
        name: The file's name. A file with one array gives it the name without its ending.
        payload: The file.
        limit: Most bytes, of the file and of all its arrays.

    Returns:
        Arrays: a picture is uint8 (height, width, 3), or (height, width) if grey; a fourth channel is its
        transparency; a table is int64 or float64 (rows, columns); entries of nested lists and dicts are `a.b`.

    Raises:
        UploadProblem: The file is empty, broken, too large, of another kind, or would have to run code.
    """
    path = PurePath(name)
    if not payload:
        raise UploadProblem(f"{path.name} is empty.")
    check_size(path.name, len(payload), limit)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(_READERS)
        raise UploadProblem(f"{path.name}: files of this kind cannot be read. The known endings are {known}.")
    try:
        upload = reader(path, payload, limit)
        if not upload.arrays:
            raise UploadProblem("there is no array in it.")
        check_size(path.name, sum(array.nbytes for array in upload.arrays.values()), limit)
    except UploadProblem as problem:
        message = problem.message.removeprefix(f"{path.name}: ")
        raise UploadProblem(f"{path.name}: {message}") from None
    except Exception:  # the decoders raise nearly anything for a broken file
        raise UploadProblem(f"{path.name}: it is broken.") from None
    return upload


def shrink(array: Array, longest: int) -> Array:
    """Return a picture whose longer side has at most `longest` pixels; a smaller one comes back as it is."""
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise UploadProblem(f"An array of shape {array.shape} is not a picture.")
    height, width = array.shape[:2]
    if max(height, width) <= longest or not array.size:
        return array
    scale = longest / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if array.dtype == np.uint8:
        return np.array(Image.fromarray(array).resize(size, Image.Resampling.LANCZOS))
    planes = array[..., None] if array.ndim == 2 else array
    resized = [
        np.array(Image.fromarray(planes[..., channel].astype(np.float32)).resize(size, Image.Resampling.BOX))
        for channel in range(planes.shape[2])
    ]
    stacked = np.stack(resized, axis=-1).astype(array.dtype)
    return stacked[..., 0] if array.ndim == 2 else stacked


def _read_npy(path: PurePath, payload: bytes, _limit: int) -> Upload:
    return Upload({path.stem: read_npy(payload)})


def _read_npz(path: PurePath, payload: bytes, limit: int) -> Upload:
    archive = _archive(path, payload, limit)
    arrays = {}
    for info in archive.infolist():
        try:
            arrays[info.filename.removesuffix(".npy")] = read_npy(archive.read(info))
        except UploadProblem as problem:
            raise UploadProblem(f"{info.filename}: {problem.message}") from None
    return Upload(arrays)


def _archive(path: PurePath, payload: bytes, limit: int) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(payload))
    except zipfile.BadZipFile:
        raise UploadProblem(f"it is not a {path.suffix} file, or broken.") from None
    check_size(path.name, sum(info.file_size for info in archive.infolist()), limit)
    return archive


def _read_picture(path: PurePath, payload: bytes, limit: int) -> Upload:
    try:
        picture = Image.open(io.BytesIO(payload), formats=_PICTURES)
    except UnidentifiedImageError:
        raise UploadProblem("it is no picture, or broken.") from None
    except Image.DecompressionBombError:
        raise UploadProblem("the picture is far too large.") from None
    # nothing is unpacked yet
    check_size(path.name, picture.width * picture.height * 4, limit)
    mode = _MODES.get(picture.mode, picture.mode)
    if "transparency" in picture.info and mode in ("L", "RGB"):
        mode = "RGBA"
    upright: Image.Image = ImageOps.exif_transpose(picture)
    array = np.array(upright.convert(mode if mode in _PLAIN_MODES else "RGB"))
    return Upload({path.stem: checked(array)})


def _read_table(path: PurePath, payload: bytes, _limit: int) -> Upload:
    return Upload({path.stem: read_table(payload, tabs=path.suffix.lower() == ".tsv")})


def _read_safetensors(_path: PurePath, payload: bytes, limit: int) -> Upload:
    try:
        tensors = load_safetensors(payload)
    except safetensors.SafetensorError:
        raise UploadProblem("it is not a .safetensors file, or broken.") from None
    # the package hands them out in another order each time
    return _from_tensors(sorted(tensors.items()), limit)


def _read_torch(path: PurePath, payload: bytes, limit: int) -> Upload:
    if not zipfile.is_zipfile(io.BytesIO(payload)):
        raise UploadProblem("it is broken, or was saved by torch before 1.6. Save it again with a newer one.")
    _archive(path, payload, limit)
    try:
        loaded = torch.load(io.BytesIO(payload), weights_only=True, map_location="cpu")
    except Exception as error:  # a stranger's pickle raises nearly anything
        raise UploadProblem(_refusal(str(error))) from None
    return _from_tensors(_leaves(loaded, path.stem), limit)


def _refusal(message: str) -> str:
    found = re.search(r"GLOBAL ([\w.]+)", message)
    if found:
        return (
            f"it holds an object of {found[1]}, and loading that could run any code. "
            "Save tensors only, for example with torch.save(model.state_dict(), …)."
        )
    return "it is not a file of tensors that torch can load without running code, or it is broken."


def _leaves(loaded: object, name: str) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors in nested dicts and lists by name. A pickle may hold lists that hold themselves."""
    pending: list[tuple[str, object, int]] = [("", loaded, 0)]
    for _ in range(_MAX_ENTRIES):
        if not pending:
            return
        key, value, depth = pending.pop()
        if isinstance(value, torch.Tensor):
            yield key or name, value
        elif isinstance(value, dict | list | tuple) and depth < _MAX_DEPTH:
            items = list(value.items() if isinstance(value, dict) else enumerate(value))
            prefix = f"{key}." if key else ""
            pending += [(f"{prefix}{inner}", item, depth + 1) for inner, item in reversed(items)]
    if pending:
        raise UploadProblem(f"it holds more than {_MAX_ENTRIES} entries.")


def _from_tensors(tensors: Iterable[tuple[str, torch.Tensor]], limit: int) -> Upload:
    arrays: dict[str, Array] = {}
    widened = []
    total = 0
    for name, tensor in tensors:
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
            raise UploadProblem(f"{name} is a sparse or quantised tensor, or has no values.")
        # counted before copying: a tensor may read a small storage many times
        total += tensor.numel() * max(4, tensor.element_size())
        check_size("the arrays together", total, limit)
        plain = tensor.detach().resolve_conj().resolve_neg()
        if plain.is_floating_point() and plain.dtype not in (torch.float16, torch.float32, torch.float64):
            widened.append(f"{name} ({str(plain.dtype).removeprefix('torch.')})")
            plain = plain.float()
        try:
            arrays[name] = checked(np.array(plain.numpy()))
        except (TypeError, RuntimeError):
            raise UploadProblem(f"{name} has the dtype {plain.dtype}, which cannot be shown.") from None
    notes = (f"NumPy has no such dtype, so it became float32: {', '.join(widened)}.",) if widened else ()
    return Upload(arrays, notes)


_READERS: dict[str, Callable[[PurePath, bytes, int], Upload]] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"), _read_picture),
    ".npy": _read_npy,
    ".npz": _read_npz,
    **dict.fromkeys((".csv", ".tsv", ".txt"), _read_table),
    ".safetensors": _read_safetensors,
    **dict.fromkeys((".pt", ".pth"), _read_torch),
}
