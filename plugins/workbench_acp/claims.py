"""The claims in an agent's answer: a JSON list, alone or between backticks. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.api import CauseClass, Claim

MOST = 8
"""Claims, and places of each, that are looked at."""

_FENCED = re.compile(r"```[a-z]*\n(.*?)```", re.DOTALL)


def claims_in(text: str) -> list[Claim]:
    """Every claim of the answer that has a statement, in its order; none where there is no list of them."""
    for part in (*_FENCED.findall(text), text):
        try:
            listed = json.loads(part)
        except ValueError:
            continue
        if isinstance(listed, list):
            return [made for each in listed[:MOST] if (made := _claim(each)) is not None]
    return []


def _claim(data: Any) -> Claim | None:
    if not isinstance(data, Mapping) or not str(data.get("statement") or "").strip():
        return None
    known = {each.value: each for each in CauseClass}
    places = data.get("places")
    cited = tuple(_places(places[:MOST])) if isinstance(places, list) else ()
    return Claim(str(data["statement"]).strip()[:500], known.get(str(data.get("class")), CauseClass.CODE), cited)


def _places(listed: list[Any]) -> Iterator[tuple[str, int, str]]:
    for each in listed:
        if isinstance(each, Mapping) and isinstance(each.get("path"), str):
            line = each.get("line")
            yield each["path"], line if isinstance(line, int) else 0, str(each.get("text") or "")
