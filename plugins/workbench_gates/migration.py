"""Django migrations: tried on a filled copy of the schema while something reads and writes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.api import (
    ChangeSubject,
    Command,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Output,
    RunStatus,
    Step,
    TestRun,
    gate_setting,
    is_migration,
)

STALL = 1.0
"""Seconds that a read or a write may wait for a migration, unless ``gates.migration.threshold`` says otherwise."""

TIMEOUT = 900.0
SCRIPT = Path(__file__).parent / "project" / "workbench_migration.py"
_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")


class MigrationGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Django projects whose models or migrations change."""
        if not any(is_migration(path) or path.endswith("models.py") for path in subject.paths):
            return "neither migrations nor models change"
        return (
            "" if _settings(subject) else "only Django's migrations can be tried, and no manage.py names its settings"
        )

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The script under the project's interpreter, then base's tests on the schema of head."""
        new = sorted((PurePosixPath(path).parts[-3], PurePosixPath(path).stem) for path in _new(subject))
        spec = {
            "root": subject.head_worktree,
            "settings": _settings(subject),
            "folder": host.scratch(),
            "new": new,
            "rows": _rows(subject),
        }
        argv = (subject.interpreter, str(SCRIPT), json.dumps(spec))
        env = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": subject.head_worktree}
        host.progress(0, 2)
        (said,) = await host.run(Command(argv, read, subject.head_worktree, env, timeout=TIMEOUT, executes=True))
        host.progress(1, 2)
        old = await host.test(await host.base_with(_new(subject))) if new and "error" not in said else None
        yield Known(((said, old),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on drift, on what cannot go forward or back, on a stall, on base's tests; unknown row counts keep it
        from a pass."""
        ((said, old),) = results
        if "error" in said or said.get("problem"):
            return GateResult("migration", "migration", GateStatus.INCONCLUSIVE, said.get("error") or said["problem"])
        limit = float(gate_setting(subject, "migration", "threshold", STALL))
        wrong, open_ = list(_wrong(said, limit, old)), list(_open(subject, said, old))
        stall = said.get("stall", {})
        rows = said["rows"].get(said.get("probe_table", ""), 0)
        words = f"forward {said['forward']:.2f} s, back {said.get('back', 0):.2f} s on {rows} rows"
        status, reason = GateStatus.PASS, words if _new(subject) else "no migration is needed"
        if wrong:
            status, reason = GateStatus.FAIL, "; ".join(wrong)
        elif open_:
            status, reason = GateStatus.INCONCLUSIVE, "; ".join(open_)
        probed = said.get("probed", {})
        figures = (
            Figure("longest read stall", stall.get("read"), "s", limit, n=probed.get("read")),
            Figure("longest write stall", stall.get("write"), "s", limit, n=probed.get("write")),
            Figure("forward", said["forward"], "s", n=rows),
            Figure("back", said.get("back"), "s", n=rows),
        )
        evidence = [Evidence(f"sql:{name}", " ".join(sql.split())) for name, sql in said["sql"].items()]
        evidence += [Evidence("back", f"going back loses {text}") for text in said["lost"]]
        evidence += [Evidence("drift", said["drift"])] if said["drift"] else []
        return GateResult(
            "migration",
            "migration",
            status,
            reason,
            figures=figures,
            examined=len(_new(subject)) or 1,
            evidence=tuple(evidence),
            tool=f"django on {said['vendor']}",
        )


def _wrong(said: Mapping[str, Any], limit: float, old: TestRun | None) -> Sequence[str]:
    found = []
    if said["drift"]:
        found.append("the models differ from the migrations: makemigrations is missing")
    for step, words in (("forward", "forward"), ("back", "back"), ("again", "forward again")):
        if said.get(f"{step}_problem"):
            found.append(f"{words}: {said[f'{step}_problem']}")
    for what, seconds in said.get("stall", {}).items():
        if seconds > limit:
            rows = said["rows"].get(said["probe_table"], 0)
            found.append(
                f"a {what} of {said['probe_table']} waits {seconds:.2f} s at {rows} rows (at most {limit:g} s)"
            )
    if old is not None and old.status is RunStatus.FAILED:
        failed = [each.id for each in old.results if each.outcome.value in ("failed", "error")]
        found.append(
            f"base's code does not work on the new schema: {failed[0]}" if failed else "base's tests fail on it"
        )
    return found


def _open(subject: ChangeSubject, said: Mapping[str, Any], old: TestRun | None) -> Sequence[str]:
    known = _rows(subject)
    unknown = [table for table in said.get("tables", ()) if table not in known]
    found = (
        [f"how many rows {unknown[0]} has in production is not known: set gates.migration.rows or give --db"]
        if unknown
        else []
    )
    if old is not None and old.status not in (RunStatus.PASSED, RunStatus.FAILED):
        found.append(f"base's tests on the new schema: {old.message or old.status.value}")
    return found


def _rows(subject: ChangeSubject) -> Mapping[str, int]:
    """Production's row counts: what the settings say before what was read from the database of the case."""
    read: Mapping[str, int] = subject.settings.get("rows", {})
    return {**read, **gate_setting(subject, "migration", "rows", {})}


def _new(subject: ChangeSubject) -> list[str]:
    """The migrations that head has and base has not."""
    paths = [path for path in subject.paths if is_migration(path) and "/versions/" not in path]
    return [
        p
        for p in paths
        if (Path(subject.head_worktree) / p).exists() and not (Path(subject.base_worktree) / p).exists()
    ]


def _settings(subject: ChangeSubject) -> str:
    try:
        text = (Path(subject.head_worktree) / "manage.py").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = _SETTINGS.search(text)
    return found[1] if found else ""


def read(output: Output) -> list[Any]:
    """The script's document; where it failed, one with ``error``."""
    if output.timed_out:
        return [{"error": f"stopped after {TIMEOUT:g} s"}]
    lines = output.stdout.decode("utf-8", "replace").strip().splitlines()
    if output.exit_code == 0 and lines:
        return [json.loads(lines[-1])]
    said = output.stderr.decode("utf-8", "replace").strip().splitlines()
    return [{"error": said[-1][:300] if said else f"the trial ended with code {output.exit_code}"}]
