"""Profiles of every format on one checkout; the samples were recorded with py-spy, pyinstrument and memray."""

from __future__ import annotations

import cProfile
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench_profiles.analyzer import compare_files
from workbench_profiles.charge import charge
from workbench_profiles.model import ProfileError
from workbench_profiles.read import read_profile

from tests.conftest import RepoBuilder
from workbench.api import Finding, Report

DATA = Path(__file__).parent.parent / "data" / "profiles"
SHOP = (
    "import time\ndef rows(n):\n    total = 0\n    for i in range(n):\n        total += i * i\n    return total\n"
    "def list_orders(slow):\n    found = []\n    for order in range(300):\n        found.append(rows(400))\n"
    "        if slow:\n            found.append(rows(4000))\n    return found\n"
    "def main():\n    import sys\n    for _ in range(3):\n        list_orders('bad' in sys.argv)\n"
    "    time.sleep(0.05)\nmain()\n"
)
"""The program that was recorded, with and without the word ``bad``."""


def findings(items: list[object]) -> list[Finding]:
    """The findings among what a chunk gave."""
    return [finding for item in items if isinstance(item, Report) for finding in item.findings]


@pytest.fixture
def repo(make_repo: Callable[..., RepoBuilder]) -> RepoBuilder:
    return make_repo({"shop.py": SHOP})


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("raw.txt", "collapsed stacks", "samples"),
        ("speedscope.json", "speedscope", "s"),
        ("chrome.json", "chrome trace", "s"),
        ("svg", "flame graph", "samples"),
        ("pyinstrument.json", "pyinstrument", "s"),
    ],
)
def test_each_format_points_at_the_line_that_takes_longer(name: str, kind: str, unit: str, repo: RepoBuilder) -> None:
    bad = read_profile(str(DATA / f"bad.{name}"))
    assert (bad.format, bad.unit) == (kind, unit)
    found = findings(compare_files(str(repo.path), ["shop.py"], str(DATA / f"good.{name}"), str(DATA / f"bad.{name}")))
    assert (found[0].path, found[0].symbol, found[0].rule) == ("shop.py", "rows", "WB311")
    assert found[0].line in (2, 4, 5), "pyinstrument names the function's own line, the others the line that ran"
    assert "rows takes longer" in found[0].message


def test_the_flame_graph_says_the_same_as_the_raw_stacks_that_it_was_drawn_from(repo: RepoBuilder) -> None:
    for name in ("raw.txt", "svg"):
        (profile,) = charge(str(repo.path), ["shop.py"], str(DATA / f"bad.{name}"))
        assert profile.spots["shop.py", "rows"].weight > 0.9 * profile.total


def test_memray_is_memory_and_does_not_compare_with_time(repo: RepoBuilder) -> None:
    raw = read_profile(str(DATA / "bad.memray.csv"))
    assert (raw.format, raw.unit) == ("memray", "bytes")
    assert {stack[0].function for stack in raw.stacks if stack} == {"_run_tracker"}, "the outermost frame first"
    said = compare_files(str(repo.path), ["shop.py"], str(DATA / "good.raw.txt"), str(DATA / "bad.memray.csv"))
    assert "good.raw.txt counts samples and bad.memray.csv bytes: they do not compare" in said[0].text


def test_a_profile_alone_shows_where_the_time_is(repo: RepoBuilder) -> None:
    found = findings(compare_files(str(repo.path), ["shop.py"], "", str(DATA / "bad.raw.txt")))
    assert (found[0].rule, found[0].symbol) == ("WB310", "rows")
    assert "of the profile" in found[0].message


class Shot:
    """Something that a pickle could make."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("it ran",))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (pickle.dumps(Shot()), "builtins.print in it, which is no snapshot"),
        (b"\x00\x01\x02", "a binary of its own kind"),
        (b"hello", "no collapsed stacks"),
        (b"<svg></svg>", "no flame graph"),
        (b'{"a": 1}', "none of: speedscope"),
        (b"{", "Expecting property name"),
        (b"[]", "no begin and end events"),
    ],
)
def test_what_is_no_profile_says_so_and_runs_nothing(
    data: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(ProfileError, match=why):
        read_profile(str(tmp_path / "x"))
    assert "it ran" not in capsys.readouterr().out


def test_python_own_binaries_are_read(tmp_path: Path) -> None:
    profile = cProfile.Profile()
    profile.runcall(sorted, range(10))
    profile.dump_stats(tmp_path / "p")
    assert read_profile(str(tmp_path / "p")).format == "cProfile"
    tracemalloc.start()
    kept = [bytes(1000) for _ in range(100)]
    tracemalloc.take_snapshot().dump(str(tmp_path / "t"))
    tracemalloc.stop()
    read = read_profile(str(tmp_path / "t"))
    assert (read.format, read.unit) == ("tracemalloc", "bytes")
    assert read.total > len(kept) * 1000
