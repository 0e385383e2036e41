"""What the database itself refuses is no race: WB101 looks up the model's unique constraints, where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_rules.analyzer import check
from workbench_rules.catalogue import ALL
from workbench_rules.module import parse

RULES = {rule.id: rule for rule in ALL}
CREATES = "    if not Row.objects.filter(user=u, slug=s).exists():\n        Row.objects.create(user=u, slug=s)\n"
ADDS = (
    "    row = Row.query.filter_by(user_id=u).first()\n    if row is None:\n        row = Row(user_id=u)\n"
    "        db.session.add(row)\n"
)
ASKS = (
    "    row = db.session.query(Row).filter(Row.user_id == u).first()\n    if row is None:\n"
    "        db.session.add(Row(user_id=u))\n"
)
REFUSED = {
    "a unique column": "class Row(Model):\n    slug = SlugField(unique=True)\n",
    "a pair": "class Row(Model):\n    class Meta:\n        unique_together = ('user', 'slug')\n",
    "one pair of two": "class Row(Model):\n    class Meta:\n        unique_together = [('a', 'b'), ('user', 'slug')]\n",
    "a constraint": (
        "class Row(Model):\n    class Meta:\n"
        "        constraints = [UniqueConstraint(fields=['slug', 'user'], name='one')]\n"
    ),
    "a row of its own for each": "class Row(Model):\n    user = OneToOneField(User)\n",
    "a base's column": "class Base(Model):\n    slug = SlugField(unique=True)\n\nclass Row(Base):\n    pass\n",
    "arguments of a table": "class Row(Model):\n    __table_args__ = (UniqueConstraint('user_id', 'slug'), {})\n",
}
FREE = {
    "no constraint": "class Row(Model):\n    slug = SlugField()\n",
    "a wider constraint": "class Row(Model):\n    class Meta:\n        unique_together = ('user', 'slug', 'day')\n",
    "a constraint for some rows": (
        "class Row(Model):\n    class Meta:\n"
        "        constraints = [UniqueConstraint(fields=['slug'], condition=Q(live=True), name='one')]\n"
    ),
}


def _found(root: Path, models: str, body: str, imported: str = "from shop.models import Row\n") -> int:
    (root / "src/shop").mkdir(parents=True, exist_ok=True)
    (root / "src/shop/models.py").write_text(models)
    text = f"{imported}\ndef f(u, s):\n{body}"
    return len(check(RULES["WB101"], parse("src/shop/views.py", text, str(root))))


@pytest.mark.parametrize("models", REFUSED.values(), ids=REFUSED)
def test_a_second_row_that_the_database_refuses_is_no_race(models: str, tmp_path: Path) -> None:
    assert _found(tmp_path, models, CREATES) == 0
    assert _found(tmp_path, models, CREATES, "from .models import Row\n") == 0
    assert _found(tmp_path, models, CREATES.replace("Row", "models.Row"), "from . import models\n") == 0


@pytest.mark.parametrize("models", FREE.values(), ids=FREE)
def test_a_second_row_that_the_database_takes_is_one(models: str, tmp_path: Path) -> None:
    assert _found(tmp_path, models, CREATES) == 1


@pytest.mark.parametrize("body", [ADDS, ASKS])
def test_sessions_and_queries_of_sqlalchemy_are_read_alike(body: str, tmp_path: Path) -> None:
    assert _found(tmp_path, "class Row(db.Model):\n    user_id = Column(Integer)\n", body) == 1
    assert _found(tmp_path, "class Row(db.Model):\n    user_id = Column(Integer, unique=True)\n", body) == 0


def test_a_model_is_found_through_the_package_that_hands_it_on(tmp_path: Path) -> None:
    (tmp_path / "src/shop/rows").mkdir(parents=True)
    (tmp_path / "src/shop/rows/__init__.py").write_text("from .kept import *\n")
    (tmp_path / "src/shop/rows/kept.py").write_text(REFUSED["a unique column"])
    assert _found(tmp_path, "", CREATES, "from shop.rows import Row\n") == 0


def test_a_model_of_a_library_is_known_and_what_is_nowhere_is_not_guessed(tmp_path: Path) -> None:
    token = "    if not Token.objects.filter(user=u).exists():\n        Token.objects.create(user=u)\n"
    assert _found(tmp_path, "", token, "from rest_framework.authtoken.models import Token\n") == 0
    assert _found(tmp_path, "", token, "from elsewhere import Token\n") == 1


def test_a_row_of_another_model_is_no_answer_to_the_test(tmp_path: Path) -> None:
    body = "    agent = session.query(Agent).first()\n    if agent:\n        session.add(Link(agent=agent))\n"
    assert _found(tmp_path, "", body) == 0


def test_a_job_that_the_database_keeps_is_part_of_the_transaction(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    text = "from shop.tasks import mail\n@transaction.atomic\ndef f(o):\n    o.save()\n    mail.delay(o.pk)\n"
    found = []
    for decorator in ("shared_task", "app.task", "register_task_handler()"):
        (tmp_path / "shop/tasks.py").write_text(f"@{decorator}\ndef mail(pk):\n    pass\n")
        found.append(len(check(RULES["WB109"], parse("shop/views.py", text, str(tmp_path)))))
    assert found == [1, 1, 0]
    assert (
        check(RULES["WB109"], parse("shop/views.py", text.replace("delay(o.pk)", "apply_async((o.pk,), eta=e)"))) == []
    )


def test_a_constraint_on_rows_that_are_not_deleted_and_a_lock_of_every_caller_refuse_the_second_row() -> None:
    held = (
        "class Row(models.Model):\n    class Meta:\n        constraints = [\n"
        "            UniqueConstraint(fields=['k'], condition=Q({column}__isnull=True)),\n        ]\n\n"
        "def make(k):\n    if not Row.objects.filter(k=k).exists():\n        Row.objects.create(k=k)\n\n"
        "def task(k):\n    with {lock}('rows'):\n        work(k)\n\ndef work(k):\n    make(k)\n"
    )
    told = {
        (column, lock): len(check(ALL[0], parse("a.py", held.format(column=column, lock=lock))))
        for column, lock in (("deleted_at", "timer"), ("closed_at", "timer"), ("closed_at", "advisory_lock"))
    }
    assert told == {("deleted_at", "timer"): 0, ("closed_at", "timer"): 1, ("closed_at", "advisory_lock"): 0}
    ignored = "def f(k):\n    if not Row.objects.filter(k=k).exists():\n        Row.objects.bulk_create(r{})\n"
    found = [check(ALL[0], parse("a.py", ignored.format(word))) for word in ("", ", ignore_conflicts=True")]
    assert [len(one) for one in found] == [1, 0]
