"""Values of several words, without a digit or of any length: what programs of other kinds write for parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.logs.header.format import match
from workbench.analysis.logs.header.learn import learn
from workbench.analysis.logs.miner.mask import VAR, mask_token
from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.miner.templates import group

NAMES = ("orders", "billing", "search", "mailer", "stock")
WORDS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=8)


def count(*lines: str) -> int:
    """How many templates the lines have."""
    return len(set(group(list(dict.fromkeys(map(template_words, lines))))[0]))


@given(WORDS, WORDS)
def test_a_list_of_any_length_is_one_value(some: list[str], others: list[str]) -> None:
    told = [f"waiting for queues: {', '.join(each)}" for each in (some, others, NAMES)]
    assert count(*told, "waiting for nothing") == 2
    within = [f"worker 3 serves [{', '.join(each)}] now" for each in (some, others) if len(each) > 1]
    assert len(set(map(template_words, [*within, "worker 3 serves [a, b] now"]))) == 1


def test_words_between_commas_that_are_no_list_stay() -> None:
    assert template_words("refused: no route to host, giving up")[1:4] == ("no", "route", "to")


@pytest.mark.parametrize("path", [r"C:\Logs\a.txt", r"C:\Program Files\Shop\a.txt", r"D:\My own data\x y\a.txt"])
def test_a_path_of_windows_is_one_value_whatever_spaces_it_holds(path: str) -> None:
    assert template_words(f"Copy file {path} to the share") == ("Copy", "file", VAR, "to", "the", "share")
    assert template_words(f"Loaded {path}, checked.") == ("Loaded", VAR, "checked.")


def test_a_quoted_name_of_several_words_is_one_word() -> None:
    names = ("nightly backup", "stock", "order mail queue", "thumbnails of all", "search")
    assert count(*(f'Process 7 holds "{name}" since noon' for name in names)) == 1
    assert template_words('task "nightly backup" is done') == ("task", '"nightly backup"', "is", "done")


def test_a_record_that_is_one_quoted_field_is_read_like_any_other() -> None:
    told = ('"Uploaded a1.txt (3 MB) to folder x"', '"Downloaded a1.txt (3 MB) from folder x"')
    assert count(*told) == count(*(f"1,INFO,Sync,{each}" for each in told)) == 2


def test_fields_between_semicolons_are_words() -> None:
    checks = [f"PASSIVE_CHECK;{name}-{n};disk;{n}" for name in NAMES for n in range(4)]
    assert count(*checks, "DAILY", "ALERT;orders-3;disk;3") == 3
    assert template_words("a=1;b=2;c") == template_words("a=3;b=4;c")


def test_an_arrow_after_a_name_assigns_nothing() -> None:
    assert template_words("option mailer => '7966'") == ("option", "mailer", VAR)


@pytest.mark.parametrize("address", ["0000:ae:1f.2", "0000:0a:10.0", "fe80::abcd:1", "2001:db8::ff:ee"])
def test_an_address_of_hex_digits_is_a_value_where_a_group_has_letters_alone(address: str) -> None:
    assert mask_token(f"{address}:") == f"{VAR}:"
    assert mask_token("a:b:c") == "a:b:c"


def test_a_name_beside_values_that_hold_digits_is_a_value() -> None:
    told = [f"{name}: link becomes ready" for name in ("eth0", "eth1", "enp3s0", "lo")]
    assert count(*told, "usb 1-1: Product: x", "device lo left promiscuous mode", "") == 4


def test_words_with_a_hyphen_and_what_is_done_to_a_thing_tell_records_apart() -> None:
    mounts = [f"mounted /data/{n} from web{n} {how}" for n in range(3) for how in ("read-only", "read-write")]
    assert count(*mounts) == 2
    jobs = [f"Job {what} at request of ann@web{n}" for n in range(3) for what in ("deleted", "Run")]
    assert count(*jobs) == 2


@pytest.mark.parametrize(("letter", "level"), [("E", "e"), ("W", "w"), ("I", "i")])
def test_the_letter_before_a_tag_is_the_level(letter: str, level: str) -> None:
    lines = [f"01-01 00:00:{n}.811 {letter}/{name:<9}({n * 191:>5}): said {n}" for n in range(10, 60) for name in NAMES]
    header = match(lines[3], learn(lines))
    assert header is not None
    assert (header.level, lines[3][header.content :]) == (level, "said 10")
