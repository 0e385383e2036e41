"""The code in a report: what it uses is followed to where that is defined, through packages and base classes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.indexed import Indexed, indexed
from workbench.analysis.ranking import Ranking
from workbench.analysis.report_code import imported_names, used_names

GRID = {
    "grid/__init__.py": "from grid.shapes import Box, Sheet\nfrom .ops import *\n",
    "grid/shapes/__init__.py": "from grid.shapes.flat import Sheet\nfrom grid.shapes.solid import Box\n",
    "grid/shapes/base.py": "class Shape:\n    def area(self):\n        return self.wide * self.high\n",
    "grid/shapes/flat.py": (
        "from grid.shapes.base import Shape\n\n\nclass Sheet(Shape):\n    def fold(self):\n        return self\n"
    ),
    "grid/shapes/solid.py": "from grid.shapes.base import Shape\n\n\nclass Box(Shape):\n    pass\n",
    "grid/ops.py": "def where(shape, test):\n    return shape\n\n\ndef merge(one, other):\n    return one\n",
    "grid/other.py": "def where(row):\n    return row\n\n\nclass path:\n    def abspath(self):\n        return self\n",
    "grid/loop.py": "from grid.round import Missing\n",
    "grid/round.py": "from grid.loop import Missing\n",
}


@pytest.fixture
def grid(tmp_path: Path) -> Indexed:
    return indexed(tmp_path, GRID)


def used(ranking: Ranking) -> dict[str, str]:
    spots = (*ranking.files, *ranking.symbols)
    return {s.qualname or s.path: n.detail for s in spots for n in s.signals if n.name == "use"}


def test_a_name_in_the_title_leads_through_its_import_to_the_definition(grid: Indexed) -> None:
    ranking = grid.rank("g.where gives too few\n\n```\nimport grid as g\ng.where(g.Box(), None)\n```")
    files = [spot.path for spot in ranking.files]
    assert "grid/other.py" not in files[: files.index("grid/ops.py")]
    assert (ranking.symbols[0].path, ranking.symbols[0].qualname) == ("grid/ops.py", "where")
    assert used(ranking)["where"] == "the report's code uses grid.where"
    assert used(ranking)["grid/shapes/solid.py"] == "the report's code uses grid.Box"
    by_name = {s.path: n.weight for s in ranking.files for n in s.signals if n.name == "use"}
    assert by_name["grid/ops.py"] > by_name["grid/shapes/solid.py"]


def test_a_method_of_a_variable_is_found_in_the_base_class(grid: Indexed) -> None:
    ranking = grid.rank("Wrong number\n\n>>> from grid import Sheet as S\n>>> s = S()\n>>> s.area()\n6")
    assert used(ranking)["Shape.area"] == "the report's code uses grid.Sheet.area"
    assert used(ranking)["grid/shapes/base.py"] == "the report's code uses grid.Sheet.area"


def test_an_attribute_speaks_for_its_class_and_a_circle_of_imports_ends(grid: Indexed) -> None:
    ranking = grid.rank("Wrong\n\nfrom grid import Sheet\nfrom grid.loop import Missing\nSheet.color\nMissing()")
    assert used(ranking)["grid/shapes/flat.py"].startswith("the report's code uses grid.Sheet")
    assert "grid/round.py" not in used(ranking)


def test_a_module_that_is_imported_counts_and_a_package_does_not(grid: Indexed) -> None:
    ranking = grid.rank("Wrong\n\nimport grid\nimport grid.other")
    assert used(ranking) == {"grid/other.py": "the report's code imports grid.other"}


def test_the_standard_library_is_not_taken_for_a_class_of_that_name(grid: Indexed) -> None:
    report = "Wrong folder\n\nimport os\nroot = os.path.abspath('.')\n"
    assert not [n for s in grid.rank(report).symbols for n in s.signals if n.name == "mention"]
    mine = grid.rank("Wrong folder\n\nit is path.abspath")
    assert [s.qualname for s in mine.symbols for n in s.signals if n.name == "mention"] == ["path.abspath"]


def test_prompts_aliases_and_variables_of_a_report_are_read() -> None:
    text = "In [12]: import numpy as np, a.b\n>>> from c.d import E as F, g\n> x = F(1)\nx.run(np.where(a.b.y))\ng()"
    assert imported_names(text) == ["numpy", "a.b", "c.d", "c.d.E", "c.d.g"]
    assert {"c.d.E.run", "numpy.where", "a.b.y", "c.d.g"} <= set(used_names(text))


@given(st.text(alphabet="abAB._ =(),\n>[]:123*importfas", max_size=200))
def test_any_text_is_read_and_every_use_begins_with_what_was_imported(text: str) -> None:
    roots = {name.partition(".")[0] for name in imported_names(text)}
    assert all(name.partition(".")[0] in roots for name in used_names(text))
