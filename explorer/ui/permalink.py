"""Programs and small uploads as text in the address."""

from __future__ import annotations

import base64
import binascii
import zlib

MAX_PROGRAM = 20_000


class LinkError(ValueError):
    """A link does not hold what it should."""


def encode_program(source: str) -> str:
    """Return a program as text that is safe in an address: deflated, base64url."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(source.encode()) + packer.flush()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode_program(text: str) -> str:
    """Return the program in a link.

    Raises:
        LinkError: The text was cut off or changed, or holds more than `MAX_PROGRAM` bytes.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=-15)
        raw = unpacker.decompress(packed, MAX_PROGRAM + 1)
        program = raw.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError) as error:
        raise LinkError("the program in this link cannot be read: the address was cut off or changed") from error
    if len(raw) > MAX_PROGRAM or unpacker.unconsumed_tail or not unpacker.eof:
        raise LinkError("the program in this link is cut off or too long")
    return program
