"""The map as a Mermaid flowchart: every node and call in it, and nothing of a label acts as syntax."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from workbench.api import MapEdge, MapNode, mermaid

NODES = (
    MapNode("e", "POST /api/refresh", "entry", "urls.py", 4),
    MapNode("f", "refresh", "function", "views.py", 9),
    MapNode("t", "table Token", "table"),
)


def test_kinds_have_shapes_and_observed_calls_are_thick() -> None:
    edges = (MapEdge("e", "f", 42), MapEdge("f", "t"), MapEdge("f", "gone"))
    assert mermaid(NODES, edges).splitlines() == [
        "flowchart LR",
        '    n0(["POST /api/refresh<br/>urls.py:4"])',
        '    n1["refresh<br/>views.py:9"]',
        '    n2[("table Token")]',
        "    n0 ==>|seen 42×| n1",
        "    n1 --> n2",
    ]


def test_no_map_is_still_a_flowchart() -> None:
    assert mermaid((), ()) == "flowchart LR\n    %% no entry point was found\n"


@given(st.text())
def test_a_label_is_text_whatever_is_in_it(label: str) -> None:
    _, line = mermaid([MapNode("a", label, "function")], ()).rstrip("\n").split("\n")
    inner = re.fullmatch(r'    n0\["(.*)"\]', line)
    assert inner is not None
    assert not set(inner[1]) & set('"<>`\\')
    assert inner[1].isprintable()
