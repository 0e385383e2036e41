"""What the files of a merged log are called beside their rows: as short as tells them apart. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.logs.rows.model import LogFile

_END = ".log"
"""What nearly all names end with, and need not."""


def source_names(files: Sequence[LogFile]) -> list[str]:
    """A name for each file; all empty where there is one log only, whose rotated files count as one.

    The last part of the path, with folders before it or the host where that is the same in several.
    """
    known = list(dict.fromkeys((file.host, file.label) for file in files))
    if len(known) < 2:
        return [""] * len(files)
    hosts = {host for host, _ in known}
    labels = {label for _, label in known}
    if len(labels) == 1 or (len(hosts) == len(known) and all(hosts) and len(set(map(_tail, labels))) == 1):
        names = {each: each[0] or "here" for each in known}
    else:
        names = {each: _shortest(each, known) for each in known}
    bare = {each: name.removesuffix(_END) for each, name in names.items()}
    if len(set(bare.values())) == len(known) and all(bare.values()):
        names = bare
    return [names[file.host, file.label] for file in files]


def _shortest(of: tuple[str, str], known: Sequence[tuple[str, str]]) -> str:
    host, label = of
    alike = [each for each in known if each != of and _tail(each[1]) == _tail(label)]
    if not alike:
        return _tail(label)
    if host and all(other != host for other, _ in alike):
        return f"{host} {_tail(label)}"
    others = [other.rstrip("/").split("/") for _, other in alike]
    parts = label.rstrip("/").split("/")
    for count in range(2, len(parts) + 1):
        if all(other[-count:] != parts[-count:] for other in others):
            return "/".join(part for part in parts[-count:] if part)
    return f"{host} {label}".strip()


def _tail(label: str) -> str:
    return label.rstrip("/").rpartition("/")[2] or label
