"""How long a call to another service may keep its caller waiting, as far as the code says it in figures. Pure.

The worst case of n attempts is n time-outs and the n - 1 pauses between them. A time-out of requests and httpx bounds a
connect and each read, not a whole answer: a peer that sends a little all the time takes longer.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from math import inf

_TENACITY = frozenset("wait retry reraise sleep before after before_sleep retry_error_cls retry_error_callback".split())
"""Words of ``tenacity.retry`` beside ``stop``: a decorator with others is of another library."""


def longest_wait(timeout: ast.expr | None, retry: ast.expr | None) -> float | None:
    """Seconds in the worst case; infinite where nothing bounds the call or its repetition, None where that is not in
    figures. ``retry`` is the decorator that repeats the call."""
    if timeout is None or (isinstance(timeout, ast.Constant) and timeout.value is None):
        return inf
    each = _seconds(timeout)
    if each is None:
        return None
    return each if retry is None else _repeated(each, retry)


def _repeated(each: float, retry: ast.expr) -> float | None:
    words = _keywords(retry)
    text = ast.unparse(retry.func if isinstance(retry, ast.Call) else retry)
    if "stamina" in text:
        limit = _number(words.get("timeout"), 45)
        return None if limit is None else limit + each
    if "backoff" in text:
        attempts, limit = _number(words.get("max_tries"), inf), _number(words.get("max_time"), inf)
        if limit is not None and limit < inf:
            return limit + each
        return inf if attempts == inf else None
    stop = words.get("stop")
    if stop is None:
        plain = set(words) <= _TENACITY and not (isinstance(retry, ast.Call) and retry.args)
        return inf if text in ("tenacity.retry", "retry") and plain else None
    name, given = _called(stop)
    if name == "stop_after_delay" and given:
        return given[0] + each
    pauses = _pauses(words.get("wait"), int(given[0]) - 1) if name == "stop_after_attempt" and given else None
    return None if pauses is None else given[0] * each + pauses


def _pauses(wait: ast.expr | None, times: int) -> float | None:
    """Seconds of ``times`` pauses of tenacity."""
    if wait is None:
        return 0.0
    name, given = _called(wait)
    if name == "wait_fixed" and given:
        return times * given[0]
    words = _keywords(wait)
    if name == "wait_exponential" and not given:
        first, most = _number(words.get("multiplier"), 1), _number(words.get("max"), inf)
        least = _number(words.get("min"), 0)
        if first is not None and most is not None and least is not None:
            return float(sum(max(least, min(first * 2**turn, most)) for turn in range(times)))
    return None


def _called(node: ast.expr) -> tuple[str, Sequence[float]]:
    """The last name of a call, and its arguments where all are figures."""
    if not isinstance(node, ast.Call):
        return "", ()
    figures = [_number(each) for each in node.args]
    name = ast.unparse(node.func).rpartition(".")[2]
    return name, [each for each in figures if each is not None] if None not in figures else ()


def _seconds(timeout: ast.expr) -> float | None:
    """A time-out in figures; of (connect, read) the sum."""
    if isinstance(timeout, ast.Tuple):
        parts = [_number(each) for each in timeout.elts]
        return None if None in parts else sum(each for each in parts if each is not None)
    return _number(timeout)


def _number(node: ast.expr | None, missing: float | None = None) -> float | None:
    if node is None:
        return missing
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _keywords(node: ast.expr) -> Mapping[str, ast.expr]:
    return {each.arg: each.value for each in node.keywords if each.arg} if isinstance(node, ast.Call) else {}
