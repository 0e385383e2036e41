"""Traces of other languages where a container's runtime, the journal, syslog or a logger stands before every line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.traces import DEEPEST, TRACES
from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.formats.frames import is_part
from workbench.analysis.logs.rows.unfold import unfolded
from workbench.analysis.logs.scan.part import scan_whole, survey

COUNT = 4
SHAPES = ("compose", "kubectl", "docker", "cri", "json-file", "journald", "syslog", "a header on every line")


def wrapped(line: str, shape: str, at: str, micros: int) -> str:
    """One line as it stands behind what wrote it down."""
    stamp = f"2026-01-01T{at}.{micros:06d}000Z"
    return {
        "compose": f"web-1  | {stamp} {line}",
        "kubectl": f"[pod/web-7d9f-x2x/app] {stamp} {line}",
        "docker": f"{stamp} {line}",
        "cri": f"{stamp} stderr F {line}",
        "json-file": json.dumps({"log": line + "\n", "stream": "stderr", "time": stamp}),
        "journald": json.dumps(
            {"__REALTIME_TIMESTAMP": f"{1767225600000000 + micros}", "PRIORITY": "6", "_PID": "7", "MESSAGE": line}
        ),
        "syslog": f"Jan  1 {at} web-3 shop[12]: {line}",
        "a header on every line": f"2026-01-01 {at},123 ERROR [10] shop.web: {line}",
    }[shape]


def read(path: Path, lines: list[str]) -> Digest:
    path.write_text("\n".join(lines) + "\n")
    return digest(scan_whole(survey(str(path))[0]).finish(), Lens())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", TRACES)
def test_a_trace_is_one_error_with_frames(language: str, shape: str, tmp_path: Path) -> None:
    lines = []
    for n in range(COUNT):
        at, micros = f"00:0{n}:00", n * 60_000_000
        text = TRACES[language].replace("@", str(n))
        lines += [wrapped("served a page", shape, at, micros).replace(" ERROR ", " INFO ")] * 2
        lines += [wrapped(line, shape, at, micros + k) for k, line in enumerate(text.split("\n"))]
    said = read(tmp_path / "app.log", lines)
    (error,) = said.errors
    assert error.count == COUNT, "the addresses that differ do not part it"
    frame = error.frames[-1]
    assert (error.type, frame.path, frame.line, frame.function) == DEEPEST[language]
    assert max(pattern.count for pattern in said.patterns) == 2 * COUNT


@pytest.mark.parametrize("shape", SHAPES)
def test_panics_without_a_backtrace_are_told_apart_by_their_message(shape: str, tmp_path: Path) -> None:
    panic = "thread 'main' panicked at src/cart.rs:{}:9:\n{}\nnote: run with `RUST_BACKTRACE=1` to display a backtrace"
    said = ("index out of bounds: the len is 3 but the index is {n}", "called `Option::unwrap()` on a `None` value")
    lines = []
    for n in range(COUNT):
        for at, message in enumerate(said):
            text = panic.format(14 + 30 * at, message.format(n=n))
            lines += [wrapped(line, shape, f"00:0{n}:{at:02d}", n * 60_000_000) for line in text.split("\n")]
    errors = read(tmp_path / "app.log", lines).errors
    assert [(error.count, error.frames[-1].path) for error in errors] == [(COUNT, "src/cart.rs")] * 2
    assert {error.type.split()[1] for error in errors} == {"index", "called"}


def test_a_stack_without_an_exception_is_named_by_its_message(tmp_path: Path) -> None:
    stack = "main.charge\n\t/srv/app/pay.go:27\nmain.handle\n\t/srv/app/main.go:55"
    told = [("charge failed", "card declined"), ("refund failed", "no such order")]
    lines = [
        json.dumps({"level": "error", "ts": 1767225600.5 + n, "msg": what, "error": why, "stacktrace": stack})
        for n in range(COUNT)
        for what, why in told
    ]
    errors = sorted(read(tmp_path / "app.log", lines).errors, key=lambda error: error.type)
    assert [(error.type, error.message, error.count) for error in errors] == [(*each, COUNT) for each in told]
    assert all(error.frames[-1].path == "/srv/app/pay.go" for error in errors)


@pytest.mark.parametrize(
    "text", ["cache.clear()", "reload(5)", "3: started", "at noon (or so)", "at /login we wait", "note: run it", "main"]
)
def test_words_of_a_program_are_no_part_of_a_trace(text: str) -> None:
    assert not is_part(text)


@pytest.mark.parametrize("wrap", [str, lambda line: f"web-1  | {line}"])
def test_a_traceback_in_a_field_is_unfolded_to_be_read(wrap: Callable[[str], str]) -> None:
    line = wrap(json.dumps({"event": "failed", "exception": TRACES["java"]}))
    assert unfolded([line, wrap("served a page")]) == TRACES["java"].split("\n")


def whole(text: str, shape: str, minute: int) -> str:
    """A message with all its lines in one field."""
    stamp = f"2026-01-01T00:{minute:02d}:00Z"
    return json.dumps(
        {
            "journald": {"__REALTIME_TIMESTAMP": f"{1767225600 + 60 * minute}000000", "PRIORITY": "3", "MESSAGE": text},
            "message": {"time": stamp, "level": "error", "message": text},
            "json-file": {"log": text + "\n", "stream": "stderr", "time": stamp},
        }[shape]
    )


@pytest.mark.parametrize(
    "head", ["", "Internal Server Error: /cart/7\n", "2026-01-01 00:00:00,123 ERROR shop: no cart\n"]
)
@pytest.mark.parametrize("shape", ["journald", "message", "json-file"])
@pytest.mark.parametrize("language", TRACES)
def test_a_trace_in_one_message_is_one_error_with_frames(language: str, shape: str, head: str, tmp_path: Path) -> None:
    texts = [head + TRACES[language].replace("@", str(n)) for n in range(COUNT)]
    (error,) = read(tmp_path / "app.log", [whole(text, shape, n) for n, text in enumerate(texts)]).errors
    frame = error.frames[-1]
    assert (error.count, error.type, frame.path, frame.line, frame.function) == (COUNT, *DEEPEST[language])
