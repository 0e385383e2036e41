"""Another account of the same host joins an open case by a socket that its group may knock at."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.case.enums import Role
from workbench.case.events import new_event
from workbench.engine.options import Options
from workbench.engine.store.library import Library
from workbench.engine.together.invitations import Invitations
from workbench.engine.together.inviting import invite
from workbench.engine.together.joining import joined
from workbench.engine.together.listening import Listener, sockets
from workbench.engine.together.relaying import relayed

CASE = "20260101-aaaaaa"
AS_NOBODY = """
import os, sys
import workbench.cli.join, workbench.engine.together.connection, workbench.engine.options, workbench.cli.open
import encodings.idna, lzma, pwd, workbench.engine.together.visit, workbench.engine.store.sqlite
os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1]))
from workbench.cli.main import main
sys.exit(main(["join", sys.argv[3], "--brief"]))
"""


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every account can enter, as /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="hall-"))
    folder.chmod(0o1777)
    monkeypatch.setenv("WORKBENCH_SOCKETS", str(folder))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def ann(tmp_path: Path) -> Library:
    library = Library(tmp_path / "ann")
    store = library.store(CASE)
    store.append(
        [
            new_event("case.opened", "ann", {"case": CASE, "repo": "/srv/shop"}),
            new_event("case.question", "ann", {"question": "the cart fails"}),
        ]
    )
    store.close()
    return library


def invitations(tmp_path: Path) -> Invitations:
    return Invitations(tmp_path / "ann" / "invitations.sqlite")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")
def test_another_account_joins_with_an_invitation_and_not_without(hall: Path, ann: Library, tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    group = grp.getgrgid(nobody.pw_gid).gr_name
    listener = Listener(ann, invitations(tmp_path), CASE, group)
    home = hall / "home"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(home)}

    def join(gid: int, token: str = "") -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-P", "-c", AS_NOBODY, str(nobody.pw_uid), str(gid), CASE]
        given = {**environment, "WORKBENCH_TOKEN": token}
        return subprocess.run(argv, env=given, cwd="/", capture_output=True, text=True, check=False, timeout=60)

    try:
        assert "an invitation is needed" in join(nobody.pw_gid).stderr
        token, _, _ = invite(invitations(tmp_path), CASE, Role.COMMENTER, 60, "", "ann")
        stranger = join(65533, token)
        assert (stranger.returncode, stranger.stdout) == (3, ""), "who is not of the group finds no such case"
        ended = join(nobody.pw_gid, token)
        assert (ended.returncode, "the cart fails" in ended.stdout) == (0, True), ended.stderr
        said = [(event.kind, event.data["name"]) for event in ann.events(CASE) if event.kind.startswith("access.")]
        assert said == [("access.refused", "nobody"), ("access.joined", "nobody")]
    finally:
        listener.close()
    assert not listener.path.exists()


def test_the_own_account_needs_no_invitation_and_others_see_a_folder_of_the_group(
    hall: Path, ann: Library, tmp_path: Path
) -> None:
    listener = Listener(ann, invitations(tmp_path), CASE)
    assert listener.problem == ""
    try:
        assert stat.S_IMODE(listener.path.parent.stat().st_mode) == 0o750
        assert stat.S_IMODE(listener.path.stat().st_mode) == 0o660
        assert [path for path, _ in sockets(CASE[:8])] == [listener.path]
        visit = joined(CASE, Options(tmp_path / "bob", tmp_path / "cache", 1, "bob"))
        assert (visit.link.welcome.role, visit.link.log.last) == (Role.DRIVER, 2)
        visit.end()
        second = Listener(ann, invitations(tmp_path), CASE)
        assert "another window" in second.problem
        second.close()
        assert listener.path.exists()
    finally:
        listener.close()


def test_a_folder_that_somebody_else_put_there_is_left_alone(hall: Path, ann: Library, tmp_path: Path) -> None:
    (hall / "elsewhere").mkdir()
    (hall / f"workbench-{os.getuid()}").symlink_to(hall / "elsewhere")
    listener = Listener(ann, invitations(tmp_path), CASE)
    assert "is not ours" in listener.problem or "no other account" in listener.problem
    listener.close()
    assert not list((hall / "elsewhere").iterdir())
    (hall / f"workbench-{os.getuid()}").unlink()
    (hall / "workbench-1").mkdir(mode=0o777)
    (hall / "workbench-1" / f"{CASE}.sock").touch()
    assert not list(sockets(CASE))


def test_a_stale_socket_is_taken_over(hall: Path, ann: Library, tmp_path: Path) -> None:
    first = Listener(ann, invitations(tmp_path), CASE)
    path = first.path
    first.close()
    path.touch()
    again = Listener(ann, invitations(tmp_path), CASE)
    assert again.problem == ""
    again.close()


async def test_who_comes_by_ssh_to_one_account_is_passed_on_to_the_one_that_has_the_case(
    hall: Path, ann: Library, tmp_path: Path
) -> None:
    import socket

    from workbench.engine.together.wire import receive, send

    listener = Listener(ann, invitations(tmp_path), CASE)
    here, there = socket.socketpair()
    options = Options(tmp_path / "bob", tmp_path / "cache", 1, "bob")
    greeting = {"hello": 1, "case": CASE, "name": "bob", "key": "k" * 32}
    try:
        with there.makefile("rb") as source, there.makefile("wb") as out:
            passing = asyncio.create_task(asyncio.to_thread(relayed, greeting, options, source, out))
            with here.makefile("rb") as mine, here.makefile("wb") as to:
                assert (await asyncio.to_thread(receive, mine) or {})["case"] == CASE
                await asyncio.to_thread(receive, mine)
                send(to, {"n": 1, "do": "read", "after": 1, "limit": 5})
                answer = await asyncio.to_thread(receive, mine) or {}
                assert [event["kind"] for event in answer["events"]] == ["case.question"]
                here.shutdown(socket.SHUT_RDWR)
            assert await passing
    finally:
        here.close()
        there.close()
        listener.close()
