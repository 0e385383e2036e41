"""How often ``workbench prove`` gives a verdict on fixing commits of real repositories, and whether it can be fooled.

    VIRTUAL_ENV=ENV[:OLDER...] python tests/bench/proof.py REPOSITORY
        [--commits 20] [--tricked 3] [--after 0] [--kept FILE]

REPOSITORY is a clone in which the project was built (what git ignores is taken along); ENV holds its dependencies and
pytest, as an activated environment does. Where nothing can be told in it, the commit is tried in the next OLDER one, if
any: a commit of years ago was made in an environment of its time. The last COMMITS (20) commits whose message speaks of
a fix, and which change code and at least one test function, are checked out one after the other, and
``workbench prove`` is run in each without any option. On the first TRICKED (3) of them the fix is then replaced by an
unrelated edit, the test by one that fails by an import error, and by one that is flaky: none may be called proven.
With --after the first commits are not proved (they may still be tricked). FILE gets a line of JSON for each answer;
what it holds of the repository is not run again, so that a bench that was stopped goes on, and counts in the row.

Bars: a verdict in at least 80 %, no false proof. Prints a line per commit and, at the end, a row of docs/proof.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from workbench.analysis.proof import changed_tests, holds_tests, is_test_path

_FIXING = re.compile(r"\b(fix(es|ed|ing)?|bug|regression|crash|incorrect|wrong|broken|handle[sd]?|correctly)\b", re.I)
LIMIT = 240
"""Seconds one proof may take."""

TOLD = ("proven", "not_red", "not_green", "not_needed")


@dataclass(frozen=True)
class Commit:
    """A commit that fixes: what it changed of the tests and of the code."""

    name: str
    title: str
    tests: tuple[str, ...]
    code: tuple[str, ...]


def git(repo: Path, *args: str) -> str:
    """Standard output of git. Raises CalledProcessError."""
    return subprocess.run(["git", *args], cwd=repo, capture_output=True, text=True, check=True).stdout


def fixing(repo: Path, count: int) -> Iterator[Commit]:
    """The last ``count`` fixing commits that came with tests; merges and commits that only move code are none."""
    found = 0
    for line in git(repo, "log", "--no-merges", "--format=%H%x00%s", "-n", "4000").splitlines():
        name, _, title = line.partition("\0")
        if not _FIXING.search(title) or title.startswith("[pre-commit"):
            continue
        paths = git(repo, "show", "--format=", "--name-only", "--diff-filter=AM", name).split("\n")
        tests = tuple(path for path in paths if holds_tests(path))
        code = tuple(path for path in paths if path.endswith(".py") and not is_test_path(path) and "doc" not in path)
        if tests and code and any(_brings(repo, name, path) for path in tests):
            yield Commit(name, title, tests, code)
            found += 1
            if found == count:
                return


def _brings(repo: Path, name: str, path: str) -> bool:
    """Whether a commit changes a test of the file, and not its layout alone."""
    before = subprocess.run(["git", "show", f"{name}^:{path}"], cwd=repo, capture_output=True, text=True, check=False)
    try:
        old = before.stdout if before.returncode == 0 else None
        return bool(changed_tests(path, old, git(repo, "show", f"{name}:{path}")))
    except SyntaxError:
        return True


def carry(source: Path, repo: Path) -> None:
    """What git ignores beside the sources of the clone, as building it left it: generated modules, extensions."""
    listed = git(source, "ls-files", "--others", "--ignored", "--exclude-standard", "-z").split("\0")
    for path in listed:
        if path.endswith((".py", ".so")) and not is_test_path(path) and (repo / path).parent.is_dir():
            shutil.copy2(source / path, repo / path)


def prove(repo: Path, data: Path) -> tuple[str, str]:
    """The status and reason of ``workbench prove`` in ``repo`` as it stands, in the first environment that tells."""
    said = "", ""
    for environment in os.environ.get("VIRTUAL_ENV", "").split(os.pathsep):
        said = _prove_in(environment, repo, data)
        if said[0] in TOLD:
            break
    return said


def _prove_in(environment: str, repo: Path, data: Path) -> tuple[str, str]:
    argv = [sys.executable, "-P", "-m", "workbench", "--store", str(data), "prove", "--format", "json"]
    env = {**os.environ, "VIRTUAL_ENV": environment}
    try:
        ended = subprocess.run(argv, cwd=repo, env=env, capture_output=True, text=True, check=False, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return "out of time", ""
    try:
        document = json.loads(ended.stdout)
    except ValueError:
        return "no document", (ended.stderr.strip() or "nothing said").splitlines()[-1]
    steps = document["steps"]
    return document["status"], document["reason"] or (steps[0]["reason"] if steps else "")


def check_out(repo: Path, name: str) -> None:
    """The commit's files and nothing else."""
    git(repo, "checkout", "-q", "--force", "--detach", name)
    git(repo, "clean", "-q", "-fd")


