"""How well the ranking finds the place, on reports whose fixes are known.

    python tests/bench/localization.py CASES.jsonl [--mirrors DIR] [--repo NAME] [--limit N] [--title-words 6]
                                       [--effects] [--out PREDICTIONS.jsonl]

A case has ``id``, ``repo``, ``base_commit``, ``query``, ``gold_files`` and ``gold_functions``. DIR (or MIRRORS) holds a
git directory for each repository: ``<owner>+<name>/repo``. Files and commits are read from git at ``base_commit``; no
later ones; contents that a partial mirror lacks count as empty. ``--effects`` also prints the scores with each signal
left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.analysis.git_time import git_time
from workbench.analysis.index import put_listing, update_contents
from workbench.analysis.mentions import read_mentions
from workbench.analysis.ranking import rank_chunk, weights
from workbench.analysis.ranking.history import Commit

COMMITS = 3000
BATCH = 100
CUTS = (1, 5, 10)
Case = Mapping[str, Any]


class Mirror:
    """One repository's history and an index of its own."""

    def __init__(self, git_dir: Path, index: Path) -> None:
        self._git_dir = git_dir
        self.index = str(index)
        self._histories: dict[str, list[Commit]] = {}

    def git(self, *args: str, stdin: bytes = b"") -> bytes:
        argv = ["git", f"--git-dir={self._git_dir}", *args]
        return subprocess.run(argv, input=stdin, capture_output=True, check=True).stdout

    def prepare(self, commit: str) -> None:
        """Index the files of ``commit`` that no earlier case had."""
        entries = []
        for row in self.git("ls-tree", "-r", "-z", commit).split(b"\0"):
            head, _, path = row.partition(b"\t")
            if head.startswith(b"100"):
                entries.append((path.decode("utf-8", "replace"), head.split()[2].decode()))
        missing = put_listing(self.index, commit, entries)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            contents = self._contents([blob for _, blob in batch])
            update_contents(self.index, [(path, blob, contents[blob]) for path, blob in batch])

    def _contents(self, blobs: Sequence[str]) -> dict[str, bytes]:
        data = self.git("cat-file", "--batch", stdin="\n".join(blobs).encode() + b"\n")
        found, at = {}, 0
        for blob in blobs:
            end = data.index(b"\n", at)
            if data[at:end].endswith(b" missing"):
                found[blob], at = b"", end + 1
                continue
            size = int(data[at:end].split()[2])
            found[blob] = data[end + 1 : end + 1 + size]
            at = end + 2 + size
        return found

    def history(self, commit: str) -> list[Commit]:
        """The last commits up to ``commit``."""
        if commit not in self._histories:
            form = "--format=%x01%H%x02%ct%x02%s"
            out = self.git("log", "--no-renames", "--name-only", form, f"-n{COMMITS}", commit, "--")
            self._histories[commit] = [_commit(text) for text in out.decode("utf-8", "replace").split("\x01")[1:]]
        return self._histories[commit]


def _commit(text: str) -> Commit:
    head, _, paths = text.partition("\n")
    name, seconds, subject = head.split("\x02", 2)
    return name, subject, tuple(paths.split()), git_time(seconds)


@dataclass
class Answer:
    """What was ranked for one case, best first."""

    case: Case
    files: list[str]
    functions: list[str]
    seconds: float


def answer(case: Case, mirror: Mirror, title_words: int) -> Answer:
    """Rank one case."""
    question = str(case["query"])
    if title_words:
        question = " ".join(read_mentions(question).title.split()[:title_words])
    mirror.prepare(case["base_commit"])
    commits = mirror.history(case["base_commit"])
    started = time.perf_counter()
    (ranking,) = rank_chunk(mirror.index, case["base_commit"], question, (), commits)
    seconds = time.perf_counter() - started
    functions = [f"{spot.path}::{spot.qualname}" for spot in ranking.symbols]
    return Answer(case, [spot.path for spot in ranking.files], functions, seconds)


