"""What in a change could make a judge look away: tests, CI, settings, skips, loosened checks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.analysis.diffs import Diff, FileDiff, FileStatus, Hunk, Selection
from workbench.analysis.diffs.select import all_of_file, lines_of_hunk
from workbench.analysis.proof import is_test_path

_CI = re.compile(
    r"^(\.github/(workflows|actions)/|\.gitlab-ci|\.circleci/|\.buildkite/|\.woodpecker|\.drone\.yml|azure-pipelines"
    r"|bitbucket-pipelines|Jenkinsfile|\.travis\.yml|\.?appveyor\.yml|cloudbuild\.ya?ml|\.ci/)"
)
_SETTINGS = frozenset(
    {".coveragerc", "pytest.ini", "tox.ini", "noxfile.py", ".flake8", "ruff.toml", ".ruff.toml", "mypy.ini"}
    | {".pylintrc", ".bandit", ".pre-commit-config.yaml", "codecov.yml", ".semgrepignore", "pyrightconfig.json"}
)
_OTHER_SETTINGS = re.compile(
    r"^(\.?codecov\.ya?ml|\.eslintrc.*|eslint\.config\..+|(jest|vitest|playwright|karma|cypress)\.config\..+|\.nycrc.*"
    r"|\.golangci\.ya?ml|\.rubocop.*\.yml|\.rspec|phpunit\.xml.*|phpstan\.neon.*|checkstyle\.xml|detekt\.yml)$"
)
_KEYS = re.compile(r"^(addopts|fail_under|filterwarnings|xfail_strict|norecursedirs|exclude_lines|extend-ignore)\s*=")
"""Settings that are of tests, coverage or lint whatever section they stand in."""

_FIXTURES = re.compile(r"(^|/)(conftest\.py$|(fixtures|testdata|golden|cassettes|__snapshots__|snapshots)/)")
_HEADING = re.compile(r"^\[[\w\-.:\" \[]+\]")
_SECTIONS = re.compile(r"^\[(tool[.:])?(pytest|coverage|ruff|flake8|mypy|bandit|pylint|tox|pyright)")
_SILENCER = re.compile(r"#\s*(noqa|nosec|type:\s*ignore|pragma:\s*no\s*cover|pylint:\s*disable|pyright:\s*ignore)")
_SKIP = re.compile(
    r"\bskip(?:if|test|unless)?\b|\bxfail\b|@unittest\.(?:skip|expectedFailure)|\bimportorskip\b", re.IGNORECASE
)
_RETRY = re.compile(r"\b(flaky|rerun|reruns|retry|retries)\b", re.IGNORECASE)
_SLEEP = re.compile(r"\bsleep\s*\(")
_TOLERANCE = re.compile(r"\b(timeout|rel|abs|delta|places|atol|rtol|tolerance|threshold|max_\w+)\s*=\s*([0-9.]+)")
_ASSERT = re.compile(r"^\s*(assert\b|self\.assert\w+\(|with\s+(?:pytest|self)\.(?:raises|assertRaises))")
_LOOSE = re.compile(r"^\s*assert\s+(True|1|.+\bor\s+True)\s*(#.*)?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """One reason to look twice. ``kind``: test_removed, assertion_removed, assertion_loosened, skip_added, retry_added,
    sleep_added, tolerance_changed, fixture_changed, silencer_added, settings_changed, ci_changed. ``line`` is of the
    new side."""

    kind: str
    path: str
    line: int
    text: str

    def words(self) -> str:
        """The mark as a sentence."""
        return f"{self.kind.replace('_', ' ')} at {self.path}:{self.line}: {self.text.strip()[:80]}"


def tamper_marks(diff: Diff) -> tuple[Mark, ...]:
    """Every mark of ``diff``, in its order."""
    return tuple(mark for file in diff.files for mark in _file(file))


def touches_judges(diff: Diff) -> tuple[str, ...]:
    """Paths of tests and what supports them, of CI and of the settings of tools that judge a change."""
    return tuple(file.path for file in diff.files if _judges(file))


def clean_part(diff: Diff) -> Selection:
    """What of ``diff`` is under no suspicion: the hunks without a mark of files that judge nothing."""
    kept = Selection()
    for number, file in enumerate(diff.files):
        if _judges(file):
            continue
        marked = {mark.line for mark in _file(file)}
        if not marked:
            kept |= all_of_file(diff, number)
            continue
        for at, hunk in enumerate(file.hunks):
            if not any(hunk.new_start <= line <= hunk.new_start + hunk.new_count for line in marked):
                kept |= lines_of_hunk(diff, number, at)
    return kept


def _judges(file: FileDiff) -> bool:
    paths = (file.old_path, file.path)
    return any(is_test_path(path) or _CI.match(path) or _is_settings(path) for path in paths if path)


def _is_settings(path: str) -> bool:
    name = PurePosixPath(path).name
    return name in _SETTINGS or _OTHER_SETTINGS.match(name) is not None


def _file(file: FileDiff) -> Iterator[Mark]:
    path = file.path
    if _CI.match(path):
        yield Mark("ci_changed", path, 1, "continuous integration")
    if _is_settings(path):
        yield Mark("settings_changed", path, 1, "test, coverage or lint settings")
    tests = is_test_path(file.old_path) or is_test_path(path)
    if tests and file.status is FileStatus.DELETED:
        yield Mark("test_removed", path, 1, "the whole file")
        return
    if tests and _FIXTURES.search(path):
        yield from _fixture(file)
    for hunk in file.hunks:
        yield from _added(path, hunk, tests)
        if tests:
            yield from _weakened(path, hunk)
        if path.endswith((".toml", ".cfg", ".ini")) and _in_tool_section(hunk):
            yield Mark("settings_changed", path, hunk.new_start, hunk.section or "tool settings")


def _fixture(file: FileDiff) -> Iterator[Mark]:
    """What tests stand on, or are compared with, was there and is another."""
    gone = ((hunk.new_start, line.text) for hunk in file.hunks for line in hunk.lines if line.sign == "-")
    start, text = next(gone, (1, "its content") if file.binary and file.status is FileStatus.MODIFIED else (0, ""))
    if start:
        yield Mark("fixture_changed", file.path, start, text)


def _added(path: str, hunk: Hunk, tests: bool) -> Iterator[Mark]:
    removed = [line.text for line in hunk.lines if line.sign == "-"]
    for _, number, line in hunk.numbered():
        if line.sign != "+":
            continue
        text = line.text
        if _SILENCER.search(text) and not any(_SILENCER.search(old) for old in removed):
            yield Mark("silencer_added", path, number, text)
        if not tests:
            continue
        for kind, shape in (("skip_added", _SKIP), ("retry_added", _RETRY), ("sleep_added", _SLEEP)):
            if shape.search(text) and not any(shape.search(old) for old in removed):
                yield Mark(kind, path, number, text)
        if _LOOSE.match(text):
            yield Mark("assertion_loosened", path, number, text)


def _weakened(path: str, hunk: Hunk) -> Iterator[Mark]:
    gone = [line.text for line in hunk.lines if line.sign == "-"]
    come = [line.text for line in hunk.lines if line.sign == "+"]
    here = {text.strip() for text in come}
    for text in gone:
        if text.strip() in here:
            continue
        if re.match(r"^\s*(?:async\s+)?def\s+test", text):
            yield Mark("test_removed", path, hunk.new_start, text)
        elif _ASSERT.match(text):
            replaced = sum(bool(_ASSERT.match(new)) for new in come)
            kind = "assertion_loosened" if replaced else "assertion_removed"
            yield Mark(kind, path, hunk.new_start, text)
    before, after = _tolerances(gone), _tolerances(come)
    for name in before.keys() & after.keys():
        if after[name] > before[name]:
            yield Mark("tolerance_changed", path, hunk.new_start, f"{name} {before[name]:g} to {after[name]:g}")


def _tolerances(lines: list[str]) -> dict[str, float]:
    found = (match for text in lines for match in _TOLERANCE.finditer(text))
    return {match[1]: float(match[2]) for match in found if match[2].strip(".").replace(".", "", 1).isdigit()}


def _in_tool_section(hunk: Hunk) -> bool:
    """Whether a line was changed below the heading of a tool; ``hunk.section`` is the heading before the hunk."""
    section = hunk.section
    for line in hunk.lines:
        text = line.text.strip()
        section = text if _HEADING.match(text) else section
        if line.sign in "+-" and (_SECTIONS.match(section) or _KEYS.match(text)):
            return True
    return False
