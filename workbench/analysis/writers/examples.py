"""How the project's own tests call something: the call, and all that it needs to stand in a test of its own."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from workbench.analysis.proof.paths import holds_tests
from workbench.analysis.writers.model import Project
from workbench.analysis.writers.source import Function, Source, names_in

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_REVERSING = frozenset({"reverse", "reverse_lazy", "url_for"})
_PLAIN = frozenset(dir(builtins)) | {"self"}


@dataclass(frozen=True, slots=True)
class Example:
    """A call taken from a test. ``call`` is its source; ``before`` are lines that make what it uses; ``copied`` are
    helpers and fixtures of its file; ``bases`` and ``setup`` those of its class, where it stands in one."""

    path: str
    call: str
    method: str = ""
    url: str = ""
    fixtures: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    refused: bool = False
    """Whether the test that it was taken from expects to be refused."""

    @property
    def cost(self) -> tuple[bool, int, str]:
        """Examples that are not refused go first, then those that need the least."""
        return self.refused, len(self.before) + 3 * len(self.copied) + len(self.setup), self.path


def requests_of(project: Project, url: str, view: str = "", method: str = "") -> list[Example]:
    """Requests that tests make of ``url`` (a path as the log names it) or of the route named ``view``, best first."""
    found: list[Example] = []
    for source in _tests(project, *filter(None, [url.strip("/").split("/")[-1], view])):
        for function, owner in _functions(source):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and _asks(call, url, view):
                    verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                    if not method or verb == method.lower():
                        found += _taken(source, function, owner, call, verb)
    return sorted(found, key=lambda each: each.cost)


def calls_of(project: Project, module: str, name: str) -> list[Example]:
    """Calls that tests make of the function ``name`` (dotted for a method) of ``module``, best first."""
    found: list[Example] = []
    last = name.rpartition(".")[2]
    for source in _tests(project, last):
        for function, owner in _functions(source):
            for call in ast.walk(function):
                if not isinstance(call, ast.Call):
                    continue
                meant = source.meaning(call.func)
                attribute = isinstance(call.func, ast.Attribute) and call.func.attr == last
                if meant == f"{module}.{name}" or ("." in name and attribute):
                    found += _taken(source, function, owner, call, "")
    return sorted(found, key=lambda each: each.cost)


def _tests(project: Project, *words: str) -> Iterator[Source]:
    for path, text in sorted(project.texts.items()):
        if holds_tests(path) and any(word in text for word in words):
            source = project.source(path)
            if source is not None:
                yield source


def _functions(source: Source) -> Iterator[tuple[Function, ast.ClassDef | None]]:
    return ((function, owner) for _, function, owner in source.functions() if function.name.startswith("test"))


def _asks(call: ast.Call, url: str, view: str) -> bool:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS and call.args):
        return False
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return bool(url) and first.value.partition("?")[0].rstrip("/") == url.partition("?")[0].rstrip("/")
    if isinstance(first, ast.JoinedStr):
        parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[^/?]+" for v in first.values]
        return bool(url) and re.fullmatch("".join(parts), url.partition("?")[0]) is not None
    if isinstance(first, ast.Call) and first.args and isinstance(first.args[0], ast.Constant):
        name = first.func.attr if isinstance(first.func, ast.Attribute) else getattr(first.func, "id", "")
        route = str(first.args[0].value)
        return bool(view) and name in _REVERSING and re.split(r"[.:]", route)[-1] == view
    return False


def _taken(
    source: Source, function: Function, owner: ast.ClassDef | None, call: ast.Call, method: str
) -> list[Example]:
    """The call with what it needs; nothing where that cannot be told."""
    need = _Need(source, function, owner)
    segment = ast.get_source_segment(source.text, call)
    if segment is None or not need.names(call, call.lineno):
        return []
    code = ast.unparse(call) if "\n" in segment else segment
    first = call.args[0] if call.args else None
    url = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    order = [each.arg for each in function.args.args]
    fixtures = tuple(sorted(need.example.fixtures, key=order.index))
    return [replace(need.example, call=code, method=method, url=url, fixtures=fixtures)]


@dataclass
class _Need:
    source: Source
    function: Function
    owner: ast.ClassDef | None
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        marks = [ast.unparse(each) for each in self.function.decorator_list]
        self._parameters = {each.arg for each in (*self.function.args.args, *self.function.args.kwonlyargs)} - {"self"}
        self._given = any("parametrize" in mark for mark in marks)
        bases = tuple(ast.unparse(base) for base in self.owner.bases) if self.owner else ()
        self.example = Example(
            self.source.path,
            "",
            marks=tuple(m for m in marks if "django_db" in m),
            bases=bases,
            refused=self._refused(),
        )
        if self.owner is not None:
            setup = [each for each in self.owner.body if getattr(each, "name", "") in _SETUPS]
            self.example = replace(self.example, setup=tuple(self.source.code(each) for each in setup))
            for node in [*self.owner.bases, *setup]:
                self.names(node, 0)
        for each in self.source.tree.body:
            if isinstance(each, Function) and any("autouse=True" in ast.unparse(d) for d in each.decorator_list):
                self._copy(each, each.name)

    def names(self, node: ast.AST, line: int) -> bool:
        """Find what the names in ``node`` stand for at ``line`` of the test; False where one cannot be told."""
        return all(self._name(name, line) for name in sorted(names_in(node) - _PLAIN - self.seen))

    def _name(self, name: str, line: int) -> bool:
        self.seen.add(name)
        if name in self._parameters and line:
            return self._fixture(name)
        if line and (made := self._made(name, line)) is not None:
            if not self.names(made, made.lineno):
                return False
            self.example = replace(self.example, before=(*self.example.before, self.source.code(made)))
            return True
        if name in self.source.imports:
            told = self.source.imports[name][0]
            self.example = replace(self.example, imports=self.example.imports | {told})
            return True
        top = self.source.named(name)
        return top is not None and self._copy(top, name)

    def _made(self, name: str, line: int) -> ast.stmt | None:
        """The last plain assignment of a local ``name`` before ``line``."""
        found: ast.stmt | None = None
        for node in self.function.body:
            if isinstance(node, ast.Assign) and node.lineno < line:
                stored = {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
                found = node if name in stored else found
        return found

    def _fixture(self, name: str) -> bool:
        if self._given and any(name in ast.unparse(each).partition(",")[0] for each in self.function.decorator_list):
            return False
        self.example = replace(self.example, fixtures=(*self.example.fixtures, name))
        local = self.source.named(name)
        return local is None or not isinstance(local, Function) or self._copy(local, name)

    def _copy(self, node: ast.stmt, name: str) -> bool:
        self.seen.add(name)
        code = self.source.code(node)
        if code in self.example.copied:
            return True
        if isinstance(node, Function):
            for each in node.args.args:
                local = self.source.named(each.arg)
                if isinstance(local, Function):
                    self._copy(local, each.arg)
        if not self.names(node, 0):
            return False
        self.example = replace(self.example, copied=(*self.example.copied, code))
        return True

    def _refused(self) -> bool:
        """Whether the test asserts a status of refusal."""
        asserts = [each for each in ast.walk(self.function) if isinstance(each, ast.Assert | ast.Call)]
        told = [each for each in asserts if isinstance(each, ast.Assert) or "assert" in ast.unparse(each.func).lower()]
        numbers = [n.value for each in told for n in ast.walk(each) if isinstance(n, ast.Constant)]
        return any(isinstance(n, int) and 400 <= n < 600 for n in numbers)


_SETUPS = ("setUp", "setUpTestData", "setUpClass", "tearDown", "setup_method")
