"""What travels in columns is in the browser what it was in Python."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from explorer.scene import Frame, Scene
from explorer.scene.graphs import Graph, GraphEdge, GraphNode
from tests.browser import graph_scenes
from tests.browser.stage_site import serving
from tests.scene.test_columns import edges, frames, nodes, some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser

_DECODE = """async (text) => {
  const { decodeScene } = await import("/stage/decode.js");
  const { frames, graph } = decodeScene(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  return { frames, graph };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the stage's modules."""
    with serving(tmp_path_factory.mktemp("site"), {"empty": graph_scenes.empty()}) as address:
        yield address


@pytest.fixture
def read(open_stage: Opener) -> Callable[[bytes], Any]:
    """A function that decodes a scene in the browser."""
    page = open_stage("s=empty")
    return lambda encoded: page.evaluate(_DECODE, base64.b64encode(encoded).decode())


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(some(nodes), some(edges), some(frames))
def test_the_stage_reads_what_was_sent(
    read: Callable[[bytes], Any],
    many_nodes: tuple[GraphNode, ...],
    many_edges: tuple[GraphEdge, ...],
    many_frames: tuple[Frame, ...],
) -> None:
    scene = Scene("autograd", "", "", "", frames=many_frames, graph=Graph(many_nodes, many_edges))
    sent = {"frames": [asdict(frame) for frame in many_frames], "graph": asdict(Graph(many_nodes, many_edges))}
    assert read(scene.encode()) == json.loads(json.dumps(sent))
