"""What PostgreSQL's statements do to others: each rule on a statement that breaks it and on one that does not."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from workbench_gates.dumps import DumpError, rows_of
from workbench_gates.locks import risks, statements

BAD = {
    "index-blocks-writes": 'CREATE INDEX "by_text" ON "shop_order" ("text")',
    "drop-index-locks": "DROP INDEX by_text",
    "reindex-locks": "REINDEX TABLE orders",
    "type-rewrites": 'ALTER TABLE "orders" ALTER COLUMN "id" TYPE bigint USING "id"::bigint',
    "default-rewrites": "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()",
    "identity-rewrites": "ALTER TABLE orders ADD COLUMN n bigserial",
    "not-null-without-default": 'ALTER TABLE "orders" ADD COLUMN "state" varchar(8) NOT NULL',
    "not-null-scans": "ALTER TABLE orders ALTER COLUMN state SET NOT NULL",
    "constraint-scans": "ALTER TABLE orders ADD CONSTRAINT known FOREIGN KEY (c) REFERENCES customers (id)",
    "constraint-builds-index": "ALTER TABLE orders ADD CONSTRAINT one UNIQUE (state)",
    "rename-breaks": "ALTER TABLE orders RENAME COLUMN a TO b",
    "drop-breaks": "ALTER TABLE orders DROP COLUMN a CASCADE",
    "rewrites": "VACUUM FULL orders",
    "truncates": "TRUNCATE orders",
    "locks": "LOCK TABLE orders IN EXCLUSIVE MODE",
    "refresh-locks": "REFRESH MATERIALIZED VIEW totals",
    "concurrently-in-transaction": "BEGIN; CREATE INDEX CONCURRENTLY a ON orders (b); COMMIT",
}
GOOD = """
CREATE INDEX CONCURRENTLY by_text ON orders (text);
DROP INDEX CONCURRENTLY by_text;
REINDEX TABLE CONCURRENTLY orders;
ALTER TABLE orders ADD COLUMN state varchar(8) DEFAULT 'new' NOT NULL; -- CREATE INDEX a ON b (c)
ALTER TABLE orders ADD COLUMN note text NULL;
ALTER TABLE orders ADD CONSTRAINT known FOREIGN KEY (c) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT known;
ALTER TABLE orders ADD CONSTRAINT one UNIQUE USING INDEX by_state;
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
UPDATE orders SET text = 'TRUNCATE; DROP TABLE x' WHERE id = 1;
CREATE FUNCTION f() RETURNS void AS $body$ BEGIN; LOCK TABLE a; END $body$ LANGUAGE plpgsql;
CREATE TABLE "made" ("id" bigint NOT NULL PRIMARY KEY);
CREATE INDEX of_made ON "made" ("id");
ALTER TABLE "made" ADD CONSTRAINT c CHECK (id > 0);
"""


@pytest.mark.parametrize("rule", BAD)
def test_a_statement_that_makes_others_wait_is_named(rule: str) -> None:
    assert [risk.rule for risk in risks(BAD[rule])] == [rule]


def test_the_forms_that_make_nobody_wait_are_left_alone() -> None:
    assert risks(GOOD) == []
    assert len(list(statements(GOOD))) == 14


PLAIN = """-- PostgreSQL database dump
-- Dumped from database version 16.2
COPY public.orders (id, text) FROM stdin;
1\ta
2\tb
\\.
INSERT INTO "customers" (id, name) VALUES (1, 'a'), (2, 'b), (c'), (3, 'd');
INSERT INTO `customers` VALUES (4,'x');
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (PLAIN, [("customers", 4), ("orders", 2)]),
        ("-- rows of public.orders: 500000\n-- customers = 31 rows\n" + PLAIN, [("customers", 31), ("orders", 500000)]),
        ("-- Data for Name: orders; Type: TABLE DATA; Rows: 12\n" + PLAIN, [("orders", 12)]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_tells_how_many_rows_there_are(tmp_path: Path, text: str, rows: list[Any], packed: bool) -> None:

    path = tmp_path / "dump.sql"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert rows_of(str(path)) == rows


def test_a_dump_of_mydumper_tells_it_in_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "metadata").write_text("[config]\nquote = 1\n[`shop`.`orders`]\nrows = 500000\n")
    assert rows_of(str(tmp_path)) == [("orders", 500000)]


def test_a_dump_that_tells_nothing_says_what_would(tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_bytes(b"PGDMP\x01\x0e")
    with pytest.raises(DumpError, match="pg_restore -f -"):
        rows_of(str(path))
    path.write_bytes(b"-- nothing\n")
    with pytest.raises(DumpError, match="no rows"):
        rows_of(str(path))
    with pytest.raises(DumpError, match="cannot be read"):
        rows_of(str(tmp_path / "nowhere"))
