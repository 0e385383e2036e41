"""Diffs from git are the same whatever the user's configuration is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.conftest import RepoBuilder
from workbench.analysis.diffs import Diff
from workbench.engine.diffing import diff_args, read_diff

HOSTILE = (
    *(("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("color.ui", "always"), ("diff.renames", "false")),
    *(("diff.external", "false"), ("diff.context", "0"), ("diff.interHunkContext", "99"), ("core.quotePath", "false")),
    *(("diff.suppressBlankEmpty", "true"), ("diff.relative", "true"), ("diff.submodule", "log")),
)


async def test_no_setting_of_the_user_changes_a_diff(make_repo: Callable[..., RepoBuilder]) -> None:
    text = "".join(f"line {n}\n\n" for n in range(20))
    repo = make_repo({"a.py": text, "sub/naïve name": text, "old": text + "x\n"})
    repo.write("a.py", text.replace("line 2\n", "LINE 2\n").replace("line 15\n", "LINE 15\n"))
    repo.write("sub/naïve name", text + "more\n")
    repo.git("mv", "old", "new")

    async def git(*args: str) -> bytes:
        return await asyncio.to_thread(repo.git, *args)

    async def read() -> list[Diff]:
        return [await read_diff(git, args) for args in (diff_args("HEAD"), diff_args("HEAD", cached=True), diff_args())]

    plain = await read()
    for name, value in HOSTILE:
        repo.git("config", name, value)
    assert await read() == plain
    assert [len(file.hunks) for file in plain[0].files] == [2, 0, 1]
    assert plain[0].files[1].old_path == "old"
    only = await read_diff(git, diff_args("HEAD", paths=["sub/naïve name"]))
    assert [file.path for file in only.files] == ["sub/naïve name"]


async def test_a_revision_is_never_taken_for_an_option(make_repo: Callable[..., RepoBuilder]) -> None:
    repo = make_repo({"a": "x\n"})
    repo.git("update-ref", "refs/heads/--output=owned", "HEAD")
    repo.write("a", "y\n")
    repo.git(*diff_args("--output=owned"))
    assert not (repo.path / "owned").exists()