def tricks(repo: Path, commit: Commit) -> Iterator[str]:
    """Make the tree one that must not be called proven; gives what was done."""
    parent = f"{commit.name}^"
    check_out(repo, commit.name)
    git(repo, "reset", "-q", parent)
    git(repo, "checkout", "-q", parent, "--", *_there(repo, parent, commit.code))
    with (repo / commit.code[0]).open("a", encoding="utf-8") as file:
        file.write("\n\nUNRELATED = 1\n")
    yield "unrelated edit"
    check_out(repo, commit.name)
    marker = (repo / commit.code[0]).parent / "added_by_the_bench.py"
    marker.write_text("MARK = 1\n", encoding="utf-8")
    module = ".".join(marker.relative_to(repo).with_suffix("").parts).removeprefix("src.")
    _only_test(repo, commit, f"from {module} import MARK\n\n\ndef test_import():\n    assert MARK == 1\n")
    yield "import error"
    marker.unlink()
    _only_test(repo, commit, "import random\n\n\ndef test_flaky():\n    assert random.SystemRandom().random() < 0.6\n")
    yield "flaky test"


def _only_test(repo: Path, commit: Commit, text: str) -> None:
    git(repo, "reset", "-q", f"{commit.name}^")
    parent = f"{commit.name}^"
    for path in commit.tests:
        if _there(repo, parent, [path]):
            git(repo, "checkout", "-q", parent, "--", path)
        else:
            (repo / path).unlink(missing_ok=True)
    (repo / commit.tests[0]).with_name("test_added_by_the_bench.py").write_text(text, encoding="utf-8")


def _there(repo: Path, tree: str, paths: object) -> list[str]:
    listed = set(git(repo, "ls-tree", "-r", "--name-only", tree).splitlines())
    return [path for path in paths if path in listed]


def answers(source: Path, args: argparse.Namespace) -> Iterator[dict[str, str]]:
    """Prove and trick: what was said of each commit as it is (``trick`` is empty) and as each trick makes it."""
    kept = _kept(args.kept, source.name)
    yield from kept.values()
    with tempfile.TemporaryDirectory() as scratch:
        repo, data = Path(scratch) / source.name.rpartition("+")[2], Path(scratch) / "data"
        git(source, "clone", "-q", "--shared", ".", str(repo))
        carry(source, repo)
        for number, commit in enumerate(fixing(repo, args.commits)):
            if number >= args.after and (commit.name, "") not in kept:
                check_out(repo, commit.name)
                yield _answer(source.name, commit, "", repo, data)
            for trick in tricks(repo, commit) if number < args.tricked else ():
                if (commit.name, trick) not in kept:
                    yield _answer(source.name, commit, trick, repo, data)


def _answer(source: str, commit: Commit, trick: str, repo: Path, data: Path) -> dict[str, str]:
    began = perf_counter()
    status, reason = prove(repo, data)
    seconds, what = perf_counter() - began, trick or commit.title[:50]
    print(f"{commit.name[:10]} {status:<12} {seconds:5.1f} s  {what:<50} {reason[:150]}", flush=True)
    return {"repository": source, "commit": commit.name, "trick": trick, "status": status, "reason": reason}


def _kept(path: Path | None, source: str) -> dict[tuple[str, str], dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
    said = [json.loads(line) for line in lines]
    return {(each["commit"], each["trick"]): each for each in said if each["repository"] == source}


def main(args: argparse.Namespace) -> None:
    """Keep each answer as it comes, and print the row."""
    source = args.repository.resolve()
    seen = _kept(args.kept, source.name)
    statuses: Counter[str] = Counter()
    tricked = fooled = 0
    for said in answers(source, args):
        if args.kept is not None and (said["commit"], said["trick"]) not in seen:
            with args.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said) + "\n")
        tricked += bool(said["trick"])
        fooled += bool(said["trick"]) and said["status"] == "proven"
        statuses[said["status"]] += not said["trick"]
    asked = sum(statuses.values())
    told = sum(statuses[name] for name in TOLD)
    row = (source.name.replace("+", "/"), asked, told, f"{told / max(1, asked):.0%}")
    parts = (*(statuses[name] for name in TOLD), f"{fooled} of {tricked}")
    print("| " + " | ".join(map(str, (*row, *parts))) + " |")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=20)
    parser.add_argument("--tricked", type=int, default=3)
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--kept", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
