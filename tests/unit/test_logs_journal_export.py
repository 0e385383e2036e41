"""The journal's export format as a file: what `journalctl -o export` wrote on a machine that is not this one."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_logs_formats import read
from workbench.analysis.logs.scan.journal_export import as_json, is_export
from workbench.analysis.logs.scan.read import Forgiving

TRACE = 'Traceback (most recent call last):\n  File "/srv/shop/cart.py", line 7, in total\n    sum(x)\nTypeError: no'


def field(name: str, value: bytes) -> bytes:
    """A field as journalctl writes it: plain only where it is one line of text."""
    if b"\n" not in value and value.decode(errors="ignore").encode() == value:
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"


def export(*messages: bytes) -> bytes:
    """An export of error records, one second apart."""
    return b"".join(
        f"__CURSOR=s=7;i={at}\n__REALTIME_TIMESTAMP={1767225600 + at}000000\n_BOOT_ID=b\nPRIORITY=3\n".encode()
        + field("MESSAGE", message)
        + b"_HOSTNAME=web-3\n\n"
        for at, message in enumerate(messages)
    )


def messages_of(data: bytes) -> list[bytes]:
    """The messages of an export, read as a log is."""
    stream = Forgiving(as_json(io.BytesIO(data)))
    told = [json.loads(line)["MESSAGE"] for line in stream.read(len(data) * 8 + 1).splitlines()]
    return [bytes(each) if isinstance(each, list) else each.encode() for each in told]


@pytest.mark.parametrize("packed", [False, True])
def test_an_export_is_read_like_the_journal_itself(tmp_path: Path, packed: bool) -> None:
    data = export(b"boom 1", TRACE.encode(), b"caf\xe9 burns", b"boom 2")
    path = tmp_path / "web-3.export"
    path.write_bytes(gzip.compress(data) if packed else data)
    _, said = read(path)
    assert {error.message for error in said.errors} >= {"boom <*>", "no"}
    (trace,) = (error for error in said.errors if error.type == "TypeError")
    assert [(frame.path, frame.line) for frame in trace.frames] == [("/srv/shop/cart.py", 7)]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_every_message_comes_as_it_was(messages: list[bytes]) -> None:
    assert messages_of(export(*messages)) == messages


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_one_that_breaks_off_gives_what_is_whole(messages: list[bytes], data: st.DataObject) -> None:
    whole = export(*messages)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert messages_of(whole[:cut]) == messages[: whole[:cut].count(b"_HOSTNAME=web-3\n\n")]


def test_other_files_are_no_export() -> None:
    assert not is_export(b"2026-01-01 00:00:00 __CURSOR=1")
    assert is_export(export(b"x"))
