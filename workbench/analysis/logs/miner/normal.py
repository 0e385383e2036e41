"""From the text of a record to the words of its template: quotes, dates, units and runs of values are evened out."""

from __future__ import annotations

import re
from collections.abc import Callable

from workbench.analysis.logs.miner.mask import VAR, mask_token
from workbench.analysis.logs.vocabulary import vocabulary

TOKENS = 120
"""Words of a record that are looked at; the rest of a longer one counts as one value."""
TEXT = 4000
"""Characters of a record that are looked at."""
NAME = 4
"""Words of what is quoted up to which it is a name; a longer one is a sentence."""
_CACHE = 40_000

_QUOTED = re.compile(r"(?<![\w\\])\"((?:[^\"\\]|\\.)*)\"|(?<![\w'\\])'([^']*)'(?!\w)|`([^`]*)`")
_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE) \S+(?: HTTP/[\d.]+)?$")
_SPACE_BEHIND = re.compile(r"=(?<=[\w)\]}]=)\s+(?=[^\s=])(?!\S*=)")
_SPACE_BEFORE = re.compile(r"\s+=\s*(?=[^\s=>])")
"""Blanks around an equals sign. What begins with a letter is found several times as fast."""
_REASONS: tuple[str, ...] = ("err=", "error=", "reason=", "cause=", "msg=", "message=", "desc=", "description=")
_REASON = re.compile(rf"(\b(?:{'|'.join(_REASONS)}))[^\s\"'=<({{\[][^=\"']*$")
_WHOLE = re.compile(r'((?:[^\s",]*,)*)"((?:[^"\\]|\\.|"")*)"')
"""A record that is one quoted field behind others without spaces: a line of values separated by commas."""
_SPACED_PATH = re.compile(r"\b[A-Za-z]:\\(?:[^\s\\\"'<>|,;]+(?: [^\s\\\"'<>|,;:]+){0,3}\\)+[^\s\\\"'<>|,;]*")
"""A path of Windows, of which folders may hold spaces."""
_LIST = re.compile(r"\[[^\s\[\],]+(?:, [^\s\[\],]+)+\]")
_NAMED_LIST = re.compile(r"(?<=: )[^\s,:=\[\](){}]+(?:, [^\s,:=\[\](){}]+)+$")
"""Lists of single words, in brackets or at the end behind a colon: they have any length."""
_SPACE = "\x01"
"""What stands for a space inside quotes, so that a quoted name of several words is one word."""
_FIELDS = re.compile(r"(?<![^\s;])[^\s;=<>]+;(?=[^\s;])")
"""Fields that semicolons alone separate (``PASSIVE_CHECK;host;service``): each is a word."""
_PAIRS = 3
"""Values behind ``=`` from which on a line is made of them, so that its last one may be several words."""
_NUMBER = re.compile(r"(?:\S*[(\[=:/,])?[-+<>~≈(\[]*\d[\d.,]*[)\]]?$")
_WORDS = re.compile(r"[^\W\d_]")
_LISTED = re.compile(r"[\w.-]+,?$")
_UNITS = vocabulary(
    "b kb mb gb tb pb kib mib gib tib byte bytes bit bits k m g t ns us µs ms s sec secs second seconds msec "
    "msecs usec millis milliseconds microseconds nanoseconds min mins minute minutes h hr hrs hour hours d day "
    "days week weeks hz khz mhz ghz % percent kbps mbps gbps kb/s mb/s b/s c f v mv mw w rpm bogomips am pm utc "
    "gmt z est edt cst cdt pst pdt cet cest bst ist jst"
)
_DATE_WORDS = vocabulary(
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb mar apr may "
    "jun jul aug sep oct nov dec january february march april june july august september october november "
    "december"
)
_ALIKE = str.maketrans("123456789", "000000000")
_cache: dict[str, tuple[str, str]] = {}
_alike: dict[str, str] = {}
_lettered: dict[str, bool] = {}


