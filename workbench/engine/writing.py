"""Writing a failing test from a case's evidence: the files it is made from are read in a worker; saved when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from workbench.analysis.diffs import Diff, diff_texts
from workbench.analysis.playbooks import PlaybookError
from workbench.analysis.proof.paths import holds_tests
from workbench.analysis.writers import Ask, NothingToWriteError, Written, write_test
from workbench.api import Chunk
from workbench.case.code import Finding
from workbench.case.errors import GitError
from workbench.case.logs import LogError
from workbench.case.state import PatchRecord
from workbench.case.work import Hypothesis
from workbench.engine.playbooks import find_playbook
from workbench.engine.process.call import Priority
from workbench.engine.services import Services
from workbench.engine.views import Views
from workbench.engine.working import WorkingChange

LARGEST = 512 << 10
"""Bytes of a file that is still read."""

MOST = 64 << 20
"""Bytes of files read for one test; tests go first."""


def ask_of(views: Views, ref: str, template: str = "") -> Ask:
    """The cause, error or finding ``ref`` (an id or the beginning of one) with what belongs to it.

    Raises NothingToWriteError when there is none.
    """
    found = next((each for each in _subjects(views) if each.id == ref), None)
    found = found or next((each for each in _subjects(views) if each.id.startswith(ref)), None)
    match found:
        case Hypothesis():
            made = _of_cause(found, views, template)
        case LogError():
            made = _of_error(found, views, template)
        case Finding():
            error = next((each for each in views.errors if _ends_in(each, found)), None)
            made = Ask(found.id, found.message, found.path, found.line, error, found, template)
        case _:
            raise NothingToWriteError(f"this case has no cause, error or finding {ref}")
    return replace(made, good=_good(found, views))


def _good(about: Hypothesis | LogError | Finding, views: Views) -> str:
    """The last good commit: of the release before the deployed one, else the parent of the commit that is suspected."""
    if views.deployed is not None and views.deployed.previous_commit:
        return views.deployed.previous_commit[:10]
    refs = [item.ref for item in about.supporting] if isinstance(about, Hypothesis) else []
    suspect = next((each.revision for each in views.changes if each.id in refs and each.revision), "")
    return f"{suspect[:10]}^" if suspect else ""


def subjects(views: Views) -> list[tuple[str, str]]:
    """(id, title) of all that a test may be asked for, what is surest first."""
    causes = [(each.id, each.statement) for each in views.causes]
    errors = [(each.id, each.type) for each in views.errors]
    return [*causes, *errors, *((each.id, each.message) for each in views.findings)]


def _subjects(views: Views) -> Iterator[Hypothesis | LogError | Finding]:
    yield from views.causes
    yield from views.errors
    yield from views.findings


def _of_cause(cause: Hypothesis, views: Views, template: str) -> Ask:
    refs = [item.ref for item in cause.supporting]
    error = next((each for each in views.errors if each.id in refs), None)
    findings = [each for each in views.findings if each.id in refs]
    finding = next((each for each in findings if each.path == cause.path and each.line == cause.line), None)
    finding = finding or next(iter(findings), None)
    place = (finding.path, finding.line) if finding else (cause.path, cause.line)
    return Ask(cause.id, cause.statement, *place, error, finding, template)


def _of_error(error: LogError, views: Views, template: str) -> Ask:
    frame = error.place
    findings = [each for each in views.findings if _ends_in(error, each)]
    title = f"{error.type}: {' '.join(error.message.split())}"
    uncaught = next((each for each in findings if each.rule == "WB113"), None)
    return Ask(error.id, title, frame.path if frame else "", frame.line if frame else 0, error, uncaught, template)


def _ends_in(error: LogError, finding: Finding) -> bool:
    """Whether the error's traceback ends in the function of the finding."""
    frame = error.place
    if frame is None or frame.path != finding.path:
        return False
    symbol = finding.symbol.rpartition(".")[2]
    return frame.line == finding.line or (bool(symbol) and symbol == frame.function.rpartition(".")[2])


async def written(services: Services, ask: Ask) -> Written:
    """The test of ``ask``, not saved. Raises NothingToWriteError."""
    paths = tuple(await services.repository.files())
    ask = replace(ask, red=await asyncio.to_thread(_red, services))
    if ask.good and ask.path:
        with suppress(GitError):
            then = await services.repository.read_file(ask.path, ask.good)
            ask = replace(ask, good_text=then.decode("utf-8", "replace"))
    chunk = Chunk(write_chunk, (str(services.repository.root), paths, ask), 60.0)
    (made,) = await services.pool.run_chunk(chunk, Priority.INTERACTIVE)
    if isinstance(made, str):
        raise NothingToWriteError(made)
    assert isinstance(made, Written)
    return made


def _red(services: Services) -> tuple[str, ...]:
    """What a failing test measures by the case's playbook; nothing where that is gone. Blocking."""
    root = services.repository.root
    trusted = services.options.trust or services.trust.is_trusted(root)
    try:
        return find_playbook(services.journal.state.playbook, root, trusted).red
    except PlaybookError:
        return ()


def write_chunk(root: str, paths: Sequence[str], ask: Ask) -> list[Written | str]:
    """For a worker: the test, or the sentence that says why there is none."""
    try:
        return [write_test(ask, _texts(Path(root), paths), paths)]
    except NothingToWriteError as nothing:
        return [str(nothing)]


def _texts(root: Path, paths: Sequence[str]) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    left = MOST
    for path in sorted((each for each in paths if each.endswith(".py")), key=lambda each: not holds_tests(each)):
        place = root / path
        try:
            size = place.stat().st_size
            if size > LARGEST or place.is_symlink() or (left := left - size) < 0:
                continue
            texts[path] = place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return texts


async def save(change: WorkingChange, test: Written) -> PatchRecord:
    """Put the test where it was proposed, journaled, so that it can be taken back. Raises RefusedError."""
    made = diff_texts(test.path, None, test.text)
    return await change.apply(Diff((made,)), f"wrote the test {test.path}")
