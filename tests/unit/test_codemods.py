"""Codemods: before and after, comments and formatting kept, and nothing more to do the second time."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from workbench_codemods.answer import answer
from workbench_codemods.catalogue import CODEMODS, RULES

BEFORE_AFTER = {
    "conditional-update": (
        "from django.utils import timezone\n\n\n"
        "def redeem(key):\n"
        "    coupon = Coupon.objects.select_related('user').get(key=key)  # by its key\n"
        "    # once only\n"
        "    if coupon.used_at is not None:\n"
        '        raise Used(f"{coupon.pk}")\n'
        "    pay(coupon)\n"
        "    coupon.used_at = timezone.now()\n"
        "    coupon.by = 1\n"
        '    coupon.save(update_fields=["used_at", "by"])\n'
        "    return coupon\n",
        "from django.utils import timezone\nfrom django.db import transaction\n\n\n"
        "def redeem(key):\n"
        "    coupon = Coupon.objects.select_related('user').get(key=key)  # by its key\n"
        "    # once only\n"
        "    with transaction.atomic():\n"
        "        coupon.used_at = timezone.now()\n"
        "        if not Coupon.objects.filter(pk=coupon.pk, used_at=None).update(used_at=coupon.used_at):\n"
        '            raise Used(f"{coupon.pk}")\n'
        "        pay(coupon)\n"
        "        coupon.by = 1\n"
        '        coupon.save(update_fields=["by"])\n'
        "    return coupon\n",
        5,
    ),
    "get-or-create": (
        "def f(a):\n    # once\n    if not User.objects.filter(email=a).exists():\n"
        "        User.objects.create(email=a, n=1)\n",
        'def f(a):\n    # once\n    User.objects.get_or_create(email=a, defaults={"n": 1})\n',
        3,
    ),
    "f-expression": (
        "def f(a):\n    a.n += 1  # count\n    a.m -= 2\n    a.save()\n",
        "from django.db.models import F\n\n"
        'def f(a):\n    a.n = F("n") + 1  # count\n    a.m = F("m") - 2\n    a.save()\n',
        2,
    ),
    "whole-key": (
        'import x\n\n\ndef f(raw):\n    key = f"token:{raw[:16]}"\n    return cache.get(key)\n',
        "import x\nfrom hashlib import sha256\n\n\ndef f(raw):\n"
        '    key = f"token:{sha256(raw.encode()).hexdigest()}"\n    return cache.get(key)\n',
        6,
    ),
    "timeout": ("r = requests.get(a, params={})  # slow\n", "r = requests.get(a, params={}, timeout=10)  # slow\n", 1),
    "raise-from": (
        'try:\n    g()\nexcept KeyError:\n    raise ValueError("x")\n',
        'try:\n    g()\nexcept KeyError as error:\n    raise ValueError("x") from error\n',
        4,
    ),
    "traceback": (
        'try:\n    g()\nexcept Exception as e:\n    log.error("no %s", e)\n    log.warning("x")\n',
        'try:\n    g()\nexcept Exception as e:\n    log.exception("no %s", e)\n    log.warning("x", exc_info=True)\n',
        3,
    ),
    "aware-now": (
        "from datetime import datetime\n\nx = datetime.utcnow() - datetime.now()\n",
        "from datetime import UTC, datetime\n\nx = datetime.now(UTC) - datetime.now(UTC)\n",
        3,
    ),
    "monotonic": (
        "def f():\n    t = time.time()\n    g()\n    return time.time() - t\n",
        "def f():\n    t = time.monotonic()\n    g()\n    return time.monotonic() - t\n",
        2,
    ),
    "bound-sql": (
        "c.execute(f\"SELECT * FROM t WHERE a = '{a}' AND b={b}\")\n",
        'c.execute("SELECT * FROM t WHERE a = %s AND b=%s", [a, b])\n',
        1,
    ),
}

LEFT_ALONE = {
    "conditional-update": (
        "def f(k):\n    with transaction.atomic():\n        t = T.objects.select_for_update().get(k=k)\n"
        "        if t.done:\n            raise E\n        t.done = True\n        t.save()\n",
        "def f(k):\n    t = T.objects.get(k=k)\n    if t.at:\n        raise E(t.at)\n    t.at = now()\n    t.save()\n",
    ),
    "get-or-create": ("if not U.objects.filter(a__gt=1).exists():\n    U.objects.create(a=1)\n",),
    "whole-key": ("def f(raw):\n    return cache.get(raw[2:16])\n",),
    "timeout": ("requests.get(a, timeout=3)\n", "requests.get(a, **options)\n"),
    "raise-from": ("try:\n    g()\nexcept KeyError:\n    raise\n",),
    "monotonic": ("def f():\n    t = time.time()\n    save(t)\n    return time.time() - t\n",),
    "bound-sql": ('c.execute(f"SELECT * FROM {table}")\n', 'c.execute(f"SELECT {a:>3}")\n'),
}


def change(name: str, source: str, line: int) -> tuple[str, str] | None:
    made: tuple[str, str] | None = import_module(f"workbench_codemods.{name.replace('-', '_')}").change(source, line)
    return made


@pytest.mark.parametrize("name", CODEMODS)
def test_each_codemod_does_what_it_says_once(name: str) -> None:
    before, after, line = BEFORE_AFTER[name]
    made = change(name, before, line)
    assert made is not None
    assert made[0] == after
    assert made[1], "what is to be known of it"
    ast.parse(after)
    for each in range(1, after.count("\n") + 1):
        assert change(name, after, each) is None, "it is done"
    assert RULES[name]


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_has_not_the_shape_is_left_alone(name: str) -> None:
    for source in LEFT_ALONE[name]:
        for line in range(1, source.count("\n") + 1):
            assert change(name, source, line) is None, source


def test_an_exception_is_answered_in_the_words_of_the_project(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/errors.py": "class TooManyTries(Exception):\n    pass\n\n\nclass Stale(Exception):\n    pass\n",
        "app/http.py": "def error(text, status):\n    return text, status\n",
        "app/old.py": "from app.errors import TooManyTries\nfrom app.http import error\n\n\n"
        "def other(request):\n    try:\n        go()\n    except TooManyTries as late:\n"
        '        return error(f"later: {late}", 429)\n',
        "app/views.py": "from app.http import error\n\n\ndef view(request):\n    check(request)  # counts\n    try:\n"
        "        x = load(request)\n    except KeyError as problem:\n        return error(str(problem), 400)\n"
        "    return x\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    root, views = str(tmp_path), tmp_path / "app/views.py"
    frames = (("tests/test_views.py", 3, "test"), ("app/views.py", 5, "view"), ("app/limits.py", 9, "check"))
    where, _, how = answer(root, "TooManyTries", frames)
    assert where == "app/views.py:5"
    assert how.startswith("as app/old.py answers it")
    assert "from app.errors import TooManyTries\n" in views.read_text()
    assert (
        "    try:\n        check(request)  # counts\n    except TooManyTries as late:\n"
        "        return error(f'later: {late}', 429)\n    try:\n" in views.read_text()
    )
    line = views.read_text().splitlines().index("        x = load(request)") + 1
    _, _, how = answer(root, "Stale", [("app/views.py", line, "view")])
    assert "error(str(problem), 409)" in how
    assert "(str(problem), 400)\n    except Stale as problem:\n" in views.read_text()
    assert answer(root, "Stale", [("app/views.py", line + 1, "view")]) == [], "answered already"
    assert answer(root, "Surprise", [("app/views.py", line + 1, "view")]) == [], "nobody can tell"
    assert answer(root, "Stale", [("app/http.py", 2, "error")]) == [], "no handler of requests"
