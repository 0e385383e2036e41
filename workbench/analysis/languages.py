"""What a path says about a file: its language, whether it is indexed, a test, documentation or generated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from posixpath import basename, splitext

LANGUAGES = {
    "python": (".py", ".pyi", ".pyx", ".pyw"),
    "javascript": (".js", ".jsx", ".mjs", ".cjs"),
    "typescript": (".ts", ".mts", ".cts"),
    "tsx": (".tsx",),
    "go": (".go",),
    "java": (".java",),
    "ruby": (".rb", ".rake"),
    "rust": (".rs",),
    "c": (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh"),
    "csharp": (".cs",),
    "kotlin": (".kt", ".kts"),
    "scala": (".scala",),
    "php": (".php",),
    "swift": (".swift",),
    "elixir": (".ex", ".exs"),
    "shell": (".sh", ".bash"),
    "sql": (".sql",),
    "template": (".html", ".jinja", ".jinja2", ".j2", ".vue", ".svelte", ".tmpl", ".tpl"),
    "configuration": (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".tf", ".properties"),
    "prose": (".rst", ".md", ".txt", ".adoc"),
}
"""Endings of each language."""

_BY_ENDING = {ending: language for language, endings in LANGUAGES.items() for ending in endings}
_BY_NAME = {"Dockerfile": "configuration", "Makefile": "configuration", "Procfile": "configuration"}
_CODE = frozenset(LANGUAGES) - {"template", "configuration", "prose", "sql"}

_TEST_NAME = re.compile(
    r"(^|/)(test_[^/]*|unittest_[^/]*|conftest|tests)\.py$|_tests?\.(py|go|rb|exs)$"
    r"|\.(test|spec)\.[cm]?[jt]sx?$|(Test|Tests|IT)\.(java|kt|cs)$"
)
_TEST_FOLDER = re.compile(
    r"(^|/)((unit|functional|integration|acceptance|system)_?)?tests/|(^|/)(testsuite|__tests__|testdata|e2e|specs)/"
    r"|^(test|testing|spec)/|(^|/)src/test/"
)
_MAYBE_TEST_FOLDER = re.compile(r"^(?:.*?/)?(?:test|testing|spec)/")
_SIDE = re.compile(
    r"(^|/)(docs?|examples?|benchmarks?|asv_bench)/"
    r"|^(samples?|tutorials?|galleries|demos?|ci|tools|scripts|bin|release|\.[^/]+)/|^setup\.py$"
)
_MADE = re.compile(
    r"(^|/)(node_modules|_?vendor(ed)?|_?third_?party|extern|externals|site-packages|\.venv)/"
    r"|\.min\.(js|css)$|(^|/)jquery[^/]*\.js$|_pb2(_grpc)?\.py$|(^|/)(package-lock|pnpm-lock|yarn)\.|\.lock$"
)


@lru_cache(maxsize=100_000)
def language(path: str) -> str:
    """The language of ``path`` by its name, or the empty string for a kind that is not indexed."""
    name = basename(path)
    return _BY_ENDING.get(splitext(name)[1].lower()) or _BY_NAME.get(name, "")


def is_code(path: str) -> bool:
    """Whether ``path`` holds program code, as against templates, configuration and prose."""
    return language(path) in _CODE


@lru_cache(maxsize=100_000)
def is_test(path: str) -> bool:
    """Whether ``path`` is a test by its own name or a folder's that holds nothing else.

    A package called ``test`` or ``testing`` may be product code: :func:`test_paths` looks at what else it holds.
    """
    if _TEST_NAME.search(path) or _TEST_FOLDER.search(path):
        return True
    return language(path) != "python" and _MAYBE_TEST_FOLDER.search(path) is not None


def test_paths(paths: Iterable[str]) -> frozenset[str]:
    """Those of a tree's ``paths`` that belong to its tests: named so, or beside tests in a folder ``test``."""
    listed = [path for path in paths if language(path)]
    found = {path for path in listed if is_test(path)}
    maybe = [(path, match[0]) for path in listed if (match := _MAYBE_TEST_FOLDER.match(path))]
    folders = {folder for path, folder in maybe if not _TEST_FOLDER.search(path) and _is_test_module(path)}
    return frozenset(found | {path for path, folder in maybe if folder in folders})


def _is_test_module(path: str) -> bool:
    return _TEST_NAME.search(path) is not None and basename(path) != "conftest.py"


@lru_cache(maxsize=100_000)
def is_side(path: str) -> bool:
    """Whether ``path`` stands beside the product: documentation, examples, benchmarks, build scripts."""
    return _SIDE.search(path) is not None or language(path) == "prose"


@lru_cache(maxsize=100_000)
def is_made(path: str) -> bool:
    """Whether ``path`` is generated, minified, locked or vendored: nobody fixes a bug there."""
    return _MADE.search(path) is not None


def is_indexed(path: str) -> bool:
    """Whether the words of ``path`` are indexed: a known language, neither prose nor generated."""
    found = language(path)
    return bool(found) and found != "prose" and not is_made(path)
