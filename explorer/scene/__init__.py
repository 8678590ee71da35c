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
from explorer.scene.relations import Operand, Relation
from explorer.scene.standalone import to_html
from explorer.scene.tables import Table

__all__ = [
    "Buffer",
    "BufferVersion",
    "Cells",
    "Failure",
    "Frame",
    "Grid",
    "Operand",
    "Relation",
    "Run",
    "Scene",
    "Span",
    "Strip",
    "Table",
    "encode",
    "to_html",
]
