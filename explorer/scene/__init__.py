"""What a lens hands to the stage: panels, frames and the arrays they show. Knows neither torch nor Streamlit."""

from explorer.scene.encoding import encode
from explorer.scene.model import (
    Buffer,
    BufferVersion,
    Cells,
    Failure,
    Frame,
    Grid,
    Run,
    Scene,
    Span,
    Strip,
)
from explorer.scene.standalone import to_html

__all__ = [
    "Buffer",
    "BufferVersion",
    "Cells",
    "Failure",
    "Frame",
    "Grid",
    "Run",
    "Scene",
    "Span",
    "Strip",
    "encode",
    "to_html",
]