def scores(answers: Sequence[Answer]) -> dict[str, float]:
    """Shares: all gold files within the first k; 1/rank of the first gold file; a gold function within the first k."""
    with_functions = [item for item in answers if item.case["gold_functions"]]
    found: dict[str, float] = {}
    for cut in CUTS:
        found[f"strict@{cut}"] = _mean(set(item.case["gold_files"]) <= set(item.files[:cut]) for item in answers)
    found["MRR"] = _mean(_reciprocal(item) for item in answers)
    for cut in CUTS:
        found[f"function@{cut}"] = _mean(
            any(_is(name, gold) for name in item.functions[:cut] for gold in item.case["gold_functions"])
            for item in with_functions
        )
    return found


def _reciprocal(item: Answer) -> float:
    return next((1 / at for at, path in enumerate(item.files, 1) if path in item.case["gold_files"]), 0.0)


def _is(name: str, gold: str) -> bool:
    return name == gold or name.startswith(gold + ".")


def _mean(values: Any) -> float:
    listed = [float(value) for value in values]
    return sum(listed) / len(listed) if listed else 0.0


def _row(name: str, answers: Sequence[Answer]) -> str:
    shown = [f"{100 * value:5.1f}" if key != "MRR" else f"{value:.3f}" for key, value in scores(answers).items()]
    seconds = sorted(item.seconds for item in answers)
    return f"| {name:26s} | {len(answers):3d} | {' | '.join(shown)} | {seconds[len(seconds) // 2]:.2f} |"


def _table(answers: Sequence[Answer]) -> None:
    names = [*(f"str@{cut}" for cut in CUTS), "MRR", *(f"fun@{cut}" for cut in CUTS)]
    print(f"| {'reports':26s} |   n | {' | '.join(names)} | s p50 |")
    print("|---|" + "--:|" * 9)
    for repo in sorted({item.case["repo"] for item in answers}):
        print(_row(repo, [item for item in answers if item.case["repo"] == repo]))
    print(_row("all", answers), flush=True)


def _effects(cases: Sequence[Case], mirrors: Mapping[str, Mirror], title_words: int) -> None:
    files, symbols = dict(weights.FILE), dict(weights.SYMBOL)
    for name in dict.fromkeys([*files, *symbols]):
        weights.FILE = {**files, name: 0.0}
        weights.SYMBOL = {**symbols, name: 0.0}
        print(_row(f"without {name}", [answer(case, mirrors[case["repo"]], title_words) for case in cases]), flush=True)
    weights.FILE, weights.SYMBOL = files, symbols


def main() -> int:
    """Score the cases; the exit code is 1 when a case gave no files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--mirrors", type=Path, default=Path(os.environ.get("MIRRORS", ".mirrors")))
    parser.add_argument("--repo", default="", help="only repositories whose name holds this")
    parser.add_argument("--limit", type=int, default=0, help="only so many cases of each repository")
    parser.add_argument("--title-words", type=int, default=0, help="ask with the first words of the title only")
    parser.add_argument("--effects", action="store_true")
    parser.add_argument("--index", type=Path, help="a folder to keep the indexes in")
    parser.add_argument("--out", type=Path, help="write predictions as JSON lines")
    options = parser.parse_args()
    cases = [json.loads(line) for line in options.cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    cases = [case for case in cases if options.repo in case["repo"]]
    if options.limit:
        cases = [c for c in cases if [d["id"] for d in cases if d["repo"] == c["repo"]].index(c["id"]) < options.limit]
    with tempfile.TemporaryDirectory() as folder:
        kept = options.index or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        names = {case["repo"]: case["repo"].replace("/", "+") for case in cases}
        mirrors = {
            repo: Mirror(options.mirrors / name / "repo", kept / f"{name}.sqlite") for repo, name in names.items()
        }
        answers = [answer(case, mirrors[case["repo"]], options.title_words) for case in cases]
        _table(answers)
        if options.effects:
            _effects(cases, mirrors, options.title_words)
    if options.out:
        rows = [{"id": a.case["id"], "files": a.files, "functions": a.functions, "seconds": a.seconds} for a in answers]
        options.out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return 0 if all(item.files for item in answers) else 1


if __name__ == "__main__":
    sys.exit(main())
