"""Last good to deployed: settings, defaults, versions, migrations and containers, each tied to what is hot."""

from __future__ import annotations

import pytest
from workbench_changes.differences import Difference, differences
from workbench_changes.hot import signals
from workbench_changes.locks import versions
from workbench_changes.uses import uses
from workbench_logs.release import move

from tests.conftest import RepoBuilder
from workbench.analysis.diffs import Hunk, Line, line_after
from workbench.api import ChangeKind, Frame, LogError, Trend


def told(path: str, old: str, new: str) -> list[tuple[str, str]]:
    return [(each.kind.value, each.summary) for each in differences(path, old, new)]


def test_settings_environment_and_containers() -> None:
    assert told("deploy/production.env", "# all\nDB_POOL=20\nDEBUG=0\n", "DB_POOL=4\nKEY=x\n") == [
        ("configuration", "DB_POOL 20 → 4"),
        ("configuration", "DEBUG 0 removed"),
        ("configuration", "KEY x added"),
    ]
    assert told("config/settings.py", "USE_NEW_CART = False\n", "USE_NEW_CART = True\n") == [
        ("flag", "USE_NEW_CART False → True")
    ]
    assert told(
        "k8s/web.yaml", "      - image: shop:r7\n  memory: 512Mi\n", "      - image: shop:r8\n  memory: 64Mi\n"
    ) == [
        ("configuration", "image shop:r7 → shop:r8"),
        ("configuration", "memory 512Mi → 64Mi"),
    ]
    assert told("Dockerfile", "FROM python:3.11\n", "FROM python:3.13\n") == [
        ("configuration", "FROM python:3.11 → python:3.13")
    ]
    code = 'import os\nWAIT = os.environ.get("PAY_WAIT", "{}")\n'
    assert told("shop/pay.py", code.format(30), code.format(1)) == [("configuration", "default of PAY_WAIT 30 → 1")]


def test_migrations_and_versions() -> None:
    made = "from django.db import migrations\n\nops = [migrations.AddField(model_name='order', name='note')]\n"
    assert told("shop/migrations/0007_note.py", "", made) == [
        ("migration", "migration shop/0007_note: AddField on order")
    ]
    assert told("requirements.txt", "PyJWT==2.15.0\nold==1\n", "PyJWT==2.15.1\nnew==2\n") == [
        ("dependency", "PyJWT 2.15.0 → 2.15.1"),
        ("dependency", "new 2 added"),
        ("dependency", "old 1 removed"),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "left-pad==1.3.0  # pinned\n"),
        ("poetry.lock", '[[package]]\nname = "left-pad"\nversion = "1.3.0"\n'),
        ("package-lock.json", '{"packages": {"": {}, "node_modules/left-pad": {"version": "1.3.0"}}}'),
        ("Pipfile.lock", '{"default": {"left-pad": {"version": "==1.3.0"}}}'),
        ("yarn.lock", 'left-pad@^1.0.0:\n  version "1.3.0"\n'),
        ("Gemfile.lock", "GEM\n  specs:\n    left-pad (1.3.0)\n"),
    ],
)
def test_lock_files(path: str, text: str) -> None:
    assert versions(path, text)["left-pad"] == "1.3.0"
    assert versions(path, "\0 {broken") == {}


def test_a_difference_is_tied_to_the_error_that_speaks_of_it_and_to_the_hot_file_that_reads_it() -> None:
    frame = Frame("shop/pay.py", 3, "charge", True)
    error = LogError("e1", "shop.PoolTimeout", "timed out", Trend.NEW, 9, 1.0, "9 errors", frames=(frame,))
    (pool,) = differences("deploy/production.env", "PAY_POOL=20\n", "PAY_POOL=1\n")
    names = [(signal.name, signal.evidence) for signal in signals(pool, [error], {"shop/pay.py": 2}, "r8")]
    assert names == [("in_release", ()), ("stands_at", ()), ("hot_place", ("e1",)), ("spoken_of", ("e1",))]
    (level,) = differences("deploy/production.env", "LOG_LEVEL=INFO\n", "LOG_LEVEL=DEBUG\n")
    assert [signal.name for signal in signals(level, [error], {}, "r8")] == ["in_release", "stands_at"]
    assert pool.kind is ChangeKind.CONFIGURATION


