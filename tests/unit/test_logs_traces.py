"""Tracebacks: read in every shape, named by the exception and its place, found in a checkout."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.traces import DEEPEST, TRACES
from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.part import scan_whole, survey
from workbench.analysis.logs.traces.checkout import Checkout
from workbench.analysis.logs.traces.identity import identify, own_place
from workbench.analysis.logs.traces.model import RawFrame, Trace
from workbench.analysis.logs.traces.parse import parse_trace


def real(action: Callable[[], object]) -> str:
    """The traceback that Python prints for what ``action`` raises."""
    try:
        action()
    except BaseException:  # noqa: BLE001 - whatever it raises is what is wanted
        return traceback.format_exc()
    raise AssertionError("it did not raise")


def fall(depth: int) -> float:
    return 1 / depth if depth == 0 else fall(depth - 1)


def chained() -> None:
    try:
        fall(20)
    except ZeroDivisionError as error:
        raise ValueError("two\nlines: of it") from error


def handling() -> None:
    try:
        fall(2)
    except ZeroDivisionError:
        raise KeyError("sku") from None
    finally:
        pass


def grouped() -> None:
    errors: list[Exception] = []
    for action in (chained, handling, nested):
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it raises is collected
            errors.append(error)
    raise ExceptionGroup("several", errors)


def nested() -> None:
    try:
        int("x")
    except ValueError as error:
        raise ExceptionGroup("inner", [error, KeyError("k")]) from None


def parsed(text: str) -> Trace:
    trace = parse_trace(text.split("\n"))
    assert trace is not None
    return trace


def test_a_chain_is_read_with_the_exception_raised_last_first() -> None:
    trace = parsed(real(chained))
    assert (trace.type, trace.message) == ("ValueError", "two\nlines: of it")
    assert [each.type for each in trace.chain()] == ["ValueError", "ZeroDivisionError"]
    assert trace.frames[-1].function == "chained"
    assert trace.frames[-1].text.startswith("raise ValueError")
    assert trace.link == "caused by"
    assert trace.cause is not None
    assert trace.cause.frames[-1].function == "fall"


def test_a_group_is_a_tree() -> None:
    trace = parsed(real(grouped))
    assert trace.type == "ExceptionGroup"
    assert [child.type for child in trace.children] == ["ValueError", "KeyError", "ExceptionGroup"]
    assert [child.type for child in trace.children[2].children] == ["ValueError", "KeyError"]
    assert trace.children[0].cause is not None


def test_the_order_of_a_groups_children_does_not_tell_errors_apart() -> None:
    trace = parsed(real(grouped))
    turned = Trace(trace.type, trace.message, trace.frames, None, "", tuple(reversed(trace.children)))
    assert identify(trace, own_place) == identify(turned, own_place)


def test_repeats_and_depth_do_not_tell_errors_apart() -> None:
    few, many = parsed(real(lambda: fall(3))), parsed(real(lambda: fall(300)))
    assert identify(few, own_place) == identify(many, own_place)
    assert "fall" in identify(few, own_place).why


@pytest.mark.parametrize("language", TRACES)
def test_other_languages_are_one_record_with_frames(language: str, tmp_path: Path) -> None:
    header = "2026-01-01 00:00:0{n},123 ERROR shop: request failed\n"
    path = tmp_path / "app.log"
    path.write_text("".join(header.format(n=n) + TRACES[language].replace("@", str(n)) + "\n" for n in range(5)))
    table = scan_whole(survey(str(path))[0]).finish()
    said = digest(table, Lens())
    assert table.records == 5
    (error,) = said.errors
    frame = error.frames[-1]
    assert (error.count, (error.type, frame.path, frame.line, frame.function)) == (5, DEEPEST[language])


def written(text: str, shape: str, count: int = 3) -> str:
    """``text`` as the trace of ``count`` records, in one of the ways that logs have."""
    out = []
    for n in range(count):
        head = f"2026-01-01 00:00:0{n},123 ERROR [10] shop.web: unhandled {n}"
        if shape == "after its header":
            out += [head, *text.split("\n")]
        elif shape == "a prefix on every line":
            out += [
                head,
                *(f"2026-01-01 00:00:0{n},123 ERROR [10] shop.web: {line}" for line in text.split("\n") if line),
            ]
        elif shape == "bare":
            out += ["before", *text.split("\n"), "after"]
        else:
            out += [f"web-1  | {line}" for line in [head, *text.split("\n")]]
    return "\n".join(out) + "\n"


@pytest.mark.parametrize("shape", ["after its header", "a prefix on every line", "bare", "compose"])
def test_a_traceback_is_one_error_however_it_is_written(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text(written(real(chained).rstrip(), shape))
    said = digest(scan_whole(survey(str(path))[0]).finish(), Lens())
    assert ("ValueError", 3) in [(error.type, error.count) for error in said.errors]
    told = next(error for error in said.errors if error.type == "ValueError")
    assert told.frames[-1].function == "chained"
    assert "ZeroDivisionError" in told.cause


REPO = {
    "src/shop/cart.py": "PRICES = {}\n\n\ndef line_total(sku, qty):\n    # new\n    return PRICES[sku] * qty\n",
    "src/shop/users.py": "def load(raw):\n    return raw\n",
    "tools/cart.py": "def other():\n    pass\n",
}


@pytest.fixture
def checkout() -> Checkout:
    return Checkout(REPO, lambda path: REPO.get(path, "").splitlines())


@pytest.mark.parametrize(
    "file",
    [
        "/srv/app/src/shop/cart.py",
        "/srv/releases/42/shop/cart.py",
        "C:\\app\\shop\\cart.py",
        "/usr/lib/python3.11/site-packages/shop/cart.py",
        "/opt/app.zip/shop/cart.py",
        "shop/cart.py",
    ],
)
def test_a_frame_is_found_wherever_the_deployment_has_its_files(file: str, checkout: Checkout) -> None:
    frame = checkout.frame(RawFrame(file, 5, "line_total", "return PRICES[sku] * qty"))
    assert (frame.mapped, frame.path) == (True, "src/shop/cart.py")
    assert frame.line == 6, "the line has moved since the deployed revision"


@pytest.mark.parametrize(
    "raw",
    [
        RawFrame("/srv/app/shop/missing.py", 1, "f"),
        RawFrame("/srv/app/shop/cart.py", 3, "no_such_function", "nothing like it"),
        RawFrame("/usr/lib/python3.11/json/decoder.py", 3, "decode"),
        RawFrame("/usr/lib/python3.11/site-packages/other/cart.py", 5, "line_total"),
    ],
)
def test_what_is_not_in_the_checkout_is_shown_as_it_was_written(raw: RawFrame, checkout: Checkout) -> None:
    frame = checkout.frame(raw)
    assert (frame.mapped, frame.path, frame.line) == (False, raw.file, raw.line)


def bug(kind: str, place: tuple[str, str], chance: random.Random) -> str:
    """A traceback of a bug, by a random path, with random values, of a random length."""
    frames = [
        ("/srv/app/wsgi.py", "handle"),
        *chance.sample([("/srv/app/shop/jobs.py", "nightly"), ("/srv/app/shop/api.py", "total")], chance.randint(0, 2)),
        place,
    ]
    frames += [("/usr/lib/python3.11/site-packages/db/core.py", "_retry")] * chance.randint(0, 3)
    lines = ["Traceback (most recent call last):"]
    for file, function in frames:
        lines += [f'  File "{file}", line {chance.randint(1, 99)}, in {function}', f"    {function}()"]
    return "\n".join([*lines, f"{kind}: value {chance.randint(1, 10**6)}"])


def test_bugs_are_told_apart_by_type_and_place_whatever_path_led_there(tmp_path: Path) -> None:
    chance = random.Random(4)
    bugs = [
        ("KeyError", ("/srv/app/shop/cart.py", "line_total")),
        ("KeyError", ("/srv/app/shop/users.py", "load")),
        ("ValueError", ("/srv/app/shop/cart.py", "line_total")),
        ("shop.errors.PaymentError", ("/srv/app/shop/pay.py", "charge")),
    ]
    lines = []
    for n in range(200):
        kind, place = bugs[n % 4]
        lines += [f"2026-01-01 00:{n // 60:02d}:{n % 60:02d},1 ERROR [1] web: failed {n}", bug(kind, place, chance)]
    path = tmp_path / "app.log"
    path.write_text("\n".join(lines) + "\n")
    said: Digest = digest(scan_whole(survey(str(path))[0]).finish(), Lens())
    assert sorted(error.count for error in said.errors) == [50, 50, 50, 50]
    assert all(len(error.variants) > 1 and error.why for error in said.errors)
    assert sum(error.share for error in said.errors) == pytest.approx(1)
