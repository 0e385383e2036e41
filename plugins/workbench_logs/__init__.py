"""Logs: where they are fetched from, and the analyzer that says what they say."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_log_sources(register: Register) -> None:
    """Announce the sources; ``files`` takes what no other one does."""
    register("files", _files, title="a path, a glob, a folder")
    register("journal", _journal, title="journal:UNIT", needs=("command:journalctl",))
    register("docker", _docker, title="docker:NAME", needs=("command:docker",))
    register("compose", _compose, title="compose:SERVICE", needs=("command:docker",))
    register("kubernetes", _kubernetes, title="k8s:NAMESPACE/WORKLOAD", needs=("command:kubectl",))
    register("ssh", _ssh, title="ssh://HOST/ before any other", needs=("command:ssh",))
    register("command", _command, title='cmd:"argv by shlex, no shell"')
    register("loki", _loki, title="loki:URL?query={selector}")


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("logs", _analyzer, title="logs: patterns, errors against before, onset and impact")


def _files() -> Any:
    from workbench_logs.files import FileSource

    return FileSource()


def _journal() -> Any:
    from workbench_logs.journal import JournalSource

    return JournalSource()


def _docker() -> Any:
    from workbench_logs.docker import DockerSource

    return DockerSource()


def _compose() -> Any:
    from workbench_logs.docker import ComposeSource

    return ComposeSource()


def _kubernetes() -> Any:
    from workbench_logs.kubernetes import KubernetesSource

    return KubernetesSource()


def _ssh() -> Any:
    from workbench_logs.ssh import SshSource

    return SshSource()


def _command() -> Any:
    from workbench_logs.command import CommandSource

    return CommandSource()


def _loki() -> Any:
    from workbench_logs.loki import LokiSource

    return LokiSource()


def _analyzer() -> Any:
    from workbench_logs.analyzer import LogsAnalyzer

    return LogsAnalyzer()
