"""Headers are learned from a sample: any layout of times, levels, names and brackets."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from workbench.analysis.logs.header.format import match
from workbench.analysis.logs.header.learn import learn
from workbench.analysis.logs.times import Clock, read_time

MESSAGES = [
    "cache warmed in {n} ms",
    "request {n} from 10.0.{m}.7 took long",
    "user {n}: quota exceeded",
    "[pool {m}] exhausted",
    "error: disk {m} is slow",
    "shutting down",
    "queue has {n} entries, oldest {m} s",
]
NAMES = ["shop.web", "shop.cart", "db.pool", "worker"]
LAYOUTS = {
    "python": "2026-01-01 00:{m}:{s},123 {level} [{p}] {name}: {text}",
    "dashes": "2026-01-01 00:{m}:{s},123 - {name} - {level} - {text}",
    "basic": "{level}:{name}:{text}",
    "syslog": "Jan  1 00:{m}:{s} web-3 {name}[{p}]: {text}",
    "apache": "[Thu Jan 01 00:{m}:{s} 2026] [{lower}] {text}",
    "java": "2026-01-01 00:{m}:{s},123 {level} [IPC handler {p} on 80] {name}: {text}",
    "threads": "2026-01-01 00:{m}:{s},123 - {level:<5} [Peer[id=1]/0:0:0:2181:{name}@77] - {text}",
    "pipes": "20260101-00:{m}:{s}:606|{name}|3000{p}|{text}",
    "letters": "01-01 00:{m}:{s}.811  17{p}  23{p} {letter} {name}: {text}",
    "padded": "2026-01-01 00:{m}:{s}, {level:<20} {short}    {text}",
    "epochs": "- 17672256{s} 2026.01.01 R0{m} 2026-01-01-00.{m}.{s}.363779 R0{m} RAS KERNEL {level} {text}",
    "gunicorn": "[2026-01-01 00:{m}:{s} +0000] [{p}] [{level}] {text}",
    "uvicorn": "{level}:     {text}",
    "programs": "[01.01 00:{m}:{s}] {program} - {text}",
    "context": "app.log.1 2026-01-01 00:{m}:{s}.008 25{p} {level} {name} [req-{p}aa - - -] {text}",
    "nginx": "2026/01/01 00:{m}:{s} [{lower}] 12#{p}: {text}",
    "kernel": "[    {p}.3{m}{s}1] {text}",
    "logcat": "01-01 00:{m}:{s}.811 {letter}/{name:<12}({wide:>5}): {text}",
    "semicolons": "2026-01-01 00:{m}:{s};{level};{name};{text}",
    "commas": "2026-01-01T00:{m}:{s}Z,{level},{name},{text}",
    "quotes": '"2026-01-01 00:{m}:{s}","{level}","{name}",{text}',
    "level first": "{level};2026-01-01 00:{m}:{s},123;{name};{text}",
    "tabs": "2026-01-01 00:{m}:{s}\t{level}\t{name}\t{text}",
}


def lines_of(layout: str, count: int = 300) -> list[tuple[str, str, str]]:
    """(line, level, text) in one layout."""
    chance = random.Random(7)
    out = []
    for _ in range(count):
        level = chance.choice(["INFO", "INFO", "WARNING", "ERROR"])
        text = chance.choice(MESSAGES).format(n=chance.randrange(9999), m=chance.randrange(99))
        values = {
            "m": f"{chance.randrange(60):02d}",
            "s": f"{chance.randrange(60):02d}",
            "p": chance.randrange(10, 99),
            "wide": chance.randrange(700, 20000),
            "level": level,
            "lower": level.lower(),
            "letter": level[0],
            "name": chance.choice(NAMES),
            "short": chance.choice(["CBS", "CSI"]),
            "program": chance.choice(["chrome.exe", "chrome.exe *64", "mail.exe"]),
            "text": text,
        }
        out.append((LAYOUTS[layout].format(**values), level, text))
    return out


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_header_ends_where_the_text_begins(layout: str) -> None:
    lines = lines_of(layout)
    formats = learn([line for line, _, _ in lines])
    wrong = []
    for line, level, text in lines:
        header = match(line, formats)
        content = line[header.content :] if header else line
        if content != text and not (layout == "nginx" and content.endswith(text)):
            wrong.append((content, text))
        if (
            header
            and "{level" in LAYOUTS[layout] + "{lower}"
            and any(w in LAYOUTS[layout] for w in ("{level", "{lower"))
        ):
            assert header.level == level.lower(), line
    assert not wrong, wrong[:3]


def test_a_file_of_three_layouts_teaches_all_three() -> None:
    mixed = [line for layout in ("python", "uvicorn", "gunicorn") for line, _, _ in lines_of(layout, 100)]
    random.Random(1).shuffle(mixed)
    formats = learn(mixed)
    assert all(header is not None and header.level for header in (match(line, formats) for line in mixed))


def test_text_without_headers_teaches_none() -> None:
    assert learn(["the quick brown fox", "jumps over", "the lazy dog", "and so on"]) == ()


def test_a_traceback_between_headers_is_no_format() -> None:
    lines = [line for line, _, _ in lines_of("python", 50)]
    trace = ["Traceback (most recent call last):", '  File "/a.py", line 6, in f', "    return x", "KeyError: 'x'"]
    formats = learn([each for line in lines for each in (line, *trace)])
    assert len(formats) == 1
    assert all(match(line, formats) is None for line in trace)


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
TIMES = {
    "2026-01-01 00:00:00,000": 0,
    "2026-01-01T00:00:00.5Z": 0.5,
    "2026-01-01T02:00:00+02:00": 0,
    "2025-12-31T19:00:00-0500": 0,
    "01/Jan/2026:00:00:00 +0000": 0,
    "Thu Jan 01 00:00:01 2026": 1,
    "Thu Jan 01 00:00:01.250000 2026": 1.25,
    "2026/01/01 00:00:02": 2,
    "260101 000003": 3,
    "26/01/01 00:00:04": 4,
    "01-01 00:00:05.811": 5.811,
    "20260101-0:0:6:606": 6.606,
    "1767225607": 7,
    "1767225608000": 8,
    "1767225609000000": 9,
    "2026-01-01-00.00.10.363779": 10.363779,
    "01-Jan-2026 00:00:11.123": 11.123,
    "Jan  1 00:00:12": 12,
    "0101 00:00:13.5": 13.5,
    "31.12.2025 23:59:00": -60,
    "31-12-2025 23:59:00,5": -59.5,
    "1/1/2026 12:00:05 AM": 5,
    "12/31/2025, 11:59:30 PM": -30,
    "01.01.2026 12:00:01.25 PM": 43201.25,
    "Jan 1, 2026 12:00:07 AM": 7,
    "Jan 1, 2026 @ 00:00:08.500": 8.5,
    "01 Jan 00:00:09": 9,
    "2026-01-01 00:01": 60,
    "260101  0:00:10": 10,
}


@pytest.mark.parametrize("text", TIMES)
def test_times_are_read_in_utc(text: str) -> None:
    assert read_time(text, Clock(NEW_YEAR + 3600)) == pytest.approx(NEW_YEAR + TIMES[text])


def test_a_time_without_a_year_is_of_the_last_year_that_fits() -> None:
    december = datetime(2025, 12, 31, 23, 59, tzinfo=UTC).timestamp()
    assert read_time("Dec 31 23:59:00", Clock(NEW_YEAR + 60)) == december
    assert read_time("Dec 31 23:59:00", Clock(NEW_YEAR + 60, offset=3600)) == december - 3600


@pytest.mark.parametrize("text", ["", "no time", "99:99:99", "2026-13-45 00:00:00", "Feb 30"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text, Clock(NEW_YEAR)) is None