def template_words(text: str) -> tuple[str, ...]:
    """The words of the template of one record, before any comparison with others. Never two values side by side."""
    text = text[:TEXT]
    if text[-1:] == '"' and (whole := _WHOLE.fullmatch(text)):
        text = f"{whole[1]} {whole[2]}"
    if ":\\" in text:
        text = _SPACED_PATH.sub(VAR, text)
    if ", " in text:
        text = _NAMED_LIST.sub(VAR, _LIST.sub(f"[{VAR}]", text))
    if "=" in text:
        text = _SPACE_BEHIND.sub("=", text)
        if " =" in text or "\t=" in text:
            text = _SPACE_BEFORE.sub("=", text)
        if text.count("=") >= _PAIRS and any(map(text.__contains__, _REASONS)):
            text = _REASON.sub(rf"\1{VAR}", text)
    if '"' in text or "'" in text or "`" in text:
        text = _QUOTED.sub(_quoted, text)
    if text.count(";") > 1:
        text = _FIELDS.sub(r"\g<0> ", text)
    raw = text.split()
    cut = raw[TOKENS:]
    words = _runs(_values_of_lists(raw[:TOKENS], _mask))
    words = _once([*words, VAR] if cut and words[-1] != VAR else words)
    return tuple([word.replace(_SPACE, " ") for word in words] if _SPACE in text else words)


def _values_of_lists(raw: list[str], mask: Callable[[list[str]], list[str]]) -> list[str]:
    """Mask ``raw``; in a list of at least two ``name: value,`` the values vary, whatever they are."""
    if sum([word[-1] == ":" for word in raw]) < 2:
        return mask(raw)
    places = [
        at
        for at in range(1, len(raw))
        if raw[at - 1].endswith(":")
        and _LISTED.match(raw[at])
        and (raw[at].endswith(",") or raw[at + 1 : at + 2] == [])
    ]
    if len(places) > 1:
        raw = list(raw)
        for at in places:
            raw[at] = VAR + raw[at][len(raw[at].rstrip(",")) :]
    return mask(raw)


def _quoted(match: re.Match[str]) -> str:
    whole = match.group()
    inner = whole[1:-1]
    request = _REQUEST.match(inner)
    if request:
        return f"{whole[0]}{request.group(1)} {VAR}{whole[0]}"
    assigned = match.string[match.start() - 1 : match.start()] == "="
    if not assigned and " " in inner.strip() and not any(mark in inner for mark in "0123456789/\\{"):
        name = match.start() > 0 and inner.count(" ") < NAME
        return whole.replace(" ", _SPACE) if name else whole
    return VAR


def _mask(raw: list[str]) -> list[str]:
    words: list[str] = []
    for at, token in enumerate(raw):
        word, telling = _cache.get(token) or _masked(token)
        if not telling:
            words.append(word)
        elif telling in _UNITS and words and words[-1].endswith(VAR) and _NUMBER.match(raw[at - 1]):
            words[-1] += token[token.lower().rfind(telling) + len(telling) :]
        else:
            words.append(VAR if telling in _DATE_WORDS and _is_date(raw, at) else word)
    return words


def _masked(token: str) -> tuple[str, str]:
    """``token`` masked, and the unit or the part of a date that it is, else "". Which digits it has tells nothing."""
    if len(_cache) > _CACHE:
        for cache in (_cache, _alike, _lettered):
            cache.clear()
    alike = token.translate(_ALIKE)
    word = _alike.get(alike)
    if word is None:
        word = _alike[alike] = mask_token(alike)
    bare = token.strip("()[]{},;.:").lower()
    found = _cache[token] = word, bare if bare in _UNITS or bare in _DATE_WORDS else ""
    return found


def _is_date(raw: list[str], at: int) -> bool:
    before = raw[at - 1] if at else ""
    after = raw[at + 1] if at + 1 < len(raw) else ""
    dated = before[-1:].isdigit() or after[:1].isdigit() or after[:3].lower() in _DATE_WORDS
    return dated and raw[at].lstrip("([")[:1].isupper()


def _runs(words: list[str]) -> list[str]:
    out: list[str] = []
    run: list[str] = []
    for word in words:
        lettered = _lettered.get(word)
        if lettered is None:
            lettered = _lettered[word] = _WORDS.search(word) is not None
        if not lettered:
            run.append(word)
            continue
        if run:
            out += _joined(run)
            run = []
        out.append(word)
    return out + _joined(run)


def _once(words: list[str]) -> list[str]:
    """A value and the same word again and again (``1 ok 2 ok 3 ok``) stand once: lists have any length."""
    if words.count(VAR) < 2:
        return words
    out: list[str] = []
    for word in words:
        out.append(word)
        if len(out) > 3 and out[-2:] == out[-4:-2] and VAR in out[-2:]:
            del out[-2:]
    return out


def _joined(run: list[str]) -> list[str]:
    return [VAR] if any(VAR in word for word in run) else run
