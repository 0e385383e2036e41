"""Migrations of Django and Alembic: tried on a filled copy of the schema while something reads and writes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Command,
    CommandMissingError,
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
    concluded,
    gate_setting,
    is_migration,
)
from workbench_gates.dumps import DumpError, rows_of
from workbench_gates.locks import risks

STALL = 1.0
"""Seconds that a read or a write may wait for a migration, unless ``gates.migration.threshold`` says otherwise."""

TIMEOUT = 900.0
SCRIPTS = {
    kit: Path(__file__).parent / "project" / f"workbench_{name}.py"
    for kit, name in (("django", "migration"), ("alembic", "alembic"))
}
"""What tries the migrations of each kit, under the project's interpreter."""

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")


@dataclass(frozen=True, slots=True)
class Tried:
    """What the trial said, base's tests on the new schema, production's rows by table with who told them, and what
    linters said of the SQL."""

    said: Mapping[str, Any]
    old: TestRun | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    told: str = ""
    lint: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class MigrationGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Projects of Django and Alembic whose models or migrations change."""
        if not any(is_migration(path) or _is_model(path) for path in subject.paths):
            return "neither migrations nor models change"
        return "" if _kit(subject) else "neither a manage.py that names its settings nor an alembic.ini is there"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The script under the project's interpreter, then base's tests on the schema of head."""
        kit, new = _kit(subject), _new(subject)
        rows, told, notes = await _production(subject, host)
        django = sorted((PurePosixPath(path).parts[-3], PurePosixPath(path).stem) for path in new if kit == "django")
        spec = {
            "root": subject.head_worktree,
            "settings": _settings(subject),
            "folder": host.scratch(),
            "new": django or new,
            "rows": rows,
        }
        argv = (subject.interpreter, str(SCRIPTS[kit]), json.dumps(spec))
        env = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": subject.head_worktree}
        host.progress(0, 3)
        (said,) = await host.run(Command(argv, read, subject.head_worktree, env, timeout=TIMEOUT, executes=True))
        host.progress(1, 3)
        lint, more = await _linted(said, host)
        host.progress(2, 3)
        old = await host.test(await host.base_with(new)) if new and "error" not in said else None
        yield Known((Tried(said, old, rows, told, lint, (*notes, *more)),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on drift, on what cannot go forward or back, on a stall, on base's tests; unknown row counts keep it
        from a pass."""
        (tried,) = results
        said, old = tried.said, tried.old
        if "error" in said or said.get("problem"):
            return GateResult("migration", "migration", GateStatus.INCONCLUSIVE, said.get("error") or said["problem"])
        limit = float(gate_setting(subject, "migration", "threshold", STALL))
        stall = said.get("stall", {})
        rows = said["rows"].get(said.get("probe_table", ""), 0)
        words = f"forward {said['forward']:.2f} s, back {said.get('back', 0):.2f} s on {rows} rows"
        probed = said.get("probed", {})
        figures = (
            Figure("longest read stall", stall.get("read"), "s", limit, n=probed.get("read")),
            Figure("longest write stall", stall.get("write"), "s", limit, n=probed.get("write")),
            Figure("forward", said["forward"], "s", n=rows),
            Figure("back", said.get("back"), "s", n=rows),
            Figure("statements at risk", len(tried.lint), n=len(said["sql"])),
        )
        evidence = [Evidence(f"sql:{name}", " ".join(sql.split())) for name, sql in said["sql"].items()]
        evidence += [Evidence("lint", text) for text in (*tried.lint, *tried.notes)]
        evidence += [Evidence("back", f"going back loses {text}") for text in said["lost"]]
        evidence += [Evidence("drift", said["drift"])] if said["drift"] else []
        evidence += [Evidence("rows", f"rows as {tried.told} says")] if tried.told else []
        return concluded(
            "migration",
            words if _new(subject) else "no migration is needed",
            _wrong(said, limit, old),
            _open(tried),
            figures=figures,
            examined=len(_new(subject)) or 1,
            evidence=tuple(evidence),
            tool=f"{said['tool']}, {said['vendor']}",
        )


def _wrong(said: Mapping[str, Any], limit: float, old: TestRun | None) -> Sequence[str]:
    found = []
    if said["drift"]:
        found.append(f"the models differ from the migrations, one is missing: {said['drift'].splitlines()[-1][:200]}")
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


def _open(tried: Tried) -> Sequence[str]:
    old = tried.old
    unknown = [table for table in tried.said.get("tables", ()) if table not in tried.rows]
    ways = "set gates.migration.rows or gates.migration.dump, or give --db"
    found = [f"how many rows {unknown[0]} has in production is not known: {ways}"] if unknown else []
    unfilled: Mapping[str, str] = tried.said.get("unfilled", {})
    found += [
        f"{table} could not be filled: {unfilled[table]}" for table in tried.said.get("tables", ()) if table in unfilled
    ]
    if old is not None and old.status not in (RunStatus.PASSED, RunStatus.FAILED):
        found.append(f"base's tests on the new schema: {old.message or old.status.value}")
    return found


async def _production(subject: ChangeSubject, host: GateHost) -> tuple[Mapping[str, int], str, tuple[str, ...]]:
    """Production's rows by table: what the settings say before what a dump does, that before the database of the case;
    who told them; what a dump could not tell."""
    read: Mapping[str, int] = subject.settings.get("rows", {})
    typed: Mapping[str, int] = gate_setting(subject, "migration", "rows", {})
    dump = str(gate_setting(subject, "migration", "dump", ""))
    dumped: Mapping[str, int] = {}
    notes: tuple[str, ...] = ()
    if dump:
        try:
            dumped = dict(await host.run(Chunk(rows_of, (str(Path(subject.repo) / dump),), 600.0)))
        except DumpError as error:
            notes = (str(error),)
    told = [("the settings", typed), (f"the dump {dump}", dumped), ("the database of the case", read)]
    return {**read, **dumped, **typed}, ", ".join(name for name, rows in told if rows), notes


async def _linted(said: Mapping[str, Any], host: GateHost) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What squawk, where it is there, and our own rules say of the SQL for PostgreSQL; and what was not linted, why."""
    if said.get("vendor") != "postgresql":
        return (), ("not linted: the rules are PostgreSQL's",) if said.get("sql") else ()
    found = [f"{name}: {risk.rule}: {risk.why}" for name, sql in said["sql"].items() for risk in risks(sql)]
    notes: tuple[str, ...] = ()
    for name, sql in said["sql"].items():
        argv = ("squawk", "--reporter", "json", "--stdin-filepath", f"{name}.sql")
        try:
            found += [f"{name}: {text}" for text in await host.run(Command(argv, read_squawk, stdin=sql.encode()))]
        except CommandMissingError:
            notes = ("squawk is not on PATH: the SQL was linted by our own rules alone",)
            break
    return tuple(found), notes


def read_squawk(output: Output) -> list[Any]:
    """The rule and message of each of squawk's findings; where it left none that can be read, that."""
    try:
        found = json.loads(output.stdout or b"[]")
        return [f"squawk: {each['rule_name']}: {each.get('message') or each.get('messages')}" for each in found]
    except (ValueError, KeyError, TypeError):
        lines = output.stderr.decode("utf-8", "replace").strip().splitlines()
        return [f"squawk said nothing that can be read: {lines[-1][:200] if lines else output.exit_code}"]


def _is_model(path: str) -> bool:
    name = PurePosixPath(path)
    return name.name == "models.py" or (name.suffix == ".py" and "models" in name.parts[:-1])


def _kit(subject: ChangeSubject) -> str:
    """What makes the migrations: django, alembic, or nothing that is known."""
    if _settings(subject):
        return "django"
    return "alembic" if (Path(subject.head_worktree) / "alembic.ini").is_file() else ""


def _new(subject: ChangeSubject) -> list[str]:
    """The migrations that head has and base has not."""
    alembic = _kit(subject) == "alembic"
    paths = [path for path in subject.paths if is_migration(path) and alembic == ("/versions/" in path)]
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
