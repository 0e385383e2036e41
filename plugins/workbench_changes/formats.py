"""GitHub deployments, kubectl's replica sets and rollout history, ``docker inspect`` of containers, and plain lists of
events, as changes. Pure.

GitHub: https://docs.github.com/rest/deployments/deployments and .../releases; Kubernetes: the objects of apps/v1, with
the annotations ``deployment.kubernetes.io/revision`` and ``kubernetes.io/change-cause``; images: the annotation keys of
the OCI image specification, and Label Schema's before them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from workbench.api import Change, ChangeKind, Deployed

_REVISION = "deployment.kubernetes.io/revision"
_CAUSE = "kubernetes.io/change-cause"
_LABELS = (
    "org.opencontainers.image.revision",
    "org.label-schema.vcs-ref",
    "org.opencontainers.image.version",
    "org.label-schema.version",
)
"""Labels of an image that say which revision it is, the surest first."""
_AGAIN = 60.0
"""Seconds after its creation from which the start of a container is one more."""
_TIMES = ("at", "time", "timestamp", "date", "created_at", "ts")


class NotEventsError(ValueError):
    """The text holds no change events of a kind that is known here."""


def read_events(text: str, source: str) -> list[Change]:
    """The events of one document, in order of time. Raises NotEventsError."""
    items = _items(text)
    found = [change for item in items if isinstance(item, Mapping) for change in _event(item, source)]
    if not found:
        raise NotEventsError("no deployment, replica set or event with a time in it")
    return sorted(found, key=lambda change: change.at)


def running(changes: Sequence[Change], source: str) -> Deployed | None:
    """The release of the last deploy that names one, and the one before it."""
    deploys = [change for change in changes if change.kind is ChangeKind.DEPLOY and change.revision]
    if not deploys:
        return None
    before = next((each for each in reversed(deploys) if each.revision != deploys[-1].revision), None)
    return Deployed(deploys[-1].revision, source, previous=before.revision if before else "", at=deploys[-1].at)


def _items(text: str) -> list[Any]:
    """The objects of a document, of JSON lines, or of documents one after the other, as kubectl prints a history."""
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            data, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise NotEventsError(f"this is no JSON: {error}") from error
        found += _inner(data)
    return found


def _inner(data: Any) -> list[Any]:
    if isinstance(data, Mapping):
        inner = next((data[name] for name in ("items", "deployments", "events", "changes") if name in data), None)
        return inner if isinstance(inner, list) else [data]
    return data if isinstance(data, list) else []


def _event(item: Mapping[str, Any], source: str) -> Iterable[Change]:
    if isinstance(item.get("metadata"), Mapping):
        return _kubernetes(item, source)
    if isinstance(item.get("Config"), Mapping) and isinstance(item.get("State"), Mapping):
        return _docker(item, source)
    if "sha" in item and ("environment" in item or "ref" in item):
        return _github(item, source)
    return _plain(item, source)


def _github(item: Mapping[str, Any], source: str) -> Iterable[Change]:
    at = _time(item.get("created_at"))
    if at is None:
        return
    creator = item.get("creator")
    who = str(creator.get("login", "")) if isinstance(creator, Mapping) else ""
    where = f" to {item['environment']}" if item.get("environment") else ""
    what = str(item.get("description") or "") or f"{item.get('task') or 'deploy'} {item.get('ref') or ''}".strip()
    yield _change(source, at, ChangeKind.DEPLOY, f"{what}{where}", str(item["sha"]), who)


def _kubernetes(item: Mapping[str, Any], source: str) -> Iterable[Change]:
    meta = item.get("metadata")
    at = _time(meta.get("creationTimestamp")) if isinstance(meta, Mapping) else None
    if not isinstance(meta, Mapping) or at is None:
        return
    notes = meta.get("annotations") or {}
    images = list(_images(item))
    number = notes.get(_REVISION) or item.get("revision") or ""
    cause = notes.get(_CAUSE) or ", ".join(images) or meta.get("name", "")
    revision = _tag(images[0]) if images else ""
    labels = meta.get("labels") or {}
    revision = str(labels.get("app.kubernetes.io/version") or revision)
    yield _change(source, at, ChangeKind.DEPLOY, f"rollout {number}: {cause}".replace(" :", ":"), revision, "")


def _docker(item: Mapping[str, Any], source: str) -> Iterable[Change]:
    """A container: made from an image, whose labels name the revision, and perhaps started again since."""
    config, state = item["Config"], item["State"]
    made, started = _time(item.get("Created")), _time(state.get("StartedAt"))
    if made is None:
        return
    image, labels = str(config.get("Image") or ""), config.get("Labels") or {}
    revision = next((str(labels[name]) for name in _LABELS if labels.get(name)), "") or _tag(image)
    name = str(item.get("Name") or "").removeprefix("/") or "a container"
    yield _change(source, made, ChangeKind.DEPLOY, f"container {name} of {image}", revision, "")
    if started is not None and (started - made).total_seconds() > _AGAIN:
        yield _change(source, started, ChangeKind.RESTART, f"container {name} started again", revision, "")


def _tag(image: str) -> str:
    """``r8`` of ``registry.example:5000/shop:r8@sha256:...``; empty where there is none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def _images(item: Mapping[str, Any]) -> Iterable[str]:
    """Images of the pod template, wherever the object keeps it."""
    data = item.get("data")
    for holder in (item.get("spec"), data.get("spec") if isinstance(data, Mapping) else None):
        template = holder.get("template") if isinstance(holder, Mapping) else None
        spec = template.get("spec") if isinstance(template, Mapping) else None
        for each in (spec.get("containers") or []) if isinstance(spec, Mapping) else []:
            if isinstance(each, Mapping) and each.get("image"):
                yield str(each["image"])


def _plain(item: Mapping[str, Any], source: str) -> Iterable[Change]:
    """``{"at", "kind", "summary"}`` and, if there are, ``revision``, ``author``, ``paths``."""
    at = next((found for name in _TIMES if (found := _time(item.get(name))) is not None), None)
    said = item.get("summary") or item.get("title") or item.get("message") or item.get("description")
    if at is None or not said:
        return
    kind = str(item.get("kind") or item.get("type") or "note").lower()
    known = ChangeKind(kind) if kind in set(ChangeKind) else ChangeKind.NOTE
    revision = str(item.get("revision") or item.get("sha") or item.get("version") or "")
    paths = tuple(str(path) for path in item.get("paths") or ())
    yield _change(source, at, known, str(said), revision, str(item.get("author") or item.get("user") or ""), paths)


def _time(value: Any) -> datetime | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1e8 < value < 1e14:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _change(
    source: str, at: datetime, kind: ChangeKind, summary: str, revision: str, who: str, paths: tuple[str, ...] = ()
) -> Change:
    digest = hashlib.sha256(f"{source} {at} {summary} {revision}".encode()).hexdigest()[:10]
    return Change(f"event:{digest}", at, kind, summary, revision, who, paths)
