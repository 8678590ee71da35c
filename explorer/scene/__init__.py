"""What a lens hands to the stage: panels, frames and the arrays they show. Knows neither torch nor Streamlit."""

from explorer.scene.charts import Chart, Series
from explorer.scene.encoding import encode
from explorer.scene.graphs import Graph, GraphEdge, GraphGroup, GraphNode, Plate, TensorFacts
from explorer.scene.model import (
    Buffer,
    BufferVersion,
    Cells,
    Failure,
    Frame,
    Grid,
    Run,
    Scene,
    Strip,
)
from explorer.scene.relations import Operand, Relation
from explorer.scene.spans import Span
from explorer.scene.standalone import to_html
from explorer.scene.tables import Table
from explorer.scene.windows import Check, Field, Layer, Layers, Products, Reach, Windows

__all__ = [
    "Buffer",
    "BufferVersion",
    "Cells",
    "Chart",
    "Check",
    "Failure",
    "Field",
    "Frame",
    "Graph",
    "GraphEdge",
    "GraphGroup",
    "GraphNode",
    "Grid",
    "Layer",
    "Layers",
    "Operand",
    "Plate",
    "Products",
    "Reach",
    "Relation",
    "Run",
    "Scene",
    "Series",
    "Span",
    "Strip",
    "Table",
    "TensorFacts",
    "Windows",
    "encode",
    "to_html",
]
