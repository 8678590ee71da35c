"""Arrays from strangers, as .npy files and as links: compared with what they claim before memory is taken.

>>> from_link(to_link(np.eye(2))).tolist()
[[1.0, 0.0], [0.0, 1.0]]
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MAX_LINK_BYTES = 2**20
_KINDS = "biufc"


class UploadProblem(ValueError):  # noqa: N818 - a wrong file is no error of the program
    """A file, or a link, holds no array that can be shown; `message` says why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def to_link(array: Array, limit: int = MAX_LINK_BYTES) -> str:
    """Return an array as text for a URL: the .npy file, compressed, in letters, digits, - and _.

    Raises:
        UploadProblem: The file has more than `limit` bytes, or the array holds no numbers.
    """
    buffer = io.BytesIO()
    np.save(buffer, checked(np.asarray(array)), allow_pickle=False)
    check_size("The array", buffer.tell(), limit)
    return base64.urlsafe_b64encode(zlib.compress(buffer.getvalue(), 9)).decode().rstrip("=")


def from_link(text: str, limit: int = MAX_LINK_BYTES) -> Array:
    """Return the array of a link; raise UploadProblem for anything else, or for more than `limit` bytes."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) > 2 * limit + 1024:
        raise UploadProblem("The link holds no array: it may have been cut.")
    unpacker = zlib.decompressobj()
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        # unpacks no more than is asked for, whatever the link claims
        payload = unpacker.decompress(packed, limit + 1)
    except (zlib.error, binascii.Error, ValueError):
        raise UploadProblem("The link holds no array: it may have been cut.") from None
    check_size("The link's array", len(payload), limit)
    if not unpacker.eof:
        raise UploadProblem("The link holds no array: it may have been cut.")
    try:
        return read_npy(payload)
    except UploadProblem as problem:
        raise UploadProblem(f"The link's array: {problem.message}") from None


def check_size(what: str, size: int, limit: int) -> None:
    """Raise UploadProblem for more bytes than the limit."""
    if size > limit:
        raise UploadProblem(f"{what}: it is larger than the limit of {limit / 2**20:g} MiB.")


def checked(array: Array) -> Array:
    """Return the array in this machine's byte order; refuse what torch has no dtype for."""
    if array.dtype.hasobject:
        raise UploadProblem("it holds Python objects, not numbers.")
    if array.dtype.kind not in _KINDS or array.dtype.itemsize > (16 if array.dtype.kind == "c" else 8):
        raise UploadProblem(f"its dtype {array.dtype} has no counterpart in torch.")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def read_npy(payload: bytes) -> Array:
    """Read a .npy file. NumPy would allocate whatever shape the header claims: it is compared first."""
    stream = io.BytesIO(payload)
    try:
        version = np.lib.format.read_magic(stream)
        readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        shape, fortran, dtype = readers[version](stream)
    except Exception:  # NumPy tokenises and evaluates the header, and raises nearly anything for a broken one
        raise UploadProblem("it is not a .npy file, or broken.") from None
    checked(np.empty(0, dtype))
    count, data = math.prod(shape), payload[stream.tell() :]
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(data):
        raise UploadProblem("it is broken: its values are not as many as its shape says.")
    flat = np.frombuffer(data, dtype)
    return checked(flat.reshape(shape, order="F" if fortran else "C").copy())
