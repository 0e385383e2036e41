"""Alembic's migrations are tried as Django's are, on a database of their own whatever address the project takes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import quick
from tests.scenarios.validating import judged
from workbench.case.enums import GateStatus

pytest.importorskip("alembic", reason="Alembic is not installed")

INI = "[alembic]\nscript_location = alembic\nsqlalchemy.url = sqlite:///production.db\n"
ENV = """import os

from alembic import context
from sqlalchemy import engine_from_config, pool

from models import Base

config = context.config
url = os.environ.get("DATABASE_URL")
if url:
    config.set_main_option("sqlalchemy.url", url.replace("postgresql://", "postgresql+psycopg://"))
if context.is_offline_mode():
    context.configure(url=config.get_main_option("sqlalchemy.url"), target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = engine_from_config(config.get_section("alembic"), prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
"""
MODELS = """from sqlalchemy import ForeignKey, String, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    text: Mapped[str] = mapped_column(String(80))
"""
FIELD = '    state: Mapped[str] = mapped_column(String(8), server_default="new")\n'
INDEXED = MODELS.replace("mapped_column(String(80))", "mapped_column(String(80), index=True)") + FIELD
FIRST = """import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade():
    op.create_table("customers", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("name", sa.String(40), nullable=False), sa.UniqueConstraint("name"))
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("customer", sa.Integer, sa.ForeignKey("customers.id"), nullable=False),
                    sa.Column("text", sa.String(80), nullable=False))


def downgrade():
    op.drop_table("orders")
    op.drop_table("customers")
"""
SECOND = """import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.add_column("orders", sa.Column("state", sa.String(8), server_default="new", nullable=False))


def downgrade():
    op.drop_column("orders", "state")
"""
WITH_INDEX = SECOND.replace(
    "nullable=False))\n", 'nullable=False))\n    op.create_index("ix_orders_text", "orders", ["text"])\n', 1
).replace('    op.drop_column("orders"', '    op.drop_index("ix_orders_text")\n    op.drop_column("orders"')
ONE_WAY = SECOND[: SECOND.index("def downgrade")] + "def downgrade():\n    pass\n"
TEST = """from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session

from models import Base, Customer


def test_a_customer():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(Customer).values(name="ada"))
        assert session.scalar(select(Customer.name)) == "ada"
"""
DUMP = "-- PostgreSQL database dump\nCOPY public.orders (id, text) FROM stdin;\n" + "1\tx\n" * 3000 + "\\.\n"


@pytest.fixture
def shop(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    quick(monkeypatch)
    files = {"alembic.ini": INI, "alembic/env.py": ENV, "alembic/versions/0001_first.py": FIRST, "models.py": MODELS}
    settings = '[gates.migration]\ndump = "../dump.sql"\n'
    return make_repo({**files, "test_models.py": TEST, "workbench.toml": settings})


async def test_alembics_migrations_are_tried_with_the_rows_of_a_dump(shop: RepoBuilder) -> None:
    shop.write("models.py", MODELS + FIELD)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.FAIL, result
    assert "the models differ from the migrations" in result.reason
    shop.write("alembic/versions/0002_state.py", SECOND)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.INCONCLUSIVE, result
    assert "how many rows orders has in production is not known" in result.reason
    assert any("dump.sql cannot be read" in each.text for each in result.evidence), "and why the dump does not say it"
    (shop.path.parent / "dump.sql").write_text(DUMP)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.PASS, result
    assert "on 3000 rows" in result.reason
    assert result.tool.startswith("alembic 1.")
    texts = [each.text for each in result.evidence]
    assert any("ALTER TABLE orders ADD COLUMN state" in text for text in texts), "its SQL is shown"
    assert "going back loses what was written into orders.state" in texts
    assert "rows as the dump ../dump.sql says" in texts
    assert not list(shop.path.parent.rglob("production.db")), "the address of the project was never connected to"
    shop.write("alembic/versions/0002_state.py", ONE_WAY)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.FAIL, "it goes back, and then not forward again"
    assert "forward again" in result.reason
    assert any("0002 has no way back" in each.text for each in result.evidence)


async def test_on_postgresql_the_sql_is_linted_and_the_stall_measured(
    shop: RepoBuilder, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setenv("DATABASE_URL", postgres_url)
    shop.write("workbench.toml", "[gates.migration]\nrows = { orders = 100000 }\nthreshold = 0.0001\n")
    shop.write("models.py", INDEXED)
    shop.write("alembic/versions/0002_state.py", WITH_INDEX)
    result = (await judged(shop, "migration"))["migration"]
    assert result.status is GateStatus.FAIL, result
    assert "of orders waits" in result.reason
    assert "at 100000 rows" in result.reason
    assert result.tool.endswith("postgresql")
    texts = [each.text for each in result.evidence]
    assert any(text.startswith("0002: index-blocks-writes: writes wait") for text in texts), texts
    with psycopg.connect(postgres_url) as connection:
        left = connection.execute("select datname from pg_database where datname like 'workbench%'").fetchall()
    assert left == [], "its database is gone"
