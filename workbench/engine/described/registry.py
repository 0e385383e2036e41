"""Every plugin that is described in the settings or in a manifest, as if it had been announced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workbench.api import Fixer
from workbench.case.enums import PluginKind
from workbench.case.logs import LogFormat
from workbench.engine.config.read import Config, load
from workbench.engine.described.analyzer import OUTPUTS as ANALYZER_OUTPUTS
from workbench.engine.described.analyzer import CommandAnalyzer
from workbench.engine.described.analyzer import Described as DescribedAnalyzer
from workbench.engine.described.runner import OUTPUTS as RUNNER_OUTPUTS
from workbench.engine.described.runner import CommandRunner
from workbench.engine.described.runner import Described as DescribedRunner
from workbench.engine.described.source import OUTPUTS as SOURCE_OUTPUTS
from workbench.engine.described.source import CommandSource
from workbench.engine.described.source import Described as DescribedSource
from workbench.engine.gates.command import OUTPUTS as GATE_OUTPUTS
from workbench.engine.gates.command import CommandGate
from workbench.engine.gates.command import Described as DescribedGate
from workbench.engine.manifests import Manifest, command_of, manifests
from workbench.engine.options import Options
from workbench.engine.plugins import Names, Package, Plugins, Registered, protocol
from workbench.engine.proposals.own import Speaker, make_fixer
from workbench.engine.trust import Trust


@dataclass(frozen=True, slots=True)
class Around:
    """What a description is made a plugin with: the repository, where there is one, and who speaks which protocol."""

    root: Path | None
    protocol: Callable[[str], Speaker]


Build = Callable[[Manifest, str, Around], Any]
"""Makes a plugin of a description; the text is why it cannot be used, empty when it can."""


def plugins_of(root: Path | None, config: Config, safe: bool) -> Plugins:
    """The plugins that are installed, and those that ``config`` and the manifests of the repository at ``root`` and of
    the user describe. ``safe``: the built-in ones alone."""
    if safe:
        return Plugins(only_own=True)
    return Plugins(described=partial(_packages, config, Around(root, protocol)))


def plugins_here(options: Options) -> Plugins:
    """The plugins where no case is open. What the repository describes is among them when it is trusted: nobody is
    asked later."""
    here = Path.cwd()
    root = here if options.trust or Trust(options.data).is_trusted(here) else None
    return plugins_of(root, load(root, options.config), options.safe)


def _packages(config: Config, around: Around, taken: Names) -> list[Package]:
    """A package for each. One that is wrong, or has the name of another, says so when it is asked: it is never passed
    over in silence."""
    found: dict[tuple[PluginKind, str], Package] = {}
    for kind, build in _KINDS.items():
        for manifest in manifests(config, around.root, kind.value):
            name, origin, data = manifest
            if (kind, name) in found:
                continue
            clash = (kind, name) in taken
            problem = str(data.get("problem", "")) or (_unusable(manifest) if kind is PluginKind.LOG_FORMAT else "")
            if clash:
                name, problem = f"{name} ({origin})", f"{origin}: there is a built-in {kind.value} {name}"
                manifest = manifest._replace(name=name)
            made = partial(build, manifest, problem, around)
            words = " ".join(map(str, data.get("command", ()))) or data.get("header") or "described, and wrong"
            title = str(data.get("title") or words)
            plugin = Registered(name, kind, title, "settings", origin, "", _needs(data), (), made)
            found[kind, name] = Package(name, origin, "", (plugin,), 0.0, problem)
    return list(found.values())


def _needs(data: Mapping[str, Any]) -> tuple[str, ...]:
    needs = data.get("needs", ())
    return tuple(map(str, needs)) if isinstance(needs, list) else ()


def _log_source(manifest: Manifest, problem: str, around: Around) -> CommandSource:
    command, wrong = command_of(manifest, SOURCE_OUTPUTS, "lines")
    follow = tuple(map(str, manifest.data.get("follow", ())))
    timeout = float(manifest.data.get("timeout", 300.0))
    return CommandSource(
        DescribedSource(manifest.name, command, follow, timeout, problem or wrong), str(around.root or "")
    )


def _log_format(manifest: Manifest, problem: str, around: Around) -> LogFormat:
    """Raises ValueError where it cannot be used."""
    if problem:
        raise ValueError(problem)
    return LogFormat(str(manifest.data.get("header", "")), str(manifest.data.get("time", "")))


def _unusable(manifest: Manifest) -> str:
    """What is wrong with a log format; empty where nothing is."""
    try:
        LogFormat(str(manifest.data.get("header", "")), str(manifest.data.get("time", "")))
    except ValueError as error:
        return f"{manifest.origin}: {error}"
    return ""


def _analyzer(manifest: Manifest, problem: str, around: Around) -> CommandAnalyzer:
    data = manifest.data
    command, wrong = command_of(manifest, ANALYZER_OUTPUTS, "sarif")
    output, timeout, good = str(data.get("output", "sarif")), float(data.get("timeout", 300.0)), data.get("good", ())
    described = DescribedAnalyzer(
        manifest.name, command, output, timeout, _told(data), tuple(map(int, good)), problem or wrong
    )
    return CommandAnalyzer(described)


def _runner(manifest: Manifest, problem: str, around: Around) -> CommandRunner:
    data = manifest.data
    command, wrong = command_of(manifest, RUNNER_OUTPUTS, "junit")
    output, each, between = str(data.get("output", "junit")), data.get("each", "{id}"), data.get("between", ",")
    reports = str(data.get("reports", ""))
    return CommandRunner(
        DescribedRunner(manifest.name, command, output, str(each), str(between), reports, problem or wrong)
    )


def _fixer(manifest: Manifest, problem: str, around: Around) -> Fixer:
    return make_fixer(manifest, problem, around.protocol)


def _gate(manifest: Manifest, problem: str, around: Around) -> CommandGate:
    data = manifest.data
    command, wrong = command_of(manifest, GATE_OUTPUTS, "exit-code")
    timeout, output = float(data.get("timeout", 600.0)), str(data.get("output", "exit-code"))
    examined = str(data.get("examined", ""))
    return CommandGate(DescribedGate(manifest.name, command, output, timeout, _told(data), examined, problem or wrong))


def _told(data: Mapping[str, Any]) -> bool:
    return bool(data.get("stdin") == "case-json")


_KINDS: Mapping[PluginKind, Build] = {
    PluginKind.LOG_SOURCE: _log_source,
    PluginKind.LOG_FORMAT: _log_format,
    PluginKind.ANALYZER: _analyzer,
    PluginKind.RUNNER: _runner,
    PluginKind.FIXER: _fixer,
    PluginKind.GATE: _gate,
}
