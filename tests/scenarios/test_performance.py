"""A leak, a blocking call, an N+1 and a slower library version: profiles taken of real runs, each cause found first."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from workbench.analysis.writers import Written
from workbench.case.enums import CauseClass
from workbench.case.model import Hypothesis
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.session import Session
from workbench.engine.writing import ask_of, written

TIME = (
    "import cProfile, sys\nsys.path[:0] = sys.argv[2:]\nimport {module}\nprofile = cProfile.Profile()\n"
    "profile.runcall({module}.main)\nprofile.dump_stats(sys.argv[1])\n"
)
MEMORY = (
    "import sys, tracemalloc\nsys.path[:0] = sys.argv[2:]\nimport {module}\ntracemalloc.start()\n{module}.main()\n"
    "tracemalloc.take_snapshot().dump(sys.argv[1])\n"
)


class Story:
    """A repository with a good release and a bad one, each profiled by running it."""

    def __init__(self, tmp_path: Path) -> None:
        self.repo = RepoBuilder(tmp_path / "repo")
        self.tmp = tmp_path

    def release(self, version: str, message: str, files: dict[str, str]) -> None:
        """Commit and tag."""
        for path, text in files.items():
            self.repo.write(path, text)
        self.repo.commit(message)
        self.repo.git("tag", version)

    def profile(self, name: str, module: str, program: str = TIME, *paths: Path) -> str:
        """Run the module's ``main`` under a profiler in a process of its own."""
        out = self.tmp / name
        argv = [sys.executable, "-c", program.format(module=module), str(out), str(self.repo.path), *map(str, paths)]
        subprocess.run(argv, check=True, capture_output=True, cwd=self.tmp)
        return str(out)

    async def causes(
        self, question: str, good: str, bad: str, written_to: list[Written] | None = None
    ) -> tuple[Hypothesis, ...]:
        """What ``investigate`` says, with the performance playbook; ``written_to`` takes the first cause's test."""
        options = from_arguments(Namespace(store=str(self.tmp / "store")))
        session = await Session.open(self.repo.path, options)
        try:
            asked = replace(Question(question), playbook="performance", inputs={"profile": (f"{good},{bad}",)})
            await session.investigate(asked)
            assert session.views.causes, [check.summary for check in session.views.checks]
            if written_to is not None:
                first = session.views.causes[0]
                written_to.append(await written(session.services, ask_of(session.views, first.id)))
            return session.views.causes
        finally:
            await session.close()

    def failure(self, made: Written) -> str:
        """Why the test fails; empty where it passes."""
        self.repo.write(made.path, made.text)
        argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", made.test]
        env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(self.repo.path)}
        ended = subprocess.run(argv, cwd=self.repo.path, env=env, capture_output=True, text=True, check=False)
        assert ended.returncode in (0, 1), ended.stdout
        return ended.stdout if ended.returncode else ""


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


OTHER = {"shop/__init__.py": "", "shop/mail.py": "def send(to):\n    return to\n"}


async def test_a_leak(story: Story) -> None:
    cart = "SEEN = {}\n\n\ndef remember(user, basket):\n    SEEN[user % 10] = basket\n\n\n"
    main = "def main():\n    for user in range(2000):\n        remember(user, [user] * 200)\n"
    story.release("v1", "carts are remembered", {**OTHER, "shop/carts.py": cart + main})
    good = story.profile("good.snapshot", "shop.carts", MEMORY)
    story.release("v2", "remember every visit", {"shop/carts.py": cart.replace("user % 10", "user") + main})
    bad = story.profile("bad.snapshot", "shop.carts", MEMORY)
    first, *_ = await story.causes("memory grows until the workers are killed", good, bad)
    assert (first.cause_class, first.path) == (CauseClass.CODE, "shop/carts.py")
    assert first.statement.endswith("holds more and more memory")
    assert "growth per 1,000 requests" in first.next_check
    assert any('"remember every visit" came with this release' in item.text for item in first.supporting)


