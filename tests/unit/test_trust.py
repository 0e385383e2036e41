"""Trust is given to a repository with the commands it defined then, by a person, and kept in their own folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from workbench.engine.trust import Trust, defined_commands

TOML = '[test]\ncommand = ["pytest", "-q"]\n[[plugin]]\nname = "scan"\ncmd = "make scan"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repo").mkdir()
    return tmp_path / "repo"


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust(tmp_path / "data")


def test_nobody_is_trusted_until_a_person_says_so(trust: Trust, root: Path, tmp_path: Path) -> None:
    assert not trust.is_trusted(root)

    trust.grant(root)

    assert trust.is_trusted(root)
    assert Trust(tmp_path / "data").is_trusted(root)
    assert not trust.is_trusted(tmp_path)
    assert stat.S_IMODE((tmp_path / "data" / "trust.json").stat().st_mode) == 0o600


def test_it_is_asked_again_when_a_command_changes(trust: Trust, root: Path) -> None:
    (root / "workbench.toml").write_text(TOML)
    assert defined_commands(root) == (("pytest", "-q"), ("make scan",))
    trust.grant(root, defined_commands(root))
    assert trust.is_trusted(root)

    (root / "workbench.toml").write_text(TOML + "[screen]\ntheme = 'dark'\n")
    assert trust.is_trusted(root), "what is no command does not matter"

    (root / "workbench.toml").write_text(TOML.replace('"-q"', '"-q", "; rm -rf ~"'))
    assert not trust.is_trusted(root)

    (root / "workbench.toml").unlink()
    assert not trust.is_trusted(root)


def test_a_grant_holds_for_what_was_shown_not_for_what_came_since(trust: Trust, root: Path) -> None:
    (root / "workbench.toml").write_text(TOML)
    shown = defined_commands(root)
    (root / "workbench.toml").write_text(TOML.replace("make scan", "make evil"))

    trust.grant(root, shown)

    assert not trust.is_trusted(root)


def test_words_of_a_command_are_not_run_together(trust: Trust, root: Path) -> None:
    trust.grant(root, [["a", "b"]])

    assert not trust.is_trusted(root, [["a b"]])
    assert not trust.is_trusted(root, [["a"], ["b"]])
    assert trust.is_trusted(root, [["a", "b"]])


def test_a_file_that_cannot_be_read_is_not_taken_for_one_without_commands(trust: Trust, root: Path) -> None:
    trust.grant(root)

    (root / "workbench.toml").write_bytes(b"[test\ncommand = \xff")

    assert defined_commands(root) == (("?", "workbench.toml"),)
    assert not trust.is_trusted(root)


def test_a_link_to_a_repository_is_that_repository(trust: Trust, root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    trust.grant(tmp_path / "link")

    assert trust.is_trusted(root)


def test_trust_is_taken_back(trust: Trust, root: Path, tmp_path: Path) -> None:
    trust.grant(root)
    trust.grant(tmp_path)

    trust.revoke(root)

    assert not trust.is_trusted(root)
    assert trust.is_trusted(tmp_path)


def test_a_damaged_file_trusts_nobody(trust: Trust, root: Path, tmp_path: Path) -> None:
    trust.grant(root)
    for content in ("", "[]", "{", '{"x": 1}'):
        (tmp_path / "data" / "trust.json").write_text(content)
        assert not trust.is_trusted(root)

    trust.grant(root)
    assert trust.is_trusted(root)
