"""Libraries that a project carries along, and folders of tests inside a package: no bug is sought there first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.indexed import indexed
from workbench.analysis import languages
from workbench.analysis.ranking.paths import PathIndex, is_bundled

WEB = {
    "web/__init__.py": "",
    "web/api.py": "from web.sessions import send\n\n\ndef get(url):\n    return send('GET', url)\n",
    "web/sessions.py": "from web.packages.wire.pool import open_url\n\n\n"
    "def send(method, url):\n    return open_url(method, url.split(':'))\n",
    "web/packages/__init__.py": "",
    "web/packages/wire/__init__.py": "",
    "web/packages/wire/pool.py": "def open_url(method, parts):\n    return connect(parts)\n\n\n"
    "def connect(parts):\n    scheme, host, port = parts\n    return host, int(port)\n",
}


def test_a_traceback_that_ends_in_a_bundled_library_points_at_the_caller_of_it(tmp_path: Path) -> None:
    web = indexed(tmp_path, WEB)
    argv = [sys.executable, "-c", "from web.api import get\nget('http://host')"]
    ended = subprocess.run(argv, cwd=web.root, capture_output=True, text=True, check=False)
    assert "in connect" in ended.stderr
    ranking = web.rank(f"Requests without a port fail\n\n{ended.stderr}")
    assert ranking.files[0].path == "web/sessions.py"
    assert ranking.symbols[0].qualname == "send"
    said = {spot.qualname: next(s.detail for s in spot.signals if s.name == "frame") for spot in ranking.symbols[:4]}
    assert said["send"] == "innermost frame of the traceback: line 5 in send"
    assert said["connect"] == "a frame of the traceback: line 6 in connect, in a bundled library"


@pytest.mark.parametrize(
    ("path", "bundled"),
    [
        ("web/packages/wire/pool.py", True),
        ("src/web/packages/wire/pool.py", True),
        ("packages/client/src/index.ts", False),
        ("frontend/packages/client/index.ts", False),
        ("web/packages/models.py", False),
        ("web/packages.py", False),
    ],
)
def test_packages_inside_a_package_are_bundled_those_of_a_workspace_are_not(path: str, bundled: bool) -> None:
    assert is_bundled(path, {path, "web/__init__.py", "src/web/__init__.py"}) is bundled


def test_a_frame_in_a_vendored_copy_means_no_file_of_the_same_name() -> None:
    known = PathIndex([(0, "app/models.py")])
    assert known.framed("/home/me/app/_vendor/requests/models.py") is None
    assert known.framed("/home/me/app/models.py") == 0
    assert languages.is_made("botocore/vendored/requests/models.py")
    assert not languages.is_made("shop/vendors/models.py"), "who sells is no vendored code"


@pytest.mark.parametrize(
    "path",
    [
        "web/testsuite/routing.py",
        "web/tests/helpers.py",
        "integration_tests/flow.py",
        "tests/unit/app.py",
        "src/unittests/parser.py",
    ],
)
def test_folders_of_tests_hold_no_product(path: str) -> None:
    assert languages.test_paths([path, "web/routing.py"]) == {path}


@pytest.mark.parametrize("path", ["web/testing/client.py", "web/ab_tests/split.py", "web/contests/prize.py"])
def test_a_package_for_testing_others_and_experiments_are_product(path: str) -> None:
    assert languages.test_paths([path, "web/routing.py"]) == frozenset()
