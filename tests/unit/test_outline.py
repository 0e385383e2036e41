"""Outlines: symbols with their lines, whatever the language and the state of the file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.outline import outline_of
from workbench.analysis.outline.chunks import calls, chunk_texts
from workbench.analysis.outline.light import light_outline

PYTHON = '''"""Sessions of users.

More."""
import os
from . import models
from .tokens import Token, mint as make

if os.name == "posix":
    def lock(): ...
else:
    def lock(): ...


@app.post("/login")
async def login(request):
    """Let a user in."""
    def inner():
        return 1
    return mint(inner())


class Session(models.Model, Generic[T]):
    ttl = 5

    @property
    def age(self):
        return clock.now() - self.start

    class Meta:
        def deep(self): ...
'''


def test_python_has_symbols_with_lines_bases_decorators_and_imports() -> None:
    outline = outline_of("app/sessions.py", PYTHON)
    assert [(symbol.qualname, symbol.kind, symbol.line, symbol.end_line) for symbol in outline.symbols] == [
        ("lock", "function", 9, 9),
        ("lock", "function", 11, 11),
        ("login", "function", 14, 19),
        ("Session", "class", 22, 30),
        ("Session.age", "function", 25, 27),
        ("Session.Meta", "class", 29, 30),
        ("Session.Meta.deep", "function", 30, 30),
    ]
    assert outline.imports == ("os", ".:models", ".tokens:Token", ".tokens:mint")
    assert outline.doc == "Sessions of users."
    by_name = {symbol.qualname: symbol for symbol in outline.symbols}
    assert by_name["login"].decorators == ("app.post('/login')",)
    assert by_name["Session"].bases == ("models.Model", "Generic[T]")
    assert by_name["login"].doc == "Let a user in."


def test_the_symbol_at_a_line_is_the_innermost() -> None:
    outline = outline_of("app/sessions.py", PYTHON)
    found = {line: symbol.qualname if (symbol := outline.at(line)) else "" for line in (1, 17, 23, 27, 30)}
    assert found == {1: "", 17: "login", 23: "Session", 27: "Session.age", 30: "Session.Meta.deep"}


def test_chunks_share_out_every_line_once() -> None:
    outline = outline_of("app/sessions.py", PYTHON)
    chunks = chunk_texts(outline, PYTHON)
    assert sorted("\n".join(chunks).split("\n")) == sorted(PYTHON.split("\n"))
    assert "ttl = 5" in chunks[4]
    assert "clock.now" not in chunks[4]


def test_calls_leave_out_definitions_and_what_every_program_calls() -> None:
    assert calls("def send(self):\n    x = self.get_adapter(url)\n    return len(adapter.send(x))") == (
        "get_adapter",
        "send",
    )


LANGUAGES = {
    "a.js": (
        "export class A extends B {\n  static async get(id) {\n    return 1;\n  }\n}\nconst bar = async (q) => {\n};\n",
        ["A", "A.get", "bar"],
    ),
    "a.ts": ("export class Svc {\n  list(): void {\n  }\n}\nexport function go() {\n}\n", ["Svc", "Svc.list", "go"]),
    "a.go": (
        "package m\ntype S struct {\n  a int\n}\nfunc (s *S) Get(x int) error {\n  return nil\n}\nfunc Main() {\n}\n",
        ["S", "S.Get", "Main"],
    ),
    "a.java": ("public class A {\n  public int get(int x) {\n    return 1;\n  }\n}\n", ["A", "A.get"]),
}


@pytest.mark.parametrize("path", sorted(LANGUAGES))
def test_grammars_find_the_symbols(path: str) -> None:
    text, names = LANGUAGES[path]
    assert [symbol.qualname for symbol in outline_of(path, text).symbols] == names


@pytest.mark.parametrize("path", sorted(LANGUAGES))
def test_without_a_grammar_the_names_are_found_all_the_same(path: str) -> None:
    text, names = LANGUAGES[path]
    found = light_outline("any", text, text.split("\n"))
    assert {symbol.name for symbol in found.symbols} == {name.rpartition(".")[2] for name in names}


def test_ruby_and_rust_have_an_outline_too() -> None:
    ruby = outline_of("a.rb", "class A < B\n  def get\n    1\n  end\nend\n")
    assert [(symbol.qualname, symbol.line, symbol.end_line) for symbol in ruby.symbols] == [
        ("A", 1, 5),
        ("A.get", 2, 4),
    ]
    rust = outline_of("a.rs", "use std::io;\nimpl S {\n    pub fn get(&self) -> u8 {\n        1\n    }\n}\n")
    assert [symbol.qualname for symbol in rust.symbols] == ["S", "S.get"]
    assert rust.imports == ("std::io",)


@settings(max_examples=60)
@given(st.text(), st.sampled_from(["a.py", "a.js", "a.go", "a.rb", "a.java", "a.yaml", "a.unknown"]))
def test_no_text_breaks_it_and_symbols_stay_inside_the_file(text: str, path: str) -> None:
    outline = outline_of(path, text)
    for symbol in outline.symbols:
        assert 1 <= symbol.line <= symbol.end_line <= outline.lines
    assert len(chunk_texts(outline, text)) == len(outline.symbols) + 1
