"""The record leaves this machine in one masked file and comes back whole; over cases it answers four questions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.case_values import journals
from workbench.analysis.record.stats import case_stats, statistics
from workbench.case.codec import encode
from workbench.case.enums import ProofStatus
from workbench.case.events import Event, new_event
from workbench.case.fold import fold
from workbench.case.model import Proof, Proposal
from workbench.case.state import CaseState
from workbench.engine.store.exchange import ExchangeError, exported, read, take_in
from workbench.engine.store.sqlite import SqliteStore
from workbench.engine.store.vault import Vault

PATIENT = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
DAY = datetime(2026, 3, 1, tzinfo=UTC)


@PATIENT
@given(journals())
def test_a_case_comes_back_elsewhere_with_its_ids_and_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    here, there = (SqliteStore(tmp_path_factory.mktemp("store") / "c.sqlite") for _ in range(2))
    here.append(events)
    blob = here.put_blob(b"what a test printed")
    lines = list(exported("c", here))
    carried = read(lines)
    assert take_in(carried, there) == len(events)
    assert take_in(carried, there) == 0, "again changes nothing"
    assert list(exported("c", there)) == lines
    assert [event.id for event in there.read(0)] == [event.id for event in events]
    assert fold(CaseState(), there.read(0)) == fold(CaseState(), here.read(0))
    assert there.get_blob(blob) == b"what a test printed"
    here.close(), there.close()


def test_secrets_are_masked_again_and_the_vault_stays_here(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.sqlite")
    secret = "AKIAIOSFODNN7EXAMPLE"
    store.append([new_event("note.added", "ann", {"text": f"key {secret} of bob@shop.example"})])
    store.put_blob(f"export AWS_KEY={secret} # bob@shop.example".encode())
    exact = Vault(tmp_path / "vault").put(b"the exact bytes of a patch")
    text = "\n".join(exported("c", store))
    store.close()
    assert secret not in text
    carried = read(text.splitlines())
    assert all(secret.encode() not in blob and b"bob@" not in blob for blob in carried.blobs)
    assert "bob@shop.example" not in text, "whose case is shared does not share the addresses in it"
    assert exact not in text
    assert b"exact bytes" not in b"".join(carried.blobs)


def test_a_cut_file_a_foreign_one_and_a_case_that_went_on_are_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "c.sqlite")
    store.append([new_event("note.added", "ann", {"text": "one"}), new_event("note.added", "ann", {"text": "two"})])
    lines = list(exported("c", store))
    with pytest.raises(ExchangeError, match="cut"):
        read([lines[0], *lines[2:]])
    for bad in ([], ["{}"], ["not json"], [lines[0].replace('"c"', '"../../c"'), *lines[1:]]):
        with pytest.raises(ExchangeError, match="no exported case"):
            read(bad)
    other = SqliteStore(tmp_path / "other.sqlite")
    other.append([new_event("note.added", "bob", {"text": "mine"})])
    with pytest.raises(ExchangeError, match="went on differently"):
        take_in(read(lines), other)
    assert other.last() == 1
    store.close(), other.close()


def told(kind: str, data: dict[str, Any], day: float, actor: str = "ann") -> Event:
    return new_event(kind, actor, data, at=DAY + timedelta(days=day))


def test_stats_answer_the_four_questions() -> None:
    red = Proof("p", ProofStatus.NOT_RED, ("t",), "a", "b", ())
    green = Proof("q", ProofStatus.PROVEN, ("t",), "a", "b", ())
    unsafe = Proposal("x", "agent", "skip the test", "", (), "", tamper=("skips a test",))
    one = [
        told("case.opened", {"case": "one", "repo": "/r"}, 0),
        told("case.question", {"question": "q"}, 0),
        told("driver.taken", {"driver": "ann"}, 0),
        told("triage.set", {"fingerprint": "f", "state": "relevant"}, 0.1),
        told("proposal.offered", {"proposal": encode(unsafe)}, 0.2),
        told("proposal.judged", {"proposal": "x", "state": "rejected"}, 0.3),
        told("proof.finished", {"proof": encode(red)}, 0.5),
        told("driver.taken", {"driver": "bob"}, 0.6),
        told("proof.finished", {"proof": encode(green)}, 1),
        told("monitor.finished", {"monitor": {"outcome": "recovered", "reason": "", "started": encode(DAY)}}, 2),
    ]
    again = [
        told("case.opened", {"case": "two", "repo": "/r"}, 10),
        told("triage.set", {"fingerprint": "f", "state": "relevant"}, 10),
    ]
    other = [
        told("case.opened", {"case": "three", "repo": "/r"}, 20),
        told("triage.set", {"fingerprint": "f", "state": "relevant"}, 20),
    ]
    said = statistics([case_stats(each) for each in (one, again, other)])
    proven = next(each for each in said["times"] if (each["from"], each["to"]) == ("detected", "fix_proven"))
    assert (proven["n"], proven["median"]) == (1, 86400.0)
    assert said["proofs"]["fixes_proven"] == {"count": 1, "share": 1.0, "of": "1 cases with a fix"}
    assert said["proofs"]["failed_first"]["count"] == 1
    assert said["gates"] == {"waived": 0, "unsafe_proposals_refused": 1}
    assert said["lasting"]["reopened"]["cases"] == ["one"]
    assert said["lasting"]["handovers"] == 1
    late = statistics([case_stats(each) for each in (one, other)])
    assert late["lasting"]["reopened"]["cases"] == [], "18 days later is another incident"
    assert statistics([])["times"][0]["median"] is None
