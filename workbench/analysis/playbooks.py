"""Reading a playbook's TOML. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import fields

from workbench.case.errors import ToldError
from workbench.case.playbook import Playbook

_LISTS = ("analyzers", "rules", "packs", "fixers", "gates", "red")


class PlaybookError(ToldError, ValueError):
    """A playbook that cannot be read, or that there is not; the text says what is wrong and what would be right."""


def parse_playbook(name: str, text: str, origin: str) -> Playbook:
    """The playbook that stands in ``text``. Raises PlaybookError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlaybookError(f"{origin}: not TOML: {error}") from error
    known = {field.name for field in fields(Playbook)} - {"name", "origin"}
    if unknown := sorted(set(data) - known):
        raise PlaybookError(f"{origin}: no such key: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    for key in _LISTS:
        if key in data and not (isinstance(data[key], list) and all(isinstance(item, str) for item in data[key])):
            raise PlaybookError(f'{origin}: {key} must be a list of names, such as ["*", "!linters"]')
    if not isinstance(data.get("title", ""), str):
        raise PlaybookError(f"{origin}: title must be a text")
    lists = {key: tuple(data[key]) for key in _LISTS if key in data}
    return Playbook(name=name, title=data.get("title", ""), origin=origin, **lists)
