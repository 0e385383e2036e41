"""What a gate is offered: both sides of the change, tests on either, the proof; and a note of what it ran."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbench.api import Command, Output, TestRate
from workbench.case.codec import encode
from workbench.case.enums import RunStatus
from workbench.case.events import new_event
from workbench.case.model import Evidence, GateResult, Proof, TestRun
from workbench.engine.gates.lines import ran_lines
from workbench.engine.gates.tools import Versions, environment_of
from workbench.engine.host import EngineHost
from workbench.engine.proof.change import CodeChange
from workbench.engine.proof.prove import Prover
from workbench.engine.proof.stress import Wanted, stress_change
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.services import Services


@dataclass(frozen=True)
class Bench:
    """What the gates of one validation share."""

    services: Services
    workshop: Workshop
    change: CodeChange
    versions: Versions
    proving: asyncio.Lock = field(default_factory=asyncio.Lock)
    installing: asyncio.Lock = field(default_factory=asyncio.Lock)


class ChangeHost(EngineHost):
    """The :class:`workbench.api.GateHost` of one gate."""

    def __init__(self, bench: Bench, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        services = bench.services
        work = services.work.watched(self._note)
        super().__init__(services.repository, work, "", progress, services.questions.ask, services.feeds)
        self.work = work
        self.last: tuple[Command, Output] | None = None
        self._tested: Ran | None = None
        self._bench = bench
        self._programs: dict[str, str] = {}

    async def equip(self, requirements: Sequence[str]) -> None:
        """From now on take programs from an environment that holds ``requirements``, where it has them. Raises
        EnvironmentFailedError."""
        if requirements:
            services = self._bench.services
            async with self._bench.installing:
                tools = await environment_of(services.work, services.options.cache, requirements)
            self.work = self._work = services.work.watched(self._note, tools)

    def _note(self, command: Command, output: Output) -> None:
        self.last = (command, output)
        self._programs[Path(command.argv[0]).name] = command.argv[0]

    async def test(self, tree: str, tests: Sequence[str] = (), env: Mapping[str, str] | None = None) -> TestRun:
        """Run tests on one side; a run of the wrong code is an error, whatever it said."""
        return self._judged(await self._bench.workshop.trial(tree, tests, dict(env or {})))

    async def spread(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> tuple[TestRun, ...]:
        """Run tests on several trees, on the cluster where one was named."""
        workshop = self._bench.workshop
        room = asyncio.Semaphore(await workshop.width())
        done = 0

        async def run(tree: str, tests: Sequence[str]) -> TestRun:
            nonlocal done
            async with room:
                found = self._judged(await workshop.trial(tree, tests, anywhere=True))
            done += 1
            self.progress(done, len(wanted))
            return found

        tasks = [asyncio.create_task(run(tree, tests)) for tree, tests in wanted]
        try:
            return tuple(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _judged(self, ran: Ran) -> TestRun:
        self._tested = ran
        if ran.foreign:
            said = f"{ran.foreign[0]} was imported from outside the worktree: the wrong code was run"
            return replace(ran.finished.run, status=RunStatus.ERROR, message=said)
        return ran.finished.run

    async def lines(
        self, tree: str, wanted: Mapping[str, Sequence[int]]
    ) -> tuple[TestRun, Mapping[str, frozenset[int]]]:
        """Run every test on one side and tell which of the ``wanted`` lines were executed."""
        return await ran_lines(lambda env: self.test(tree, (), env), self.scratch(), wanted)

    async def stress(self, runs: int, perturb: bool = False) -> tuple[TestRate, ...]:
        """How often the change's own tests fail in ``runs`` runs each with other seeds, at head and at base."""
        bench = self._bench
        assert bench.services.trees is not None
        done = {"head": 0, "base": 0}

        def told(side: str, at: int, of: int) -> None:
            done[side] = at
            self.progress(sum(done.values()), 2 * of)

        wanted = Wanted(runs, perturb)
        found = await stress_change(
            bench.workshop, bench.services.trees, bench.change.head, bench.change, wanted, bench.change.tests, told
        )
        return tuple(
            TestRate(
                test=one.test,
                failed=one.rate.failed,
                runs=one.rate.n,
                base_failed=one.base.failed if one.base else 0,
                base_runs=one.base.n if one.base else 0,
                message=one.message,
                problem=one.problem or one.note,
                seed=one.seed,
                over=one.over,
                base_over=one.base_over,
                replayed=one.replayed.failed if one.replayed else 0,
                replays=one.replayed.n if one.replayed else 0,
            )
            for one in found
        )

    async def base_with(self, paths: Sequence[str]) -> str:
        """The tree of base with these paths of head in it. Raises GitError."""
        trees, change = self._bench.services.trees, self._bench.change
        assert trees is not None
        return await asyncio.to_thread(trees.overlay, change.base, change.head, tuple(paths))

    async def edited(self, tree: str, texts: Mapping[str, str]) -> str:
        """The tree ``tree`` with these texts in the place of its files. Raises GitError."""
        trees = self._bench.services.trees
        assert trees is not None
        files = {path: text.encode() for path, text in texts.items()}
        return await asyncio.to_thread(trees.with_files, tree, files)

    async def prove(self) -> Proof:
        """The proof on record when it speaks of these trees, else a new one."""
        bench = self._bench
        async with bench.proving:
            change = bench.change
            for proof in reversed(tuple(bench.services.journal.state.proofs.values())):
                if (proof.base, proof.head, proof.tests) == (change.base, change.head, change.tests):
                    return proof
            assert bench.services.trees is not None
            proof = await Prover(bench.workshop, bench.services.trees).prove(change)
            event = new_event("proof.finished", bench.services.options.actor, {"proof": encode(proof)})
            await bench.services.journal.append(event)
            return proof

    async def completed(self, result: GateResult, head: str) -> GateResult:
        """``result`` with the command that it rests on, where the gate names none, the versions of its tools, and its
        evidence hashed."""
        made = await asyncio.to_thread(self._completed, result, head)
        tool = await self._bench.versions.named(made.tool, self._programs) if made.tool else ""
        return replace(made, tool=tool)

    def _completed(self, result: GateResult, head: str) -> GateResult:
        evidence = tuple(replace(each, digest=_digest(each, Path(head))) for each in result.evidence)
        made = replace(result, evidence=evidence)
        if made.command:
            return made
        if self.last is not None:
            command, output = self.last
            return replace(
                made,
                command=command.argv,
                directory=command.cwd,
                exit_code=output.exit_code,
                tool=made.tool or Path(command.argv[0]).name,
                output=hashlib.sha256(output.stdout + output.stderr).hexdigest(),
            )
        if self._tested is not None:
            finished = self._tested.finished
            return replace(
                made,
                command=finished.argv,
                directory=str(self._tested.worktree),
                exit_code=finished.exit_code,
                tool=made.tool or finished.framework,
            )
        return made


def _digest(evidence: Evidence, root: Path) -> str:
    """SHA-256 over what the evidence says and the text of the line that it names."""
    named = b""
    if evidence.path and evidence.line:
        try:
            lines = (root / evidence.path).read_bytes().split(b"\n")
            named = lines[evidence.line - 1] if evidence.line <= len(lines) else b""
        except OSError:
            named = b""
    said = "\0".join((evidence.ref, evidence.text, evidence.path, str(evidence.line)))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass") + b"\0" + named).hexdigest()
