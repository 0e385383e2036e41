"""Captions of a whole tree, for a worker process."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.captions.roles import Group, groups_of
from workbench.analysis.captions.words import caption, folder_caption
from workbench.analysis.index import file_key, load_records, opened
from workbench.analysis.index.view import read_listing
from workbench.analysis.languages import is_indexed, is_test

BATCH = 400


def captions_chunk(index_path: str, listing: str, below: str = "") -> list[tuple[str, str]]:
    """(path, caption) of every indexed file and every folder of the tree stored under ``listing``, sorted by path; only
    those below the folder ``below`` when it is given. Folders end with ``/``; a folder of tests says so.

    Raises DamagedIndexError, KeyError for a listing that is not in the index.
    """
    with opened(index_path) as db:
        entries = [entry for entry in read_listing(db, listing) if entry[0].startswith(below) and is_indexed(entry[0])]
        found: dict[str, str] = {}
        groups: dict[str, list[Group]] = {}
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            records = load_records(db, [file_key(path, blob) for path, blob in batch])
            for path, blob in batch:
                record = records.get(file_key(path, blob))
                if record is not None:
                    found[path] = caption(path, record.outline)
                    _hand_up(groups, path, groups_of(path, record.outline))
    found.update({folder: folder_caption(below_it) for folder, below_it in groups.items()})
    return sorted(found.items())


def _hand_up(groups: dict[str, list[Group]], path: str, own: Sequence[Group]) -> None:
    if is_test(path):
        own = [Group("tests", group.names) for group in own if group.role == "tests"]
    at = path.rfind("/")
    while at > 0:
        groups.setdefault(path[: at + 1], []).extend(own)
        at = path.rfind("/", 0, at)
