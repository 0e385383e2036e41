"""How soon the spectrum of failing tests leads to the fault: regressions put into real projects, one after the other.

    python tests/bench/suspects.py REPOSITORY PYTHON FOLDER [HOW_MANY] [SEED]

FOLDER holds the code (``src/flask``), PYTHON runs its tests; files with tests that fail at rest are left out. The
repository is cloned; one function after the other, drawn by SEED, gets one small fault (a comparison turned, a number
off by one, a call left out). Those that no test notices are passed over. Prints at which place the function stood that
has the fault, by Ochiai's coefficient alone and with tracebacks; published for 135 bugs: 44, 64, 73 and 79 % in the
first 1, 3, 5 and 10.
"""

from __future__ import annotations

import ast
import asyncio
import copy
import os
import random
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from workbench.analysis.blocks import blocks_of
from workbench.analysis.spectrum import Suspect, suspects
from workbench.engine.board import file_of
from workbench.engine.options import from_arguments
from workbench.engine.session import Session

TOPS = (1, 3, 5, 10)
PUBLISHED = (44, 64, 73, 79)
_PAIRS = [("Eq", "NotEq"), ("Lt", "GtE"), ("Gt", "LtE"), ("Is", "IsNot"), ("And", "Or"), ("Add", "Sub")]
_TURNED = {getattr(ast, one): getattr(ast, other) for pair in _PAIRS for one, other in (pair, pair[::-1])}


def faulty(node: ast.AST) -> ast.expr | None:
    """``node`` with a fault, where one fits."""
    made = copy.deepcopy(node)
    if isinstance(made, ast.Compare) and type(made.ops[0]) in _TURNED:
        made.ops[0] = _TURNED[type(made.ops[0])]()
    elif isinstance(made, (ast.BoolOp, ast.BinOp)) and type(made.op) in _TURNED:
        made.op = _TURNED[type(made.op)]()
    elif isinstance(made, ast.Constant) and type(made.value) is int:
        made.value += 1
    elif isinstance(made, ast.Call):
        return ast.Constant(None)
    else:
        return None
    return made


def faults(source: str, dice: random.Random | None = None) -> Iterator[tuple[str, str]]:
    """(key of the function, the whole source with a fault in it), in an order of chance where there are ``dice``."""
    lines = source.splitlines(keepends=True)
    places = blocks_of(source.encode())
    nodes = list(ast.walk(ast.parse(source)))
    if dice is not None:
        dice.shuffle(nodes)
    for node in nodes:
        line = getattr(node, "lineno", 0)
        key = places.at(line) if line else ""
        if not key or node.end_lineno != line or not isinstance(node, ast.expr):
            continue
        made = faulty(node)
        if made is None or not lines[line - 1].isascii():
            continue
        text = lines[line - 1]
        changed = (
            f"{text[: node.col_offset]}({ast.unparse(ast.fix_missing_locations(made))}){text[node.end_col_offset :]}"
        )
        whole = "".join([*lines[: line - 1], changed, *lines[line:]])
        try:
            compile(whole, "", "exec")
        except SyntaxError:
            continue
        if blocks_of(whole.encode()).digests.get(key) != places.digests.get(key):
            yield key, whole


def place(found: list[Suspect], path: str, key: str) -> int:
    """Where the function stands, from 1; 0 when it does not."""
    names = [(each.touched.path, each.touched.key) for each in found]
    return names.index((path, key)) + 1 if (path, key) in names else 0


async def bench(repo: Path, folder: str, many: int, seed: int, data: str) -> None:
    """Break, run, look, mend."""
    session = await Session.open(repo, from_arguments(Namespace(store=data, jobs=1, trust=True)))
    tests, dice = session.tests, random.Random(seed)
    await tests.start().wait()
    print(f"at rest: {tests.board.passed} pass, {tests.board.failed} fail {tests.problem}", flush=True)
    for file in {file_of(test) for test in tests.outstanding}:
        (repo / file).unlink()
    await tests.start().wait()
    assert tests.board.passed, tests.problem
    assert not tests.outstanding, tests.outstanding
    files = [path for path in sorted((repo / folder).rglob("*.py")) if "test" not in path.as_posix()[len(str(repo)) :]]
    found = [(path, key, whole) for path in files for key, whole in faults(path.read_text())]
    functions = sorted({(path, key) for path, key, _ in found})
    dice.shuffle(functions)
    places: list[tuple[int, int]] = []
    for path, key in functions:
        if len(places) == many:
            break
        before = path.read_text()
        name = path.relative_to(repo).as_posix()
        path.write_text(dice.choice([whole for at, of, whole in found if (at, of) == (path, key)]))
        await tests.start().wait()
        path.write_text(before)
        spectrum = tests.reach.spectrum
        if not spectrum.failed or len(tests.outstanding) > spectrum.passed:
            continue
        ranked = suspects(spectrum)
        alone = sorted(ranked, key=lambda each: -each.ochiai)
        places.append((place(alone, name, key), place(ranked, name, key)))
        print(f"{places[-1][0]:4} {places[-1][1]:4}  {spectrum.failed:4} failed  {name}:{key}", flush=True)
    await session.close()
    for number, title in enumerate(("Ochiai alone", "with tracebacks")):
        shares = [100 * sum(0 < each[number] <= top for each in places) / len(places) for top in TOPS]
        figures = ", ".join(f"top {top}: {s:.0f} % ({p} %)" for top, s, p in zip(TOPS, shares, PUBLISHED, strict=True))
        print(f"{title}, {len(places)} faults: {figures}")


def on_a_copy(bench: Callable[[Path, str, int, int, str], Coroutine[None, None, None]]) -> None:
    """Run ``bench`` with the arguments of the command line on a copy of the repository, in a home of its own."""
    given, python, code, *more = sys.argv[1:]
    with tempfile.TemporaryDirectory() as there:
        copy_of = Path(there, "repo")
        os.environ |= {"HOME": there, "WORKBENCH_PYTHON": python, "PYTHONPATH": str((copy_of / code).parent)}
        subprocess.run(["git", "clone", "-q", given, str(copy_of)], check=True)
        if not next(Path(copy_of, code).rglob("*.py"), None):
            sys.exit(f"{code} holds no Python file in {given}: name the folder of its code")
        numbers = [int(number) for number in more] + [10, 1][len(more) :]
        asyncio.run(bench(copy_of, code, numbers[0], numbers[1], str(Path(there, "data"))))


if __name__ == "__main__":
    on_a_copy(bench)
