"""Migrations read from their files: what goes forward decides their order; each has its command and the way back."""

from __future__ import annotations

from dataclasses import replace

from workbench.analysis.plan.facts import Facts
from workbench.analysis.plan.make import make_plan
from workbench.analysis.plan.migrations import migrations_of

ALEMBIC = '''"""{revision}"""
revision: str = "{revision}"
down_revision = {down}


def upgrade() -> None:
    {forward}


def downgrade() -> None:
    {back}
'''
ADD, DROP = 'op.add_column("orders", sa.Column("state", sa.String(8)))', 'op.drop_column("orders", "state")'
FACTS = Facts("t", "b", "ready", "ann")


def alembic(revision: str, down: str, forward: str, back: str) -> dict[str, str]:
    text = ALEMBIC.format(revision=revision, down=down, forward=forward, back=back)
    return {f"alembic/versions/{revision}_x.py": text}


def test_an_alembic_migration_runs_before_the_code_though_its_downgrade_takes_away() -> None:
    added = alembic("aaa", '"bbb"', DROP, ADD) | alembic("bbb", "None", ADD, DROP)
    first, second = migrations_of(added, [])
    assert (first.name, first.adds, first.removes, first.before) == ("bbb", ("orders.state",), (), True)
    assert (first.forward, first.back) == ("alembic upgrade bbb", "alembic downgrade base")
    assert (second.removes, second.before, second.back) == (("orders.state",), False, "alembic downgrade bbb")
    steps = make_plan(replace(FACTS, migrations=(first, second))).steps
    assert [(step.kind, step.command) for step in steps if step.command] == [
        ("before", "alembic upgrade bbb"),
        ("after", "alembic upgrade aaa"),
    ]


def test_sql_has_no_command_that_anybody_knows() -> None:
    (found,) = migrations_of({"db/migrations/004.sql": "ALTER TABLE orders ADD COLUMN state text;"}, [])
    assert (found.adds, found.before, found.forward, found.back) == (("state",), True, "", "")
