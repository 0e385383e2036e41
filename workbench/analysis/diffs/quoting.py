"""File names as git writes them in diffs: bytes that could be mistaken stand in quotes, as octal or C escapes."""

from __future__ import annotations

import re

_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_LETTERS = {code: letter for letter, code in _ESCAPES.items()}
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)


def quoted(path: str) -> str:
    """``path`` as git's default writes it (core.quotePath true), in quotes only when it has to be."""
    data = path.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data):
        return path
    made = (f"\\{_LETTERS[b]}" if b in _LETTERS else chr(b) if 32 <= b < 127 else f"\\{b:03o}" for b in data)
    return '"' + "".join(made) + '"'


def unquoted(text: str) -> str:
    """The path that ``text`` names, in quotes or not."""
    if not (len(text) > 1 and text.startswith('"') and text.endswith('"')):
        return text

    def byte(match: re.Match[bytes]) -> bytes:
        code = match[1].decode("latin-1")
        return bytes([int(code, 8) & 255 if len(code) == 3 else _ESCAPES.get(code, ord(code))])

    data = text[1:-1].encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(byte, data).decode("utf-8", "surrogateescape")


def names_of(rest: str) -> tuple[str, str]:
    """Both paths of a ``diff --git`` line, without their prefixes: ("", "") when they cannot be told apart.

    They can when either is quoted or both are the same, which is what git guarantees where no other line names them.
    """
    if rest.startswith('"'):
        end = _closing(rest)
        first, second = rest[: end + 1], rest[end + 2 :]
    elif rest.endswith('"'):
        start = rest.index(' "')
        first, second = rest[:start], rest[start + 1 :]
    else:
        middle = len(rest) // 2
        first, second = rest[:middle], rest[middle + 1 :]
        if rest[middle : middle + 1] != " " or stripped(first) != stripped(second):
            return "", ""
    return stripped(unquoted(first)), stripped(unquoted(second))


def stripped(path: str) -> str:
    """``path`` without git's one-letter prefix (``a/``, or ``i/`` and the like with mnemonic prefixes)."""
    return path[2:] if path[1:2] == "/" and path[0] in "abciwo" else path


def _closing(text: str) -> int:
    at = 1
    while at < len(text) and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at
