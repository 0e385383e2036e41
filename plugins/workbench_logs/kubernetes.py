"""Every pod of a Kubernetes workload, with the containers that ran before a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.api import Command, Feed, Host, Known, Output, Step
from workbench_logs.fetch import apart, fetching, fold_fetched

_KINDS = "deployment,statefulset,daemonset,replicaset,job,pod"
_MOST = 50
"""Streams that kubectl opens at once."""


@dataclass(frozen=True)
class Workload:
    """What the cluster says: the label selector or the pod's own name, restarted containers, what it refused."""

    selector: str = ""
    pod: str = ""
    restarted: tuple[tuple[str, str], ...] = ()
    pods: int = 0
    refused: str = ""


@dataclass(frozen=True)
class Coming:
    """What prints what comes."""

    argv: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """How an argument list is run where the cluster is reached, once and to be followed; ``host`` is named by it."""

    once: Callable[[tuple[str, ...]], tuple[str, ...]] = tuple
    coming: Callable[[tuple[str, ...]], tuple[str, ...]] = tuple
    host: str = ""


class KubernetesSource:
    """``k8s:NAMESPACE/WORKLOAD``; the workload is a deployment, stateful set, daemon set, replica set, job or pod."""

    def accepts(self, location: str) -> bool:
        """``k8s:NAMESPACE/WORKLOAD``."""
        return location.startswith("k8s:")

    def plan(self, location: str, host: Host) -> AsyncIterator[Step]:
        """Ask for the workload, then for its pods, then for their logs and those before a restart."""
        return pods_logs(location, location, host, Reached())

    def fold(self, location: str, results: Sequence[Any]) -> Feed:
        """The spools; pods that are forbidden or gone are named."""
        return fold_fetched(location, results, next(iter(comings(results)), ()))


async def pods_logs(location: str, label: str, host: Host, reached: Reached) -> AsyncIterator[Step]:
    """The steps that fetch the logs of the workload ``location``, with ``label`` as their name."""
    namespace, _, name = location.removeprefix("k8s:").rpartition("/")
    scope = ("--namespace", namespace) if namespace else ()
    by_name = f"--field-selector=metadata.name={name}"
    found = await _ask(host, reached.once(("kubectl", "get", _KINDS, *scope, by_name, "--output=json")))
    if found.refused or not (found.selector or found.pod):
        yield Known((f"{label}: {found.refused or 'no workload of that name'}",))
        return
    which = (f"--selector={found.selector}",) if found.selector else (by_name,)
    pods = await _ask(host, reached.once(("kubectl", "get", "pods", *scope, *which, "--output=json")))
    if pods.refused:
        yield Known((f"{label}: {pods.refused}",))
    yield Known((Coming(reached.coming(coming_argv(scope, found))),))
    wanted = [(f"{label} ({pods.pods} pods)", logs_argv(scope, found))]
    wanted += [
        (f"{label} {pod}/{container} before its restart", previous_argv(scope, pod, container))
        for pod, container in pods.restarted[:_MOST]
    ]
    fetches = [fetching(reached.once(argv), of, host, at=reached.host) for of, argv in wanted]
    for fetched in await asyncio.gather(*(apart(steps, host) for steps in fetches)):
        yield fetched


def comings(results: Sequence[Any]) -> tuple[tuple[str, ...], ...]:
    """What prints what comes, of the results of :func:`pods_logs`."""
    return tuple(result.argv for result in results if isinstance(result, Coming))


def previous_argv(scope: Sequence[str], pod: str, container: str) -> tuple[str, ...]:
    """The log of a container before its restart."""
    return ("kubectl", "logs", *scope, "--previous", "--prefix", "--timestamps", f"--container={container}", pod)


def logs_argv(scope: Sequence[str], found: Workload) -> tuple[str, ...]:
    """The logs of all containers of the workload's pods, each line behind its pod's name and its time."""
    which = (f"--selector={found.selector}", f"--max-log-requests={_MOST}") if found.selector else (found.pod,)
    return ("kubectl", "logs", *scope, "--all-containers", "--prefix", "--timestamps", "--tail=-1", *which)


def coming_argv(scope: Sequence[str], found: Workload) -> tuple[str, ...]:
    """The same from now on, of the pods that run now; one that ends does not end the others."""
    argv = logs_argv(scope, found)
    return (*(each for each in argv if each != "--tail=-1"), "--tail=0", "--follow", "--ignore-errors")


async def _ask(host: Host, argv: tuple[str, ...]) -> Workload:
    answer: list[Any] = await host.run(Command(argv, workload, timeout=30))
    found: Workload = answer[0]
    return found


def workload(output: Output) -> list[Workload]:
    """The workload or the pods in what ``kubectl get`` said."""
    if output.exit_code:
        said = output.stderr.decode("utf-8", "replace").strip().splitlines()
        return [Workload(refused=said[-1][:300] if said else f"kubectl ended with exit code {output.exit_code}")]
    try:
        items = json.loads(output.stdout).get("items", [])
    except ValueError:
        return [Workload(refused="kubectl gave no JSON")]
    restarted = tuple(
        (item["metadata"]["name"], status["name"])
        for item in items
        for status in item.get("status", {}).get("containerStatuses", [])
        if status.get("restartCount")
    )
    pods = sum(item.get("kind") == "Pod" for item in items)
    for item in items:
        labels = item.get("spec", {}).get("selector", {}).get("matchLabels", {})
        if labels:
            selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
            return [Workload(selector, "", restarted, pods)]
    return [Workload("", items[0]["metadata"]["name"] if items else "", restarted, pods)]
