"""A message leads to the logging call that wrote it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.analysis.logs.calls import Call, Calls
from workbench.analysis.logs.digest.facts import facts
from workbench.analysis.logs.literals import calls_in
from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.scan.part import scan_whole, survey

SOURCES = {
    "shop/cart.py": """
log.info("request %s served in %d ms", request, ms)
log.error(f"payment {order.id} was declined by {issuer!r}")
logger.warning(
    "cache node %s refused "
    "the connection", node)
logging.getLogger(__name__).error('ledger entry {} is missing'.format(n))
print("request served")
""",
    "web/app.js": "console.error(`upload of ${file.name} failed after ${n} attempts`);\nlog.info('user logged in');\n",
    "Order.java": 'LOG.warn("order {} waits for stock since {}", id, since);\n',
    "main.go": 'log.Printf("listening on %s with %d workers", addr, n)\n',
    "lib.rs": 'error!("lost the lease on shard {}", shard);\nwarn!(%shard, "the lease ends soon");\n',
    "shop/jobs.py": """
logger.opt(exception=True).error("job {job} gave up after all", job=job)
logger.error(_("nobody answers at %s") % host)
logger.log(logging.WARNING, "queue %s is nearly full", queue)
""",
    "web/api.ts": "logger.error({ err, id }, 'the reply was not JSON');\n",
    "app/mailer.rb": 'Rails.logger.error "mail to #{user} bounced"\nlogger.warn { "spool of #{host} is slow" }\n',
    "src/Pay.php": """<?php
$this->logger->error('card {card} was refused', ['card' => $card]);
Log::warning("bank {$bank} is late");
""",
}
MESSAGES = {
    "request 17 served in 23 ms": ("shop/cart.py", 2),
    "payment 9 was declined by 'visa'": ("shop/cart.py", 3),
    "cache node eu-3 refused the connection": ("shop/cart.py", 4),
    "ledger entry 5 is missing": ("shop/cart.py", 7),
    "upload of cat.png failed after 3 attempts": ("web/app.js", 1),
    "order 7 waits for stock since 10:00:00": ("Order.java", 1),
    "listening on 0.0.0.0:80 with 4 workers": ("main.go", 1),
    "lost the lease on shard 12": ("lib.rs", 1),
    "the lease ends soon": ("lib.rs", 2),
    "job 7 gave up after all": ("shop/jobs.py", 2),
    "nobody answers at 10.0.0.7": ("shop/jobs.py", 3),
    "queue 3 is nearly full": ("shop/jobs.py", 4),
    "the reply was not JSON": ("web/api.ts", 1),
    "mail to 9 bounced": ("app/mailer.rb", 1),
    "spool of 10.0.0.8 is slow": ("app/mailer.rb", 2),
    "card 12 was refused": ("src/Pay.php", 2),
    "bank 4 is late": ("src/Pay.php", 3),
}


@pytest.fixture
def calls() -> Calls:
    return Calls(call for path, text in SOURCES.items() for call in calls_in(path, text))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_found_in_any_language(message: str, calls: Calls) -> None:
    call = calls.find(template_words(message))
    assert call is not None
    assert (call.path, call.line) == MESSAGES[message]


@pytest.mark.parametrize("message", ["disk is full", "request served", "12 34", ""])
def test_a_message_that_nobody_wrote_is_not_mapped(message: str, calls: Calls) -> None:
    assert calls.find(template_words(message)) is None


def test_two_calls_with_the_same_words_are_not_guessed_between() -> None:
    assert (
        Calls([Call("a.py", 1, "job %s is done"), Call("b.py", 9, "job %d is done")]).find(("job", "<*>", "is", "done"))
        is None
    )


def test_a_zone_is_told_by_the_files_last_change(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("".join(f"2026-01-01 12:00:{n:02d},123 INFO [1] web: request {n}\n" for n in range(20)))
    os.utime(path, (1767261619, 1767261619))
    table = scan_whole(survey(str(path))[0]).finish()
    assert table.offset == 7200
    assert table.start == 1767261600 or int(table.start or 0) == 1767261600
    assert any("UTC+02:00" in note for note in facts("app.log", table).notes)
    os.utime(path, (1767262345, 1767262345))
    assert scan_whole(survey(str(path))[0]).finish().offset == 0


def test_a_record_later_than_its_files_last_change_tells_of_a_clock_that_is_ahead(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text("".join(f"2026-01-01T12:00:{n:02d}Z INFO web: request {n}\n" for n in range(20)))
    written = 1767268819
    for late, told in ((90, True), (-90, False), (1, False)):
        os.utime(path, (written - late, written - late))
        notes = facts("app.log", scan_whole(survey(str(path))[0]).finish()).notes
        assert any("clock skew: its last record is 90 s later" in note for note in notes) == told
