"""Every rule finds its bad example, stays silent on its good one, and speaks of the right line."""

from __future__ import annotations

import pytest
from workbench_rules.analyzer import check
from workbench_rules.catalogue import ALL
from workbench_rules.module import parse
from workbench_rules.rule import Rule


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_finds_its_bad_example_and_not_its_good_one(rule: Rule) -> None:
    assert [found.rule for found in check(rule, parse("app/a.py", rule.bad))] == [rule.id]
    assert check(rule, parse("app/a.py", rule.good)) == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_the_fingerprint_survives_lines_above(rule: Rule) -> None:
    (first,) = check(rule, parse("app/a.py", rule.bad))
    (moved,) = check(rule, parse("app/a.py", "# one\n# two\n\n" + rule.bad))
    assert moved.fingerprint == first.fingerprint
    assert moved.line == first.line + 3


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)


def test_noqa_silences_a_line() -> None:
    rule = ALL[3]
    silenced = rule.bad.replace('host="cache")', 'host="cache")  # noqa')
    assert check(rule, parse("app/a.py", silenced)) == []


def test_a_lock_a_conditional_update_or_a_handled_conflict_is_no_check_then_act() -> None:
    rule = ALL[0]
    locked = (
        "def f(k):\n    with cache.lock(k):\n        t = T.objects.get(k=k)\n        if t.x:\n            t.save()\n"
    )
    handled = (
        "def f(k):\n    try:\n        if not T.objects.filter(k=k).exists():\n            T.objects.create(k=k)\n"
        "    except IntegrityError:\n        pass\n"
    )
    plain = "def f(k):\n    if not T.objects.filter(k=k).exists():\n        T.objects.create(k=k)\n"
    assert check(rule, parse("a.py", locked)) == []
    assert check(rule, parse("a.py", handled)) == []
    instead = (
        "def f(k):\n    try:\n        return {}.objects.get(k=k)\n    except T.DoesNotExist:\n"
        "        return T.objects.create(k=k)\n"
    )
    assert len(check(rule, parse("a.py", plain))) == 1
    assert [found.line for found in check(rule, parse("a.py", instead.format("T")))] == [3]
    assert check(rule, parse("a.py", instead.format("Other"))) == []


def test_reading_a_dictionary_is_no_database_read() -> None:
    text = "def f(d):\n    x = d.get('a')\n    if x:\n        d.update(b=1)\n        out.save()\n"
    assert check(ALL[0], parse("a.py", text)) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    r.cache_key = f'token:{raw[:16]}'\n    return cache.get_or_set(r.cache_key, load)\n", 1),
        ("    r.cache_key = f'token:{raw}'\n    return cache.get_or_set(r.cache_key, load)\n", 0),
        ("    return cache.get(f'page:{title[:16]}')\n", 0),
        ("    key = f'token:{raw[:20]}'\n    if key in r.cache:\n        return r.cache[key]\n", 1),
        ("    key = f'auth:{raw[:32]}'\n    return r.get_cached(key)\n", 1),
        ("    cache_key = f'auth:{raw[:32]}'\n    return redis.get(cache_key)\n", 1),
    ],
)
def test_a_shortened_key_is_followed_through_an_attribute(body: str, found: int) -> None:
    rule = next(rule for rule in ALL if rule.id == "WB111")
    assert len(check(rule, parse("app/a.py", f"def f(r, raw, title):\n{body}"))) == found


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("with requests.Session() as s:\n            s.get(URL)", ["requests.Session.get"]),
        ("s = httpx.Client(timeout=2)\n        s.post(URL)", ["httpx.Client.post"]),
        ("s = Session(engine)\n        s.get(Row, 1)", []),
        ("s = {'requests': requests}\n        s.get('requests')", []),
    ],
)
def test_a_session_that_the_function_has_made_leaves_the_process(made: str, found: list[str]) -> None:
    rule = next(rule for rule in ALL if rule.id == "WB109")
    text = f"import httpx, requests\n\ndef f(o):\n    with transaction.atomic():\n        o.save()\n        {made}\n"
    assert [one.message.split()[0] for one in check(rule, parse("a.py", text))] == found
