"""Security probes of the running server, base as control. They are probes, not a penetration test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from workbench.api import ChangeSubject, Evidence, Figure, GateHost, GateResult, GateStatus, Step
from workbench_server.plan import NoServerError, config, drive, server_plan


class ProbesGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where a server is known, and accounts to try it with."""
        try:
            server_plan(subject)
        except NoServerError as why:
            return str(why)
        if not config(subject).get("accounts", {}).get("users"):
            return "no test accounts are known: set accounts in workbench.toml"
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """One run of the driver over both sides."""
        accounts = config(subject)["accounts"]
        yield drive(subject, "probes", server_plan(subject), accounts=accounts, endpoints=endpoints(subject))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails when head lets one through; what could not be tried is said, and keeps it from a pass when all."""
        (document,) = results
        if "error" in document:
            return GateResult("probes", "probes", GateStatus.INCONCLUSIVE, str(document["error"]))
        head: list[Mapping[str, Any]] = document["head"]
        base = {probe["name"]: probe for probe in document.get("base", ())}
        tried = [probe for probe in head if not probe["unchecked"]]
        bad = [probe for probe in tried if probe["bad"]]
        left = [probe for probe in head if probe["unchecked"]]
        n = sum(probe["n"] for probe in tried)
        status, reason = GateStatus.PASS, f"{n} tries by {len(tried)} probes, none got through"
        if bad:
            before = base.get(bad[0]["name"], {})
            too = f" (at base {before['bad']} of {before['n']})" if before.get("n") else ""
            status = GateStatus.FAIL
            reason = f"{bad[0]['name']}: {bad[0]['detail']}, {bad[0]['bad']} of {bad[0]['n']}{too}"
        elif not tried:
            status, reason = GateStatus.INCONCLUSIVE, f"no probe could be tried: {left[0]['unchecked']}"
        if left and tried:
            reason += f"; not tried: {', '.join(probe['name'] for probe in left)}"
        evidence = [Evidence(probe["name"], probe["detail"]) for probe in bad]
        evidence += [Evidence(probe["name"], f"not tried: {probe['unchecked']}") for probe in left]
        figures = tuple(_figure(probe, base.get(probe["name"], {})) for probe in tried)
        return GateResult(
            "probes", "probes", status, reason, figures=figures, examined=n, evidence=tuple(evidence), tool="own probes"
        )


def endpoints(subject: ChangeSubject) -> list[Mapping[str, Any]]:
    """The endpoints that the settings name, and those of the case that reach changed code, each once."""
    settings = config(subject)
    accounts = settings.get("accounts", {})
    named = [{"method": "POST", **accounts[name]} for name in ("login", "refresh", "logout") if accounts.get(name)]
    named += [{"method": "GET", **accounts["identity"]}] if accounts.get("identity") else []
    named += settings.get("load", {}).get("requests", [])
    for name in subject.settings.get("endpoints", ()):
        method, _, path = name.rpartition(" ")
        if "<" not in path and "{" not in path:
            named.append({"method": method or "GET", "path": path})
    seen: dict[tuple[str, str], Mapping[str, Any]] = {}
    for each in named:
        seen.setdefault((each.get("method", "GET"), each["path"]), each)
    return list(seen.values())


def _figure(probe: Mapping[str, Any], base: Mapping[str, Any]) -> Figure:
    before = base["bad"] if base.get("n") else None
    return Figure(probe["name"], probe["bad"], threshold=0, baseline=before, n=probe["n"])
