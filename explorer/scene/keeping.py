"""A picture that stays while its program was changed and gave none of its own."""

from __future__ import annotations

from dataclasses import replace

from explorer.scene.decoding import decode
from explorer.scene.model import Failure, Frame


def kept_picture(encoded: bytes, source: str, failure: Failure) -> bytes:
    """Return a scene with what it shows, and above it why another program shows nothing.

    Args:
        encoded: The scene.
        source: The other program. Where it is not the scene's own, steps no longer stand in its text.
        failure: Why it shows nothing.

    Raises:
        DecodingError: The bytes are no scene.
    """
    scene = decode(encoded)
    frames = scene.frames if scene.source == source else tuple(map(_nowhere, scene.frames))
    return replace(scene, source=source, frames=frames, error=failure).encode()


def _nowhere(frame: Frame) -> Frame:
    return replace(frame, span=None, callers=())
