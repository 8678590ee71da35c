"""A scene whose charts are sent apart from it: a picture is drawn by the stage, its charts by the page around it.

What is drawn while something is being typed goes without charts, and is the same bytes as the picture that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.scene.charts import Chart
from explorer.scene.decoding import decode_as
from explorer.scene.encoding import encode_as
from explorer.scene.model import Scene

MAGIC = b"TXC1"


@dataclass(frozen=True)
class _Charts:
    charts: tuple[Chart, ...]


def apart(scene: Scene) -> tuple[bytes, bytes]:
    """Return a scene without its charts, encoded, and its charts, encoded; b"" where it has none."""
    charts = encode_as(_Charts(scene.charts), MAGIC) if scene.charts else b""
    return replace(scene, charts=()).encode(), charts


def charts_in(encoded: bytes) -> tuple[Chart, ...]:
    """Return the charts that `apart` encoded.

    Raises:
        DecodingError: The bytes are no charts.
    """
    return decode_as(encoded, MAGIC, _Charts).charts if encoded else ()