async def test_a_blocking_call(story: Story) -> None:
    text = (
        "import asyncio\nimport time\n\n\nasync def price(item):\n    await asyncio.sleep(0)\n    return item\n\n\n"
        "def main():\n    async def all():\n        await asyncio.gather(*(price(n) for n in range(10)))\n\n"
        "    asyncio.run(all())\n"
    )
    tried = (
        "import asyncio\n\nfrom shop import prices\n\n\ndef test_it():\n    assert asyncio.run(prices.price(3)) == 3\n"
    )
    story.release("v1", "prices", {**OTHER, "shop/prices.py": text, "tests/test_prices.py": tried})
    good = story.profile("good.prof", "shop.prices")
    story.release(
        "v2", "wait for the rate", {"shop/prices.py": text.replace("await asyncio.sleep(0)", "time.sleep(0.02)")}
    )
    bad = story.profile("bad.prof", "shop.prices")
    tests: list[Written] = []
    first, *_ = await story.causes("every request is slow since the release", good, bad, tests)
    assert (first.cause_class, first.path) == (CauseClass.CODE, "shop/prices.py")
    assert first.statement == "price takes longer"
    told = [item.text for item in first.supporting]
    assert any("WB311" in text and "time.sleep" in text for text in told)
    assert any("WB106" in text and "blocks the event loop" in text for text in told)
    (made,) = tests
    assert made.template == "ratio"
    assert "times what it took at " in made.text
    assert "times what it took at" in story.failure(made), "red, and it says by how much"
    story.repo.write(
        "shop/prices.py", text.replace("await asyncio.sleep(0)", "await asyncio.sleep(0)  # others may run")
    )
    assert story.failure(made) == "", "green with the fix"


async def test_an_n_plus_one(story: Story) -> None:
    head = (
        "import sqlite3\n\n\ndef connect():\n    db = sqlite3.connect(':memory:')\n"
        "    db.execute('create table customer (id integer primary key, name text)')\n"
        "    db.executemany('insert into customer values (?, ?)', [(n, str(n)) for n in range(300)])\n"
        "    return db\n\n\n"
    )
    good_body = "def names(db):\n    return [name for _, name in db.execute('select id, name from customer')]\n\n\n"
    bad_body = (
        "def names(db):\n    found = []\n    for n in range(300):\n"
        "        found.append(db.execute('select name from customer where id = ?', (n,)).fetchone())\n"
        "    return found\n\n\n"
    )
    main = "def main():\n    db = connect()\n    for _ in range(5):\n        names(db)\n"
    story.release("v1", "names of customers", {**OTHER, "shop/customers.py": head + good_body + main})
    good = story.profile("good.prof", "shop.customers")
    story.release("v2", "read names one by one", {"shop/customers.py": head + bad_body + main})
    bad = story.profile("bad.prof", "shop.customers")
    first, *_ = await story.causes("the list of customers is slow", good, bad)
    assert (first.cause_class, first.path, first.statement) == (
        CauseClass.CODE,
        "shop/customers.py",
        "one query for each row in names",
    )
    assert "red: query count" in first.next_check


async def test_a_slower_version_of_a_library(story: Story) -> None:
    packages = story.tmp / "lib" / "site-packages"
    packages.mkdir(parents=True)
    library = packages / "quickmark.py"
    library.write_text("def render(text):\n    return sum(range(200))\n")
    text = "import quickmark\n\n\ndef page(n):\n    return quickmark.render(str(n))\n\n\n"
    main = "def main():\n    for n in range(300):\n        page(n)\n"
    files = {**OTHER, "shop/pages.py": text + main, "requirements.txt": "quickmark==1.2.0\nother==3.1\n"}
    story.release("v1", "pages", files)
    good = story.profile("good.prof", "shop.pages", TIME, packages)
    library.write_text("def render(text):\n    return sum(range(20000))\n")
    story.release("v2", "Update quickmark to 1.3.0", {"requirements.txt": "quickmark==1.3.0\nother==3.1\n"})
    bad = story.profile("bad.prof", "shop.pages", TIME, packages)
    first, *rest = await story.causes("pages are slow since the release", good, bad)
    assert (first.cause_class, first.path) == (CauseClass.DEPENDENCY, "requirements.txt")
    assert first.statement == "quickmark takes longer than it did"
    wrong = next(cause for cause in rest if cause.cause_class is CauseClass.CODE)
    assert wrong.path == "shop/pages.py"
    assert any("itself is as it was" in item.text for item in wrong.against)
