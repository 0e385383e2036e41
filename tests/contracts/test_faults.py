"""Every fault that a screen tells says what happened, what was kept and what to do: there is one way to tell them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.contracts.layers import ROOT
from workbench.cli.ending import ENDS

SCREENS = ROOT / "screens"


def _calls(name: str, where: Path = SCREENS) -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(where.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name == getattr(node.func, "attr", getattr(node.func, "id", "")):
                yield f"{file.relative_to(ROOT).as_posix()}:{node.lineno}", node


def _text(node: ast.expr) -> str:
    """The words of a text that stands there; empty where it comes from elsewhere."""
    return "".join(str(each.value) for each in ast.walk(node) if isinstance(each, ast.Constant))


def test_nothing_else_tells_of_one() -> None:
    graver = [where for where, call in _calls("notify") if any(word.arg == "severity" for word in call.keywords)]

    assert [where.partition(":")[0] for where in graver] == [
        "screens/workbench_app/actions.py",
        "screens/workbench_kit/dispatch.py",  # a key that cannot be used now says why
        "screens/workbench_kit/faults.py",
    ], graver


def test_each_part_says_something() -> None:
    told = list(_calls("fault"))
    assert len(told) > 30

    for where, call in told:
        parts = call.args[1:]
        if not isinstance(parts[0], ast.Starred):
            assert len(parts) == 3, where
            written = [_text(each) for each in parts if not isinstance(each, ast.Name | ast.Attribute)]
            assert all(" " in each for each in written[1:]), f"{where}: {written}"


def test_a_verb_says_as_much() -> None:
    """Each ``fail`` says what to do; what was kept is said too, or is that nothing was done."""
    told = list(_calls("fail", ROOT / "workbench" / "cli"))
    assert len(told) > 50

    for where, call in told:
        starred = any(isinstance(each, ast.Starred) for each in call.args)
        assert starred or len(call.args) == 3 or "todo" in {word.arg for word in call.keywords}, where


def test_every_error_that_ends_a_verb_has_its_code_and_words() -> None:
    """Each error that main tells stands in the table of ``ended``, or is of a kind that does."""
    told = {"ToldError": set[str]()}
    classes = [node for file in _sources() for node in ast.walk(file) if isinstance(node, ast.ClassDef)]
    while True:
        fresh = {
            node.name: bases
            for node in classes
            if (bases := {base.id for base in node.bases if isinstance(base, ast.Name)} & set(told))
            and node.name not in told
        }
        if not fresh:
            break
        told |= fresh
    assert len(told) > 20
    assert set(ENDS) <= set(told)
    for name, bases in told.items():
        assert name in ENDS or bases & set(ENDS) or name == "ToldError", f"{name} ends a verb with no words of its own"
    for code, kept, todo in ENDS.values():
        assert code in (1, 2, 3)
        assert " " in kept
        assert " " in todo


def _sources() -> Iterator[ast.Module]:
    for file in sorted((ROOT / "workbench").rglob("*.py")):
        yield ast.parse(file.read_text(encoding="utf-8"))
