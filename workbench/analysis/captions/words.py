"""Groups of names as a caption of a few words."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.captions.roles import PLAIN, Group, groups_of
from workbench.analysis.outline import Outline

LONGEST = 48
"""Characters of a caption at most."""

_SINGULAR = {
    "classes": "class",
    "middleware": "middleware",
    "settings": "settings",
    "URL routes": "URL routes",
    "migration": "migration",
}


def caption(path: str, outline: Outline) -> str:
    """A few words on a file: "User, Token models", "login, refresh endpoints"; of one without symbols what its
    documentation says first, or nothing."""
    return caption_of(groups_of(path, outline)) or _first_words(outline.doc)


def caption_of(groups: Sequence[Group]) -> str:
    """The caption of a file's groups: the first telling one, a second where it fits, plain symbols only when alone."""
    plain = next((at for at, group in enumerate(groups) if group.role in PLAIN), len(groups))
    said = ""
    for group in groups[: max(1, min(plain, 3))]:
        room = LONGEST - len(said) - (2 if said else 0)
        part = _phrase(group, room)
        if part:
            said = f"{said}; {part}" if said else part
    return said


def folder_caption(groups: Sequence[Group]) -> str:
    """The caption of a folder from the groups of all files below: "12 models, 30 endpoints, 4 tasks" when such make up
    a fifth of it, else its largest classes or functions."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group.role] = counts.get(group.role, 0) + max(1, len(group.names))
    telling = [role for role in counts if role not in PLAIN and (role != "exceptions" or len(counts) == 1)]
    if telling and 5 * sum(counts[role] for role in telling) >= sum(counts.values()):
        telling.sort(key=lambda role: (-counts[role], role))
        return _joined([f"{counts[role]} {_named(role, counts[role])}" for role in telling], LONGEST)
    for role in PLAIN:
        sized = [item for group in groups if group.role == role for item in zip(group.lines, group.names, strict=True)]
        if sized:
            public = sorted(sized, key=lambda item: (item[1].startswith("_"), -item[0], item[1]))
            return _phrase(Group(role, tuple(dict.fromkeys(name for _, name in public))), LONGEST)
    return ""


def _phrase(group: Group, room: int) -> str:
    """``User, Token models`` in at most ``room`` characters, ``User … models`` when more stand in the file."""
    if not group.names:
        return group.role if len(group.role) <= room else ""
    for shown in range(min(3, len(group.names)), 0, -1):
        more = " …" if shown < len(group.names) else ""
        said = f"{', '.join(group.names[:shown])}{more} {_named(group.role, len(group.names))}"
        if len(said) <= room:
            return said
    counted = f"{len(group.names)} {_named(group.role, len(group.names))}"
    return counted if len(counted) <= room else ""


def _named(role: str, count: int) -> str:
    return role if count != 1 else _SINGULAR.get(role, role.removesuffix("s"))


def _joined(parts: Sequence[str], room: int) -> str:
    said = parts[0]
    for part in parts[1:4]:
        if len(said) + 2 + len(part) <= room:
            said = f"{said}, {part}"
    return said


def _first_words(doc: str) -> str:
    line = doc.rstrip(".").replace("`", "")
    if len(line.split()) < 3:
        return ""
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rpartition(" ")[0] + " …"
