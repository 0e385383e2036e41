"""Change events from files: GitHub deployments, kubectl's history, plain lists; and what is no such file says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workbench_changes.events import read_file
from workbench_changes.formats import NotEventsError, read_events, running

from workbench.api import ChangeKind

GITHUB = [
    {
        "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d",
        "ref": "main",
        "task": "deploy",
        "environment": "production",
        "description": None,
        "creator": {"login": "ines"},
        "created_at": "2026-05-12T13:57:00Z",
    },
    {"sha": "1111111", "ref": "main", "environment": "production", "created_at": "2026-05-10T09:00:00Z"},
]


def replica_set(number: int, image: str, at: str) -> dict[str, object]:
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"shop-{number}",
            "creationTimestamp": at,
            "annotations": {"deployment.kubernetes.io/revision": str(number)},
        },
        "spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}},
    }


def test_github_deployments() -> None:
    changes = read_events(json.dumps(GITHUB), "deployments.json")
    assert [(change.kind, change.revision[:7], change.summary) for change in changes] == [
        (ChangeKind.DEPLOY, "1111111", "deploy main to production"),
        (ChangeKind.DEPLOY, "a84d88e", "deploy main to production"),
    ]
    assert changes[1].author == "ines"
    runs = running(changes, "deployments.json")
    assert runs is not None
    assert (runs.name[:7], runs.previous) == ("a84d88e", "1111111")


@pytest.mark.parametrize("form", ["list", "one after the other"])
def test_kubectl_history_names_the_image_that_runs(form: str) -> None:
    sets = [
        replica_set(7, "registry.example/shop:r7", "2026-05-10T09:00:00Z"),
        replica_set(8, "registry.example/shop:r8", "2026-05-12T13:57:00Z"),
    ]
    text = json.dumps({"kind": "List", "items": sets}) if form == "list" else "\n".join(map(json.dumps, sets))
    changes = read_events(text, "history.json")
    assert [change.summary for change in changes] == [
        "rollout 7: registry.example/shop:r7",
        "rollout 8: registry.example/shop:r8",
    ]
    runs = running(changes, "history.json")
    assert runs is not None
    assert (runs.name, runs.previous) == ("r8", "r7")


CONTAINER = {
    "Id": "5f4f",
    "Created": "2026-05-12T13:57:00.123456789Z",
    "Name": "/web",
    "State": {"Status": "running", "StartedAt": "2026-05-12T14:20:00.5Z", "FinishedAt": "0001-01-01T00:00:00Z"},
    "Config": {"Image": "registry.example:5000/shop@sha256:0a1b", "Labels": {"com.example.team": "shop"}},
}


def test_a_container_names_the_revision_of_its_image_by_its_label() -> None:
    labels = {"org.opencontainers.image.version": "8", "org.opencontainers.image.revision": "a84d88e7554f"}
    named = CONTAINER | {"Config": {"Image": "shop:r8", "Labels": labels}, "Created": "2026-05-12T14:19:59Z"}
    old = CONTAINER | {"Config": {"Image": "shop:r7", "Labels": None}, "Created": "2026-05-10T09:00:00Z"}
    never = {"StartedAt": "0001-01-01T00:00:00Z"}
    changes = read_events(json.dumps([named, old | {"State": never}]), "inspect.json")
    assert [(change.kind, change.summary, change.revision) for change in changes] == [
        (ChangeKind.DEPLOY, "container web of shop:r7", "r7"),
        (ChangeKind.DEPLOY, "container web of shop:r8", "a84d88e7554f"),
    ]
    runs = running(changes, "inspect.json")
    assert runs is not None
    assert (runs.name, runs.previous) == ("a84d88e7554f", "r7")
    again = read_events(json.dumps([CONTAINER]), "inspect.json")
    assert [(change.kind, change.revision) for change in again] == [(ChangeKind.DEPLOY, ""), (ChangeKind.RESTART, "")]


def test_a_plain_list_of_events() -> None:
    (change,) = read_events(
        '{"at": "2026-05-12T14:00:00Z", "kind": "flag", "summary": "new_cart on", "user": "ines"}', "x"
    )
    assert (change.kind, change.summary, change.author) == (ChangeKind.FLAG, "new_cart on", "ines")


@pytest.mark.parametrize("text", ["", "no json", "{}", '{"a": 1}', "[1, 2]"])
def test_what_holds_no_event_says_so(text: str) -> None:
    with pytest.raises(NotEventsError):
        read_events(text, "x")


def test_a_file_that_is_not_there_is_a_line_of_the_check(tmp_path: Path) -> None:
    (told,) = read_file(str(tmp_path / "none.json"))
    assert told.problem == "No such file or directory"
