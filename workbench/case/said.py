"""What somebody's word at a case looks like: the fields of the kinds in ``roles.SAID`` and the type of each. Pure.

Decoding believes the types of what it is given. A word comes from whoever may comment, over a line or by plain SQL, is
kept for good and shown to everybody: a number in the place of a text would spoil every screen that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Form = Callable[[Any], bool]

LINES = 1 << 31
"""Lines that a file can have."""


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _line(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LINES


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(value: Any) -> bool:
    """A finite one, or none."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and -1e300 < value < 1e300


def _several(form: Form) -> Form:
    return lambda value: isinstance(value, list | tuple) and all(map(form, value))


def _record(forms: Mapping[str, Form]) -> Form:
    return lambda value: isinstance(value, Mapping) and not _wrong(forms, value)


_PLACE = {"text": _text, "path": _text, "line": _line, "ref": _text}
_EVIDENCE = {**_PLACE, "digest": _text}
_CAUSE = {
    **dict.fromkeys(("id", "statement", "cause_class", "status"), _text),
    **dict.fromkeys(("next_check", "path", "by", "judged_by", "because"), _text),
    "confidence": _number,
    "line": _line,
    "supporting": _several(_record(_EVIDENCE)),
    "against": _several(_record(_EVIDENCE)),
}

FORMS: Mapping[str, Mapping[str, Form]] = {
    "note.added": {"text": _text, "blob": _text},
    "comment.added": _PLACE,
    "evidence.pinned": _PLACE,
    "triage.set": {
        **dict.fromkeys(("fingerprint", "state", "title", "reason", "link"), _text),
        "rate": _number,
        "kinds": _several(_text),
    },
    "cause.added": {"cause": _record(_CAUSE)},
    "cause.judged": {
        **dict.fromkeys(("cause", "status", "statement"), _text),
        "value": _record(_CAUSE),
        "evidence": _record(_EVIDENCE),
    },
    "error.grouped": {
        **dict.fromkeys(("action", "variant", "reason", "title"), _text),
        "errors": _several(_text),
    },
    "entry.starred": {"entry": _text, "starred": _flag},
    "entry.corrected": {"entry": _text, "text": _text},
}
"""By kind, the form of each of its fields; others are passed over."""


def misshapen(kind: str, data: Mapping[str, Any]) -> str:
    """Which field of a word is of another type than it has to be; empty where none is, and for other kinds."""
    forms = FORMS.get(kind)
    if forms is None:
        return ""
    return _wrong(forms, data) if isinstance(data, Mapping) else "its data"


def _wrong(forms: Mapping[str, Form], data: Mapping[str, Any]) -> str:
    return next((name for name, value in data.items() if name in forms and not forms[name](value)), "")