def test_lines_of_the_deployed_files_are_found_in_todays() -> None:
    def hunk(old: int, gone: int, new: int, come: int) -> Hunk:
        return Hunk(old, new, (Line("-", ""),) * gone + (Line("+", ""),) * come)

    hunks = [hunk(2, 0, 3, 2), hunk(10, 3, 14, 1)]
    assert [line_after(line, hunks) for line in (1, 2, 3, 9, 10, 12, 13)] == [1, 2, 5, 11, 14, 14, 13]


def test_a_frame_of_the_deployed_release_stands_where_its_line_is_today(make_repo: object) -> None:
    repo: RepoBuilder = make_repo({"shop/pay.py": "import os\n\n\ndef charge():\n    post()\n"})
    old = repo.head
    repo.write("shop/pay.py", "import os\nimport re\nimport sys\n\n\ndef charge():\n    post()\n")
    diff = repo.git("diff", "--unified=0", old)
    error = LogError("e", "E", "", Trend.NEW, 1, 1.0, "1", frames=(Frame("shop/pay.py", 5, "charge", True),))
    (moved,) = move(str(repo.path), [error], diff)
    assert moved.frames[0].line == 7
    placed = LogError("e", "E", "", Trend.NEW, 1, 1.0, "1", frames=(Frame("shop/pay.py", 7, "charge", True, "post()"),))
    assert move(str(repo.path), [placed], diff)[0].frames[0].line == 7


def test_the_files_of_code_that_name_what_changed_are_found_by_one_look() -> None:
    pool = Difference(ChangeKind.CONFIGURATION, "PAY_POOL", "PAY_POOL 20 → 1", "deploy/production.env", 1, "settings")
    wait = Difference(ChangeKind.CONFIGURATION, "app.time-out", "app.time-out 5 → 1", "app.yaml", 1, "settings")
    library = Difference(ChangeKind.DEPENDENCY, "PyJWT", "PyJWT 2.15.0 → 2.15.1", "requirements.txt", 1, "lock")
    name = Difference(ChangeKind.CONFIGURATION, "name", "name a → b", "app.yaml", 2, "settings")
    lines = [
        ("shop/pay.py", 3, 'POOL = env("PAY_POOL")  # name'),
        ("shop/pay.py", 9, "pay_pool = POOL"),
        ("shop/tokens.py", 6, "import jwt"),
        ("shop/tokens.py", 9, "jwt.decode(text)"),
        ("web/wait.js", 2, "get('app.time-out')"),
        ("docs/pay.md", 1, "PAY_POOL"),
        ("shop/migrations/0001_pool.py", 1, "PAY_POOL"),
    ]
    told = "".join(f"v2:{path}\0{line}\0{text}\n" for path, line, text in lines)
    assert uses(told, [pool, wait, library, name]) == {
        pool: {"shop/pay.py": 3},
        wait: {"web/wait.js": 2},
        library: {"shop/tokens.py": 6},
        name: {},
    }


def test_a_library_is_used_where_its_own_module_is_imported() -> None:
    names = ("regex", "pytest", "date-fns")
    regex, tester, dates = (Difference(ChangeKind.DEPENDENCY, each, "", "locked", 1, "lock") for each in names)
    lines = [
        ("shop/find.py", 1, "from shop.regex import safe_search"),
        ("shop/match.py", 2, "    import os, regex as re"),
        ("shop/match.py", 8, "# regex is what import used to be"),
        ("web/config.ts", 1, "import { test } from '@playwright/test'"),
        ("web/list.js", 4, "import format from 'date-fns/format'"),
        ("web/near.js", 4, "import format from './date-fns'"),
    ]
    told = "".join(f"v2:{path}\0{line}\0{text}\n" for path, line, text in lines)
    assert uses(told, [regex, tester, dates]) == {regex: {"shop/match.py": 2}, tester: {}, dates: {"web/list.js": 4}}
