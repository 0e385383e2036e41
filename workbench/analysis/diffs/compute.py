"""A diff between two texts, where git has no blobs of them: an edit in place, a preview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from workbench.analysis.diffs.ends import common_ends
from workbench.analysis.diffs.model import ADDED, CONTEXT, REMOVED, FileDiff, FileStatus, Hunk, Line

_Code = tuple[str, int, int, int, int]


def diff_texts(
    path: str, old: str | None, new: str | None, context: int = 3, ignore_space: bool = False, old_path: str = ""
) -> FileDiff:
    """What changed from ``old`` to ``new``, None where there is no file; ``context`` lines stand around each change.

    ``ignore_space`` takes lines that differ in white space alone for the same: such a diff is to be read, not applied.
    """
    before, after = _lines(old), _lines(new)
    hunks = _hunks(before, after, max(0, context), ignore_space)
    status = FileStatus.ADDED if old is None else FileStatus.DELETED if new is None else FileStatus.MODIFIED
    if old_path and old_path != path:
        status = FileStatus.RENAMED
    return FileDiff(old_path or path, path, status, tuple(hunks))


def _lines(text: str | None) -> list[str]:
    """Lines with their line feeds."""
    if not text:
        return []
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _hunks(old: Sequence[str], new: Sequence[str], context: int, ignore_space: bool) -> list[Hunk]:
    codes = _codes(_squeezed(old), _squeezed(new)) if ignore_space else _codes(old, new)
    return [_hunk(group, old, new) for group in _groups(codes, context) if any(code[0] != "equal" for code in group)]


def _groups(codes: Iterable[_Code], context: int) -> Iterator[list[_Code]]:
    """``codes`` cut where more than twice ``context`` lines are equal, the rest of these left out."""
    group: list[_Code] = []
    for tag, a, b, c, d in codes:
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        if group and b - a > 2 * context:
            yield [*group, (tag, a, a + context, c, c + context)]
            group = []
        skip = 0 if group else max(0, b - a - context)
        group.append((tag, a + skip, b, c + skip, d))
    if group and group[-1][0] == "equal":
        tag, a, b, c, d = group.pop()
        over = max(0, b - a - context)
        group.append((tag, a, b - over, c, d - over))
    yield group


def _codes(old: Sequence[str], new: Sequence[str]) -> list[_Code]:
    """difflib's opcodes, computed on what is left when the common head and tail are taken off."""
    head, tail = common_ends(old, new)
    middle = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail]).get_opcodes()
    codes: list[_Code] = [("equal", 0, head, 0, head)] if head else []
    codes += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in middle]
    if tail:
        codes.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return codes


def _hunk(group: Sequence[_Code], old: Sequence[str], new: Sequence[str]) -> Hunk:
    lines: list[Line] = []
    for tag, a, b, c, d in group:
        if tag == "equal":
            lines += [_line(CONTEXT, text) for text in old[a:b]]
        else:
            lines += [_line(REMOVED, text) for text in old[a:b]]
            lines += [_line(ADDED, text) for text in new[c:d]]
    first, last = group[0], group[-1]
    return Hunk(first[1] + (last[2] > first[1]), first[3] + (last[4] > first[3]), tuple(lines))


def _line(sign: str, text: str) -> Line:
    return Line(sign, text.removesuffix("\n"), text.endswith("\n"))


def _squeezed(lines: Sequence[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]
