"""Who joined asks for code and the change: made by git there, secrets masked; what is no such request is refused."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_joining import Host
from workbench.case.enums import Role
from workbench.engine.against import Wanted
from workbench.engine.together import change
from workbench.engine.together.change import Brought, asked, brought

GIT = ("git", "-c", "user.name=ann", "-c", "user.email=ann@example.org")
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
KEY = f"-----BEGIN PRIVATE KEY-----\n{BODY}\n{BODY}\n-----END PRIVATE KEY-----\n"


@pytest.fixture
def bob(tmp_path: Path) -> Any:
    """A viewer at a case whose repository has one change."""
    (tmp_path / ".gitignore").write_text("cases\n*.sqlite*\n")
    (tmp_path / "a.py").write_text("x = 1\n")
    for words in (("init", "-q"), ("add", "a.py", ".gitignore"), ("commit", "-qm", "first")):
        subprocess.run([*GIT, *words], cwd=tmp_path, check=True)
    (tmp_path / "a.py").write_text('x = 2\nPASSWORD = "hunter2secret"\n')
    host = Host(tmp_path)
    return host.call(token=host.token(Role.VIEWER))


def seen(bob: Any, known: tuple[str, str] = ("", ""), **how: Any) -> Brought:
    return brought(bob.ask("change", **asked(Wanted(**how), known)))


def test_a_viewer_sees_the_change_masked_and_is_sent_it_once(bob: Any) -> None:
    found = seen(bob)
    assert found.patch is not None
    assert (b"+x = 2" in found.patch, b"hunter2" in found.patch, found.problem) == (True, False, "")
    again = seen(bob, (found.sides.old, found.sides.new))
    assert (again.patch, again.sides) == (None, found.sides)
    assert (seen(bob, view="staged").patch, seen(bob, view="staged").problem) == (b"", ""), "nothing is staged"


def test_what_is_too_large_or_a_secret_of_several_lines_is_not_sent(
    bob: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change, "LARGEST", 10)
    assert (seen(bob).patch, "too large to be sent" in seen(bob).problem) == (None, True)
    monkeypatch.undo()
    (tmp_path / "key.py").write_text(f'KEY = """\n{KEY}"""\n')
    assert (seen(bob).patch, "a secret of several lines" in seen(bob).problem) == (None, True)


def test_what_is_no_request_for_a_change_is_refused(bob: Any) -> None:
    for odd in ({"view": "main --output=/tmp/x"}, {"view": 3}, {"view": "base", "context": -1}, {}):
        assert bob.ask("change", **odd)["kind"] == "refused"


def test_without_git_there_is_no_change(tmp_path: Path) -> None:
    host = Host(tmp_path)
    joined = host.call(token=host.token(Role.VIEWER))
    assert joined.ask("change", **asked(Wanted(), ("", "")))["kind"] == "missing"


def test_only_files_that_git_would_keep_are_served(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(".env\ncases\n*.sqlite*\n")
    (tmp_path / ".env").write_text("PASSWORD=hunter2")
    (tmp_path / "a.py").write_text('x = 1\nPASSWORD = "hunter2secret"\n')
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    host = Host(tmp_path)
    bob = host.call(token=host.token(Role.VIEWER))
    code = base64.b64decode(bob.ask("code", path="a.py")["data"])
    assert (b"x = 1" in code, b"hunter2" in code) == (True, False)
    for path in (".env", "/etc/passwd", "../x", "link.py", ".git/config", "cases", ""):
        assert bob.ask("code", path=path)["kind"] == "missing", path
