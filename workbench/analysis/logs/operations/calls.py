"""Calls to other hosts, as client and access logs tell them: host, outcome, duration, retry."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

from workbench.analysis.logs.operations.picked import Picked

_HTTP = r"h(?<![\d-] \"h)(?<!\+h)ttps?://"
"""Not the page that a browser came from, nor the one in its name: an access log tells them of every request. Begins
with a letter, which is searched for faster."""
WANTED = re.compile(
    _HTTP.encode() + rb"|ConnectionPool\(host=|connect to host |server at \"|\"(?:peer|upstream)|upstream_addr"
)
"""Bytes of a line that may be about a call."""
KEPT = 20_000
"""Calls of one row whose time and duration are kept; of more every second, fourth, … one's, and counts stay exact."""
HOSTS = 200

_URL = re.compile(
    _HTTP + r"(?:[^\s/@\"']*@)?(?P<host>\[[0-9a-f:]+\]|[\w.-]+)(?::(?P<port>\d+))?[^\s\"'<>,)]*",
    re.I,
)
_POOL = re.compile(
    r"ConnectionPool\(host='(?P<host>[^']+)'|connect to host (?P<to>[\w.-]+)|server at \"(?P<at>[^\"]+)\"", re.I
)
_METHOD = re.compile(r"\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b")
_STATUS = re.compile(
    r"(?:HTTP/[\d.]+\"?|\bstatus(?:_code)?[=: ]|->|→|returned|answered|got|\")\s*\"?(?P<status>[1-5]\d\d)\b", re.I
)
_BARE = re.compile(r"^\W*(?P<status>[1-5]\d\d)\b")
_SECONDS = re.compile(
    r"(?:\b(?:duration|elapsed|latency|took|in|after)[=: ]+|\s)(?P<value>\d+(?:\.\d+)?) ?(?P<unit>ms|s|sec)\b",
    re.I,
)
_RETRY = re.compile(r"\bretry(?:ing)?\b|\bretries left\b|\bRetry\(total|\battempt[ =:#]*[2-9]\b", re.I)
_TIMEOUT = re.compile(r"time[d -]*out\b|timeout", re.I)
_BROKEN = re.compile(
    r"connection (?:refused|reset|aborted|broken|failed|error)|connect(?:ion)?error|max retries exceeded|unreachable"
    r"|name or service not known|no route to host|unavailable|failed to establish|remote end closed|cannot connect",
    re.I,
)
_RAISED = re.compile(r"^[\w.]+(?:Error|Exception|Timeout|Refused)\b")

_PEERS = ("upstream", "upstream_host", "upstream_addr", "peer.service", "peer", "server.address", "http.host")
_DURATIONS = (("duration_ms", 1e-3), ("elapsed_ms", 1e-3), ("latency_ms", 1e-3), ("upstream_response_time", 1.0))


@dataclass
class CallRow:
    """The calls of one host, or the requests of one endpoint. ``times``, ``failed`` and ``seconds`` hold every
    ``stride``-th one; -1 for no duration."""

    calls: int = 0
    failures: int = 0
    timeouts: int = 0
    retries: int = 0
    raised: int = 0
    times: array[float] = field(default_factory=lambda: array("d"))
    failed: array[int] = field(default_factory=lambda: array("b"))
    seconds: array[float] = field(default_factory=lambda: array("d"))
    stride: int = 1
    sample: str = ""
    first_failure: float | None = None

    def call(self, call: Call, at: float | None, text: str) -> None:
        """Count one call."""
        self.calls += 1
        self.failures += call.failed
        self.timeouts += call.timeout
        self.retries += call.retry
        if call.failed and not self.sample:
            self.sample = text[:300]
        if call.failed and at is not None:
            self.first_failure = at if self.first_failure is None else min(at, self.first_failure)
        if at is not None and self.calls % self.stride == 0:
            self.times.append(at)
            self.failed.append(call.failed)
            self.seconds.append(-1.0 if call.seconds is None else call.seconds)
            self._thin()

    def add(self, other: CallRow) -> None:
        """Count the calls of another part."""
        for name in ("calls", "failures", "timeouts", "retries", "raised"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.sample = self.sample or other.sample
        firsts = [each for each in (self.first_failure, other.first_failure) if each is not None]
        self.first_failure = min(firsts, default=None)
        self.times.extend(other.times)
        self.failed.extend(other.failed)
        self.seconds.extend(other.seconds)
        self._thin()

    def _thin(self) -> None:
        while len(self.times) > KEPT:
            self.times, self.failed, self.seconds = self.times[1::2], self.failed[1::2], self.seconds[1::2]
            self.stride *= 2


@dataclass(frozen=True, slots=True)
class Call:
    """One line about a call. ``raised`` says that it is an exception's line: the call was perhaps counted before."""

    host: str
    failed: bool
    timeout: bool = False
    retry: bool = False
    raised: bool = False
    seconds: float | None = None


def call_in(line: Picked) -> Call | None:
    """The call that ``line`` is about; None for an address that is only mentioned."""
    text = line.text
    fields = dict(line.parsed.fields)
    url, pool = _URL.search(text), _POOL.search(text)
    named = line.field(*_PEERS)
    address = _URL.search(named or line.field("url", "http.url", "url.full"))
    host = (
        _host(address)
        or named
        or (_host(url) if url else "")
        or (next(filter(None, pool.groups()), "") if pool else "")
    )
    if not host or len(host) > 120:
        return None
    after = text[url.end() :] if url else text
    status = _status(fields, text, after, url is not None)
    timeout, broken = bool(_TIMEOUT.search(text)), bool(_BROKEN.search(text))
    if status is None and not (timeout or broken):
        return None
    if status is not None and not (named or address or pool or _METHOD.search(text)):
        return None
    failed = status >= 500 or status == 429 if status is not None else True
    return Call(
        host.lower(),
        failed,
        timeout and (failed or status in (408, 504)),
        bool(_RETRY.search(text)),
        status is None and bool(_RAISED.search(text)),
        _duration(fields, after),
    )


def _host(url: re.Match[str] | None) -> str:
    if url is None:
        return ""
    return url["host"] + (f":{url['port']}" if url["port"] and url["port"] not in ("80", "443") else "")


def _status(fields: dict[str, str], text: str, after: str, url: bool) -> int | None:
    for name in ("status", "status_code", "http.status_code", "upstream_status", "http.response.status_code"):
        value = fields.get(name, "")[:3]
        if value.isdigit():
            return int(value)
    found = (_BARE.search(after) or _STATUS.search(after) if url else None) or _STATUS.search(text)
    return int(found["status"]) if found else None


def _duration(fields: dict[str, str], after: str) -> float | None:
    for name, scale in _DURATIONS:
        try:
            return float(fields[name]) * scale
        except (KeyError, ValueError):
            continue
    found = _SECONDS.search(after)
    return float(found["value"]) * (1e-3 if found["unit"].lower() == "ms" else 1.0) if found else None
