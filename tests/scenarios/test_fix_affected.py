"""Which tests a save reaches is known from what each of them entered; what cannot be told widens, and says why."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from workbench.analysis.coverage import Reached
from workbench.case.enums import RunStatus
from workbench.engine.known_python import KnownPython
from workbench.engine.opening import working_tree
from workbench.engine.options import from_arguments
from workbench.engine.reach import Reach
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

FILES = {
    "money.py": "RATE = 2\n\n\ndef add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a * RATE\n\n\n"
    "def unused():\n    return 0\n",
    "lazy.py": "def at_import():\n    return 4\n\n\nFOUR = at_import()\n",
    "conftest.py": "import pytest\n\nfrom money import double\n\n\n@pytest.fixture(scope='module')\ndef two():\n"
    "    return double(1)\n",
    "test_add.py": "from money import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n\n\n"
    "def test_lazy():\n    from lazy import FOUR\n    assert FOUR == 4\n",
    "test_two.py": "def test_first(two):\n    assert two == 2\n\n\ndef test_second(two):\n    assert two == 2\n",
    "test_out.py": "import subprocess\nimport sys\n\n\ndef test_out():\n"
    "    subprocess.run([sys.executable, '-c', 'import money'], check=True)\n",
    "notes.md": "words\n",
    "rates.json": "{}\n",
    "pytest.ini": "[pytest]\nnorecursedirs = other .*\n",
}
OUT = "test_out.py::test_out"


class Asked:
    """A project whose tests ran once, all with coverage."""

    def __init__(self, repo: RepoBuilder, session: Session, python: KnownPython) -> None:
        self.repo = repo
        self.services = session.services
        self.python = python
        self.reach = Reach(session.services)

    async def run(self, *tests: str) -> None:
        run = await run_tests(self.services, tests, python=self.python, reach=self.reach)
        assert run.status is RunStatus.PASSED, run.message

    async def after(self, path: str, old: str, new: str) -> Reached:
        """What is reached by an edit, which stays."""
        text = (self.repo.path / path).read_text() if (self.repo.path / path).exists() else ""
        assert old in text
        self.repo.write(path, text.replace(old, new, 1))
        python = await self.python.get()
        await self.reach.prepare([path])
        return await self.reach.of(await working_tree(self.services), python.environment, [path])


@asynccontextmanager
async def asked(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Asked]:
    quick(monkeypatch)
    options = from_arguments(Namespace(store=str(repo.path.parent / "data"), jobs=1, trust=True))
    session = await Session.open(repo.path, options)
    try:
        yield Asked(repo, session, KnownPython(repo.path, session.services.commands))
    finally:
        await session.close()


async def test_a_body_reaches_the_tests_that_entered_it(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(FILES), monkeypatch) as project:
        guess = await project.after("money.py", "return 0", "return 1")
        assert "a guess by imports" in guess.why
        await project.run()

        found = await project.after("money.py", "a + b", "b + a")
        assert set(found.tests) == {"test_add.py::test_add", OUT}
        assert "test" in found.why
        assert "money.py:add" in found.why
        assert "start a process are always among them" in found.why
        found = await project.after("money.py", "b + a", "a + b")
        assert found.tests == (), "as it was when they ran"

        found = await project.after("money.py", "return 1", "return 2")
        assert found.tests == (OUT,), "nothing entered it, but of another process nobody knows"
        found = await project.after("money.py", "a * RATE", "RATE * a")
        assert set(found.tests) == {"test_two.py::test_first", "test_two.py::test_second", OUT}, (
            "by the fixture they share"
        )
        await project.run()
        assert (await project.after("notes.md", "words", "more words")).tests == (OUT,)


KEPT = {
    "kept.py": "from functools import lru_cache\n\n\nclass Made:\n    one = None\n\n    @classmethod\n"
    "    def get(cls):\n        if cls.one is None:\n            cls.one = sorted([2], key=lambda n: make(n))\n"
    "        return cls.one\n\n\ndef make(n):\n    return n + 1\n\n\n@lru_cache\ndef cached():\n"
    "    return below()\n\n\ndef below():\n    return 5\n",
    "test_kept.py": "import pytest\n\nfrom kept import Made, cached\n\n\n@pytest.mark.parametrize('n', range(2))\n"
    "def test_get(n):\n    assert Made.get()\n\n\n@pytest.mark.parametrize('n', range(2))\ndef test_cached(n):\n"
    "    assert cached()\n\n\ndef test_other():\n    pass\n",
}


async def test_what_one_test_made_and_later_ones_found_made_reaches_them_too(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(KEPT), monkeypatch) as project:
        await project.run()
        found = await project.after("kept.py", "n + 1", "n - 2")
        assert set(found.tests) == {"test_kept.py::test_get[0]", "test_kept.py::test_get[1]"}
        assert "kept.py:make" in found.why
        await project.after("kept.py", "n - 2", "n + 1")
        found = await project.after("kept.py", "return 5", "return 0")
        assert {"test_kept.py::test_cached[0]", "test_kept.py::test_cached[1]"} <= set(found.tests)


APART = {
    "conftest.py": "import pytest\n\nseen = []\n\n\n@pytest.fixture\ndef clean():\n    yield seen\n    seen.clear()\n",
    "test_a_leaves.py": "def test_leaves(clean):\n    clean.append(1)\n",
    "test_finds.py": "import conftest\n\n\ndef test_finds():\n    assert not conftest.seen\n",
}
FRESH = "import pytest\n\n\n@pytest.fixture\ndef own():\n    yield 1\n\n\ndef test_own(own):\n    assert own\n"


async def test_what_keeps_tests_apart_reaches_all_of_them(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(APART), monkeypatch) as project:
        await project.run()
        found = await project.after("conftest.py", "seen.clear()", "seen.sort()")
        assert found.everything
        assert found.tests == ("test_a_leaves.py::test_leaves",), "what enters it comes first"
        assert found.why == "conftest.py:clean keeps tests apart, and changed: all tests"
        assert not (await project.after("conftest.py", "seen.sort()", "seen.clear()")).everything
        project.repo.write("test_finds.py", APART["test_finds.py"].replace("finds()", "finds(clean)"))
        await project.run()
        found = await project.after("conftest.py", "seen.clear()", "del seen[:]")
        assert (found.everything, found.tests) == (True, ()), "nothing is left to come after"
        await project.run()

        found = await project.after("test_fresh.py", "", FRESH)
        assert not found.everything, "it never kept those apart that are there"
        assert found.files == ("test_fresh.py",)
        await project.run()
        assert (await project.after("test_fresh.py", "yield 1", "yield 2")).everything
        (project.repo.path / "test_fresh.py").unlink()
        assert (await project.after("notes.md", "", "words\n")).tests == (), "nor does what is no more"


async def test_what_cannot_be_told_block_by_block_widens(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(FILES), monkeypatch) as project:
        await project.run()
        for path, old, new, said in [
            ("money.py", "RATE = 2", "RATE = 3", "money.py changed outside of any function body"),
            ("money.py", "def add(a, b)", "def add(a, b=1)", "money.py changed outside of any function body"),
            ("conftest.py", "'module'", "'session'", "conftest.py changed outside of any function body"),
            ("rates.json", "{}", "[]", "rates.json changed, and is no Python"),
            ("fresh.py", "", "x = 1\n", "fresh.py changed outside of any function body"),
        ]:
            found = await project.after(path, old, new)
            assert found.everything
            assert said in found.why
            project.repo.git("stash", "--include-untracked", "--quiet")
        found = await project.after("lazy.py", "return 4", "return 2 + 2")
        assert len(found.tests) == 5, "what ran while a module was imported may be anybody's"
        project.repo.git("stash", "--include-untracked", "--quiet")
        found = await project.after("test_two.py", "def test_first", "def test_new():\n    pass\n\n\ndef test_first")
        assert (found.files, set(found.tests)) == (("test_two.py",), {OUT}), "a test file reaches its own tests"
        found = await project.after("test_more.py", "", "def test_more():\n    pass\n")
        assert set(found.files) == {"test_two.py", "test_more.py"}
        found = await project.after("other/test_apart.py", "", "def test_apart():\n    assert False\n")
        assert set(found.files) == {"test_two.py", "test_more.py"}, "a run of everything does not look there"
        await project.run()
        found = await project.after("test_more.py", "pass", "pass\n\n")
        assert found.files == ()


async def test_a_file_that_cannot_be_collected_makes_nothing_forgotten(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(FILES), monkeypatch) as project:
        await project.run()
        project.repo.write("test_broken.py", "def (:\n")
        run = await run_tests(project.services, python=project.python, reach=project.reach)
        assert run.status is RunStatus.FAILED
        (project.repo.path / "test_broken.py").unlink()
        found = await project.after("money.py", "a + b", "b + a")
        assert "test_add.py::test_add" in found.tests
        assert "by what each test entered" in found.why


async def test_a_file_whose_tests_were_all_left_out_is_looked_at_again_when_it_changes(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = "import pytest\n\npytest.importorskip('absent')\n\n\ndef test_absent():\n    assert 1\n"
    async with asked(make_repo(FILES | {"test_absent.py": absent}), monkeypatch) as project:
        await project.run()
        assert (await project.after("money.py", "a + b", "b + a")).files == ()
        assert (await project.after("test_absent.py", "'absent'", "'json'")).files == ("test_absent.py",)
        assert (await project.after("test_absent.py", "'json'", "'absent'")).files == (), (
            "as it was when it was left out"
        )
        await project.after("test_absent.py", "'absent'", "'csv'")
        await project.run()
        assert (await project.after("test_absent.py", "assert 1", "assert 2")).tests[0] == "test_absent.py::test_absent"


ODD = {
    "work.py": "def in_thread():\n    return 1\n\n\n"
    "def under_way(entered, gate):\n    entered.set()\n    gate.wait()\n    return 1\n\n\n"
    "def profiled():\n    return 1\n\n\ndef traced():\n    return 1\n\n\ndef plain():\n    return 1\n",
    "test_odd.py": "import cProfile\nimport sys\nimport threading\n\nimport work\n\n"
    "ENTERED, GATE = threading.Event(), threading.Event()\n"
    "THREAD = threading.Thread(target=work.under_way, args=(ENTERED, GATE))\n\n\n"
    "def test_thread():\n    thread = threading.Thread(target=work.in_thread)\n"
    "    thread.start()\n    thread.join()\n\n"
    "def test_under_way():\n    THREAD.start()\n    ENTERED.wait()\n\n\n"
    "def test_profiled():\n    GATE.set()\n    THREAD.join()\n"
    "    with cProfile.Profile():\n        assert work.profiled()\n\n\n"
    "def test_traced():\n    sys.settrace(lambda *_: None)\n    assert work.traced()\n    sys.settrace(None)\n\n\n"
    "def test_plain():\n    assert work.plain()\n",
}


POOLS = {
    "work.py": "".join(f"def {name}():\n    return 1\n\n\n" for name in ("one", "two", "three", "four")),
    "test_pools.py": "import asyncio\nimport contextvars\nimport threading\n\nimport pytest\nimport work\n\n\n"
    "async def later(function):\n"
    "    ran = contextvars.copy_context().run\n"
    "    return await asyncio.get_running_loop().run_in_executor(None, lambda: ran(function))\n\n\n"
    "@pytest.mark.parametrize('name', ['one', 'two', 'three'])\ndef test_pool(name):\n"
    "    assert asyncio.run(later(getattr(work, name)))\n\n\n"
    "def test_four():\n    thread = threading.Thread(target=work.four)\n    thread.start()\n    thread.join()\n",
}


async def test_threads_that_follow_each_other_are_each_seen(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(POOLS), monkeypatch) as project:
        await project.run()
        for name, test in (("one", "pool[one]"), ("two", "pool[two]"), ("three", "pool[three]"), ("four", "four")):
            found = await project.after("work.py", f"def {name}():\n", f"def {name}():\n    pass\n")
            assert found.tests == (f"test_pools.py::test_{test}",)
            project.repo.git("checkout", "--quiet", ".")


async def test_threads_profilers_and_tracers_hide_nothing(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(make_repo(ODD), monkeypatch) as project:
        await project.run()
        for name in ("in_thread", "under_way", "profiled", "traced", "plain"):
            before = f"def {name}(entered, gate):" if name == "under_way" else f"def {name}():"
            found = await project.after("work.py", f"{before}\n", f"{before}\n    pass\n")
            its = {f"test_odd.py::test_{name.removeprefix('in_')}"}
            assert its <= set(found.tests), name
            assert set(found.tests) <= its | {"test_odd.py::test_profiled"}, name
            project.repo.git("checkout", "--quiet", ".")
