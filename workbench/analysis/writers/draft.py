"""A test in the making, and its text in the project's idiom: a pytest function, or a method of a Django test class."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass, field

from workbench.analysis.writers.examples import Example
from workbench.analysis.writers.model import BEGIN, END, Project

LONGEST = 110


@dataclass
class Draft:
    """What a template fills in. Lines of ``body`` stand at no indentation; one place is the :func:`blank`."""

    title: str
    name: str
    body: list[str]
    imports: set[str] = field(default_factory=set)
    fixtures: list[str] = field(default_factory=list)
    constants: list[str] = field(default_factory=list)
    choice: str = ""
    why: str = ""
    example: Example | None = None
    threads: bool = False
    database: bool = False


def blank(text: object) -> str:
    """``text`` as the person's to choose: the cursor begins in it."""
    return f"{BEGIN}{text}{END}"


def render(draft: Draft, project: Project) -> str:
    """The whole file, its blank still marked."""
    example = draft.example
    in_class = not project.pytest or (example is not None and bool(example.bases))
    imports = {*draft.imports, *(example.imports if example else ())}
    parts = [f'"""{draft.title}"""']
    mark = _mark(draft, project) if not in_class else ""
    if mark or any("pytest." in line for line in (*draft.body, *(example.copied if example else ()))):
        imports.add("import pytest")
    code = _class(draft, project, imports) if in_class else _function(draft, mark)
    parts += ["\n".join(sorted_imports(imports, project))] if imports else []
    parts += ["\n".join(draft.constants)] if draft.constants else []
    head = "\n\n".join(parts)
    copied = [f"\n\n{each}" for each in (example.copied if example else ()) if each]
    return "\n".join([head, *copied, "\n", code]) + "\n"


def _mark(draft: Draft, project: Project) -> str:
    """How pytest-django is told that the test uses the database."""
    if draft.threads and draft.database:
        return "@pytest.mark.django_db(transaction=True)"
    if draft.example is not None and draft.example.marks:
        return f"@{draft.example.marks[0]}"
    return "@pytest.mark.django_db" if draft.database and project.pytest else ""


def _function(draft: Draft, mark: str) -> str:
    fixtures = list(dict.fromkeys([*(draft.example.fixtures if draft.example else ()), *draft.fixtures]))
    before = draft.example.before if draft.example else ()
    lines = [mark] if mark else []
    lines.append(f"def {draft.name}({', '.join(fixtures)}):")
    return "\n".join([*lines, *(_in(line) for line in (*before, *draft.body))])


def _class(draft: Draft, project: Project, imports: set[str]) -> str:
    """A class of its own: TransactionTestCase where threads must see the rows, else that of the example."""
    example = draft.example
    base, told = ("TestCase", "from unittest import TestCase")
    if project.django:
        base = "TransactionTestCase" if draft.threads else "TestCase"
        told = f"from django.test import {base}"
    if example is not None and example.bases and not draft.threads:
        base, told = ", ".join(example.bases), ""
    imports.update([told] if told else [])
    words = "".join(part.capitalize() for part in draft.name.removeprefix("test_").split("_"))
    lines = [f"class {words}Test({base}):"]
    for setup in example.setup if example else ():
        text = setup.replace("@classmethod\ndef setUpTestData(cls)", "def setUp(self)") if draft.threads else setup
        text = text.replace("cls.", "self.") if text is not setup else text
        lines += [_in(text), ""]
    before = example.before if example else ()
    lines.append(f"    def {draft.name}(self):")
    return "\n".join([*lines, *(_in(line, 2) for line in (*before, *draft.body))])


def _in(text: str, depth: int = 1) -> str:
    return textwrap.indent(text, "    " * depth)


def sorted_imports(imports: set[str], project: Project) -> list[str]:
    """Import statements as isort groups them: standard library, others, the project's own, relative."""
    merged: dict[str, set[str]] = {}
    plain: set[str] = set()
    for told in imports:
        head, found, names = told.partition(" import ")
        if found and " as " not in names:
            merged.setdefault(head, set()).update(name.strip() for name in names.split(","))
        else:
            plain.add(told)
    lines = plain | {f"{head} import {', '.join(sorted(names, key=_by_case))}" for head, names in merged.items()}
    groups: dict[int, list[str]] = {}
    for told in sorted(lines, key=lambda each: (each.startswith("from "), each.lower())):
        groups.setdefault(_group(told.split()[1], project), []).append(told)
    made: list[str] = []
    for _, group in sorted(groups.items()):
        made += ["", *group] if made else group
    return made


def _by_case(name: str) -> tuple[bool, bool, str]:
    return not name.isupper(), not name[:1].isupper(), name


def _group(module: str, project: Project) -> int:
    top = module.split(".")[0]
    if not top:
        return 3
    if top in project.names:
        return 2
    return 0 if top in sys.stdlib_module_names else 1
