"""A folder of files and an index of it, for the tests of index, ranking and captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbench.analysis.index import put_listing, update
from workbench.analysis.index.write import blob_id
from workbench.analysis.ranking import Ranking, rank_chunk
from workbench.analysis.ranking.history import Commit
from workbench.case.code import Boost


@dataclass(frozen=True)
class Indexed:
    """Files under ``root`` and their index at ``index``, listed as ``tree``."""

    root: Path
    index: str
    tree: str = "tree"

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, then bring the index up to date."""
        for path, text in files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.bring_up_to_date()

    def bring_up_to_date(self) -> list[tuple[str, str]]:
        """List every file and index what is missing; gives what was."""
        paths = [path for path in sorted(self.root.rglob("*")) if path.is_file() and not path.is_symlink()]
        entries = [(path.relative_to(self.root).as_posix(), blob_id(path.read_bytes())) for path in paths]
        missing = put_listing(self.index, self.tree, entries)
        assert update(self.index, str(self.root), missing) == []
        return missing

    def rank(
        self,
        question: str,
        boosts: Sequence[Boost] = (),
        commits: Sequence[Commit] = (),
        since: datetime | None = None,
    ) -> Ranking:
        """The ranking of ``question`` as a worker gives it."""
        (ranking,) = rank_chunk(self.index, self.tree, question, boosts, commits, since)
        return ranking


def indexed(folder: Path, files: Mapping[str, str | bytes]) -> Indexed:
    """A new folder with ``files``, indexed."""
    made = Indexed(folder / "repository", str(folder / "index.sqlite"))
    made.root.mkdir()
    made.write(files)
    return made
