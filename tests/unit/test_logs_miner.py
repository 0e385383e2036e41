"""The pattern miner: what varies is told from what does not."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.logs.miner.mask import VAR, mask_token
from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.miner.templates import group


def templates(*lines: str) -> list[set[int]]:
    """Which lines are of one template."""
    rows = [template_words(line) for line in lines]
    distinct = list(dict.fromkeys(rows))
    of_row, _ = group(distinct)
    found: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        found.setdefault(of_row[distinct.index(row)], set()).add(at)
    return sorted(found.values(), key=min)


def test_a_token_keeps_what_is_constant_in_it() -> None:
    assert mask_token("uid=0") == "uid=<*>"
    assert mask_token("10.0.0.7:50010:Got") == "<*>:Got"
    assert mask_token("ready=true,policy=3,mode=off") == "ready=<*>,policy=<*>,mode=<*>"
    assert mask_token("setLights(true)") == "setLights(<*>)"
    assert mask_token("/var/lib/x/7") == VAR
    assert mask_token("https://shop.example/cart?x=1") == VAR
    assert mask_token("connected") == "connected"
    assert mask_token("size:123") == "size:<*>"
    assert mask_token("ws=Source{10113},") == mask_token("ws=null,") == "ws=<*>,"
    assert mask_token("00:ac:5d:4c:13:fe") == mask_token("aa:bb:cc:dd:ee:ff") == VAR
    assert mask_token("opt-in:True") == mask_token("opt-in:False")


def test_numbers_with_units_dates_and_empty_values_are_one_value() -> None:
    same = ["closed, 451 bytes sent, lifetime 00:01", "closed, 18846 bytes (18.4 KB) sent, lifetime <1 sec"]
    assert len({template_words(line) for line in same}) == 1
    dated = ["seen at Sat Jul  9 12:16:49 2005 again", "seen at Sun Dec 18 02:08:11 2005 again"]
    assert len({template_words(line) for line in dated}) == 1
    empty = ["from 1.2.3.4 () port=", "from 1.2.3.4 (host-7.example.com) port=22"]
    assert len(templates(*empty)) == 1


def test_a_quoted_request_keeps_its_verb() -> None:
    assert templates('"GET /a/1 HTTP/1.1" 200', '"GET /b HTTP/1.1" 500', '"POST /a HTTP/1.1" 200') == [{0, 1}, {2}]


def test_a_name_after_a_context_word_is_a_value() -> None:
    users = [f"invalid user {name} tried to log in" for name in ("root", "admin", "oracle", "guest")]
    assert templates(*users, "connection closed by peer after login") == [{0, 1, 2, 3}, {4}]


def test_a_quoted_value_and_what_stands_in_brackets_after_one_name_are_values() -> None:
    assert len(set(map(template_words, ('lock=1, tag="View Lock"', 'lock=2, tag="Audio"')))) == 1
    views = [f"users with view permissions: Set({name})" for name in ("ann", "bob", "cid", "dee", "eve")]
    assert templates(*views, "users without permissions are not listed") == [{0, 1, 2, 3, 4}, {5}]


def test_the_thing_that_a_sentence_is_about_is_a_value() -> None:
    units = [f"{name}.service: Main process exited, code=1" for name in ("cart", "auth", "mail", "search", "stock")]
    people = [f"({name}) CMD run the nightly parts" for name in ("ann", "bob", "cid", "dee", "eve")]
    missing = [f"Skipping 3 rows of orders with missing {name}" for name in ("city", "zip", "mail", "name", "age")]
    keys = [f"Cache miss for key {name}:7" for name in ("cart", "user", "price")]
    both = ["[a1/b2] create_mapping [3]", "[a1/b2] update_mapping [3]"]
    assert len(templates(*units, *people, *missing, *keys)) == 4
    assert len(templates(*both)) == 2


def test_a_path_in_brackets_is_a_value_however_deep_it_is() -> None:
    paths = ["/data", "/data/run7", "/srv/home/ann/job.bin"]
    assert len({template_words(f"daemon: chdir({path}) failed: no such directory") for path in paths}) == 1
    assert len({template_words(f"[ib_vapi][{path}:{at}] fatal") for at, path in enumerate(paths)}) == 1
    assert template_words("and/or (n/a) GET:read")[0] == "and/or"


def test_names_before_an_equals_sign_are_constants_after_a_context_word_too() -> None:
    told = [f"Server environment:{name}={n}" for name in ("os.name", "java.io.tmpdir", "user.home") for n in "12"]
    assert templates(*told) == [{0, 1}, {2, 3}, {4, 5}]
    assert templates("opened for ann by (uid=0)", "opened for bob by LOGIN(uid=0)") == [{0}, {1}]


def test_a_reason_of_several_words_at_the_end_of_fields_is_one_value() -> None:
    told = ["method=GET from=1.2.3.4 error=EOF", "method=GET from=1.2.3.4 error=no such host"]
    assert len(set(map(template_words, told))) == 1
    assert template_words("sizes a=4 MB b=12 KB (3 MB) c=1")[-1] == "c=<*>"


def test_states_in_capitals_and_the_last_word_stay_apart() -> None:
    lines = [
        "task_1 moved from NEW to RUNNING",
        "task_2 moved from NEW to RUNNING",
        "task_1 moved from RUNNING to DONE",
        "cupsd shutdown succeeded",
        "cupsd startup succeeded",
        "VM Started (Lifecycle Event)",
        "VM Stopped (Lifecycle Event)",
    ]
    assert templates(*lines) == [{0, 1}, {2}, {3}, {4}, {5}, {6}]


def test_templates_of_different_lengths_with_the_same_constant_words_are_one() -> None:
    assert templates("fans at 1 2 3 rpm", "fans at 1 2 3 4 5 rpm", "fans stopped") == [{0, 1}, {2}]


def test_the_order_of_lines_does_not_matter() -> None:
    lines = [f"user {name} logged {what}" for name in ("ann", "bob", "cid", "dee", "eve") for what in ("in", "out")]
    forwards = templates(*lines)
    backwards = [{len(lines) - 1 - at for at in each} for each in templates(*reversed(lines))]
    assert sorted(map(sorted, forwards)) == sorted(map(sorted, backwards))


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_any_text_has_a_template_without_two_values_side_by_side(text: str) -> None:
    words = template_words(text)
    assert all(pair != (VAR, VAR) for pair in itertools.pairwise(words))
    assert template_words(text) == words


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_digits_never_tell_two_records_apart(numbers: list[int]) -> None:
    assert templates(*(f"order {number} was paid in {number} ms" for number in numbers)) == [set(range(len(numbers)))]


@given(st.text("09aF.:/=-_[](){}x@,\"'é", max_size=30), st.text("123456789", min_size=1, max_size=9))
def test_which_digits_a_token_has_tells_nothing(token: str, digits: str) -> None:
    """Tokens that differ in digits alone, place by place, are masked once."""
    others = itertools.cycle(digits)
    other = "".join(next(others) if letter in "09" else letter for letter in token)
    assert mask_token(other) == mask_token(token)
