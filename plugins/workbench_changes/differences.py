"""What differs between two versions of lock files, settings, environment, containers and migrations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.api import ChangeKind, part_of
from workbench_changes.locks import versions


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a release changed. ``line`` is of the new version, 0 where it went."""

    kind: ChangeKind
    name: str
    summary: str
    path: str
    line: int = 0
    part: str = ""


_SETTING = re.compile(
    r"^\s*(?:export\s+|ENV\s+|-\s+|\")?(?P<name>[A-Za-z_][\w.-]*)\"?\s*(?:=|:(?!:)|\s(?=\S+$))"
    r"\s*(?P<value>\S.*?)\s*,?\s*$"
)
_FROM = re.compile(r"^\s*(?P<name>FROM|CMD|ENTRYPOINT|EXPOSE|USER|HEALTHCHECK)\s+(?P<value>.+?)\s*$")
_DEFAULT = re.compile(
    r"""(?:environ(?:\.get)?|getenv|env|config)\s*[(\[]\s*["'](?P<name>[A-Z_a-z][\w.-]+)["']\s*,"""
    r"""\s*(?P<value>[^,)]+)"""
)
_FLAG = re.compile(r"flag|feature|toggle|(?:^|_)(?:enable|disable|use)d?(?:_|$)", re.I)
_OPERATION = re.compile(r"\b(?:migrations|op)\.(?P<name>\w+)\(")
_TABLE = re.compile(r"""(?:model_name|name)=["'](\w+)["']|op\.\w+\(\s*["'](\w+)["']""")
_COMMENT = re.compile(r"^\s*(?:#|//|;|--)")
_VALUE = 60
"""Characters of a value that are shown."""


def differences(path: str, old: str, new: str) -> list[Difference]:
    """What ``path`` changed from ``old`` to ``new`` (empty where it was not there)."""
    part = part_of(path)
    if part == "lock":
        return list(_locks(path, versions(path, old), versions(path, new), new))
    if part == "migration":
        return [] if old or not new else [_migration(path, new)]
    if part == "ci":
        return [Difference(ChangeKind.CONFIGURATION, path, f"CI: {path.rpartition('/')[2]} changed", path, 1, part)]
    if part in ("settings", "container"):
        return list(_settings(path, _read(old), _read(new), part))
    return list(_settings(path, _defaults(old), _defaults(new), "default"))


def _locks(path: str, old: Mapping[str, str], new: Mapping[str, str], text: str) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        before, after = old.get(name, ""), new.get(name, "")
        if before == after:
            continue
        summary = f"{name} {_between(before, after)}"
        yield Difference(ChangeKind.DEPENDENCY, name, summary, path, _line(text, name), "lock")


def _settings(
    path: str, old: Mapping[str, tuple[str, int]], new: Mapping[str, tuple[str, int]], part: str
) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, _ = old.get(name, ("", 0))
        after, line = new.get(name, ("", 0))
        if before == after:
            continue
        kind = ChangeKind.FLAG if _FLAG.search(name) else ChangeKind.CONFIGURATION
        shown = _between(_cut(before), _cut(after))
        what = "default of " if part == "default" else ""
        yield Difference(kind, name, f"{what}{name} {shown}", path, line, part)


def _between(before: str, after: str) -> str:
    if before and after:
        return f"{before} → {after}"
    return f"{after} added" if after else f"{before} removed"


def _migration(path: str, text: str) -> Difference:
    tables = [next(filter(None, groups)) for groups in _TABLE.findall(text)]
    told = ", ".join(dict.fromkeys(_OPERATION.findall(text)))
    name = f"{path.split('/migrations/')[0].rpartition('/')[2]}/{path.rpartition('/')[2].rpartition('.')[0]}"
    summary = f"migration {name}{f': {told}' if told else ''}{f' on {tables[0]}' if tables else ''}"
    return Difference(ChangeKind.MIGRATION, tables[0] if tables else name, summary, path, 1, "migration")


def _read(text: str) -> dict[str, tuple[str, int]]:
    """Settings by name: value and line. A name that stands twice is told by its place: ``image``, ``image#2``."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = None if _COMMENT.match(line) else _FROM.match(line) or _SETTING.match(line)
        if match is None:
            continue
        name, times = match["name"], 1
        while name in found:
            times += 1
            name = f"{match['name']}#{times}"
        found[name] = (match["value"].split("  #")[0].strip("\"'"), number)
    return found


def _defaults(text: str) -> dict[str, tuple[str, int]]:
    """Defaults of environment variables that code reads."""
    return {
        match["name"]: (match["value"].strip("\"' "), text.count("\n", 0, match.start()) + 1)
        for match in _DEFAULT.finditer(text)
    }


def _line(text: str, name: str) -> int:
    found = re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text, re.I)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _cut(value: str) -> str:
    return value if len(value) <= _VALUE else f"{value[: _VALUE - 1]}…"
