"""A Python file as blocks: the body of each function, and what is outside of them. Moving lines changes none."""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workbench.analysis.guards import guards
from workbench.analysis.keeping import keeps

OUTSIDE = ""
"""The key of what stands in no function's body."""

_Facts = tuple[str, bool, bool, str]
"""A function's digest, whether it keeps something, whether it keeps tests apart, and what the compiler says of it."""

_MANY = 50_000
"""Functions of which it is remembered what their text comes to: a save changes one of a file's."""

_known: dict[bytes, _Facts] = {}


@dataclass(frozen=True, slots=True)
class Blocks:
    """``digests`` maps each block's key (a qualified name, ``#2`` for the second of a name, OUTSIDE) to a digest of its
    code; ``places`` are (first line, last line, key) of the functions, the inner ones after the outer; ``imports`` are
    the parts of every name that is imported; ``keepers`` are the keys of functions that keep something beyond their
    call, ``cached`` the first lines of those that some cache calls once, ``guards`` maps the keys of those that keep
    tests apart to a digest of all that is in them."""

    digests: dict[str, str] = field(default_factory=dict)
    places: tuple[tuple[int, int, str], ...] = ()
    imports: frozenset[str] = frozenset()
    keepers: frozenset[str] = frozenset()
    cached: frozenset[int] = frozenset()
    guards: dict[str, str] = field(default_factory=dict)

    def at(self, line: int) -> str:
        """The key of the innermost block that ``line`` belongs to."""
        found = [key for first, last, key in self.places if first <= line <= last]
        return found[-1] if found else OUTSIDE


def blocks_of(source: bytes) -> Blocks:
    """The blocks of a file; one that does not parse is all outside.

    Signatures, decorators and defaults belong to the block around a function. The body of one that is decorated with
    some cache does too: its value outlives the test that computed it. So does what the compiler says of a body: where
    that is an error, or a warning that is made one, nothing of the file can be imported.
    """
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return Blocks({OUTSIDE: _digest(source)})
    maker = _Maker(source.splitlines())
    maker.take(module, "")
    maker.digests[OUTSIDE] = _digest("\n".join((ast.dump(module), *sorted(maker.said))).encode())
    places, imports = tuple(sorted(maker.places)), frozenset(maker.imports)
    kept, cached = frozenset(maker.keepers), frozenset(maker.cached)
    return Blocks(maker.digests, places, imports, kept, cached, {key: maker.whole(key) for key in maker.guards})


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements right below one, in order: what else there is below holds none."""
    for part in ("body", "handlers", "orelse", "finalbody", "cases"):
        yield from getattr(node, part, ())


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module


class _Maker:
    """Takes functions out of the tree of ``lines``, the inner ones first."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.digests: dict[str, str] = {}
        self.places: list[tuple[int, int, str]] = []
        self.imports: set[str] = set()
        self.keepers: set[str] = set()
        self.cached: set[int] = set()
        self.guards: set[str] = set()
        self.said: set[str] = set()
        self._names: Counter[str] = Counter()

    def take(self, node: ast.AST, prefix: str) -> None:
        for child in _statements(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._function(child, prefix)
            elif isinstance(child, ast.ClassDef):
                self.take(child, f"{prefix}{child.name}.")
            else:
                self.imports.update(part for name in _imported(child) for part in name.split("."))
                self.take(child, prefix)

    def whole(self, key: str) -> str:
        """A digest of a function and of those inside of it."""
        inside = f"{key.partition('#')[0]}.<locals>."
        own = [digest for at, digest in self.digests.items() if at == key or at.startswith(inside)]
        return _digest("".join(own).encode())

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, prefix: str) -> None:
        name = f"{prefix}{node.name}"
        self._names[name] += 1
        key = name if self._names[name] == 1 else f"{name}#{self._names[name]}"
        self.take(node, f"{name}.<locals>.")
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        marks = [ast.dump(decorator).lower() for decorator in node.decorator_list]
        if any("cache" in mark for mark in marks):
            self.cached |= set() if any("property" in mark for mark in marks) else {first}
            return
        last = node.end_lineno or node.lineno
        inner = "<locals>" in prefix
        self.digests[key], keeping, guarding, said = self._facts(node, self._lines[first - 1 : last], inner)
        self.keepers |= {key} if keeping else set()
        self.guards |= {key} if guarding else set()
        self.said |= {said} if said else set()
        self.places.append((first, last, key))
        node.body = []

    def _facts(self, node: ast.FunctionDef | ast.AsyncFunctionDef, text: list[bytes], inner: bool) -> _Facts:
        """All that its ``text`` alone tells, and the file's encoding. Of an ``inner`` one the compiler says what it
        says with the outer."""
        mark = hashlib.sha256(b"\n".join((*self._lines[:2], b"inner" if inner else b"", *text))).digest()
        if mark not in _known:
            if len(_known) >= _MANY:
                _known.clear()
            digest = _digest(ast.dump(ast.Module(node.body, [])).encode())
            _known[mark] = digest, keeps(node), guards(node, inner), "" if inner else _said(text)
        return _known[mark]


def _said(text: Sequence[bytes]) -> str:
    """What the compiler says of a function, wherever it stands."""
    around = (b"if 1:",) if text[0][:1].isspace() else ()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            compile(b"\n".join((*around, *text)), "<function>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.msg
        except (ValueError, RecursionError) as error:
            return str(error)
    return "\n".join(str(each.message) for each in said)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]
