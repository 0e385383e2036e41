"""Settings: which file wins, and the line of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.engine.config.read import load
from workbench.engine.trust import defined_commands


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    (folder / "workbench").mkdir(parents=True)
    return folder / "workbench" / "config.toml"


def test_the_repository_comes_before_the_user_and_a_chosen_file_before_both(tmp_path: Path, home: Path) -> None:
    home.write_text('theme = "light"\npython = "a"\n[tests]\noptions = ["-x"]\n')
    (tmp_path / "workbench.toml").write_text('python = "b"\n[tests]\ncarry = [".env"]\n')
    chosen = tmp_path / "chosen.toml"
    chosen.write_text('python = "c"\n')
    config = load(tmp_path)
    assert (config.get("python"), config.get("theme")) == ("b", "light")
    assert config.get("tests") == {"options": ["-x"], "carry": [".env"]}
    assert load(tmp_path, chosen).get("python") == "c"
    assert config.files == (str(tmp_path / "workbench.toml"), str(home))
    assert not config.mistakes


def test_pyproject_serves_where_there_is_no_file_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\n\n[tool.workbench]\nkeymap = "arrows"\nthem = "x"\n'
    )
    config = load(tmp_path)
    assert config.get("keymap") == "arrows"
    assert [str(mistake) for mistake in config.mistakes] == [
        "pyproject.toml:6: there is no setting them; did you mean theme?"
    ]


def test_every_mistake_names_its_line_and_the_rest_holds(tmp_path: Path) -> None:
    (tmp_path / "workbench.toml").write_text(
        'python = 3\n\n[server]\ncommand = "run"\nready = "/up"\n\n[gates.slow]\ntimeout = true\n'
        'enabled = false\n\n[serve]\nx = 1\n\n[plugins."a b"]\nanything = [1]\n'
    )
    config = load(tmp_path)
    assert [str(mistake) for mistake in config.mistakes] == [
        "workbench.toml:1: python must be a text",
        "workbench.toml:4: server.command must be a list of texts",
        "workbench.toml:8: gates.slow.timeout must be a number",
        "workbench.toml:11: there is no setting serve; did you mean server?",
    ]
    assert config.get("server") == {"ready": "/up"}
    assert config.get("gates.slow.enabled") is False
    assert config.get("plugins.a b.anything") == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a = \n", "workbench.toml:1: is no TOML"), ("[x\n", "workbench.toml:1: is no TOML"), ("\xff", "is no TOML")],
)
def test_what_is_no_toml_is_said_and_nothing_breaks(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "workbench.toml").write_bytes(text.encode("latin-1"))
    (mistake,) = load(tmp_path).mistakes
    assert said in str(mistake)


def test_a_chosen_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    (mistake,) = load(tmp_path, tmp_path / "gone.toml").mistakes
    assert "cannot be read" in str(mistake)


def test_commands_of_either_file_are_shown_before_trust(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.workbench]\npython = "./evil"\n[tool.other]\ncommand = ["no"]\n')
    assert defined_commands(tmp_path) == (("./evil",),)
    (tmp_path / "workbench.toml").write_text('[server]\ncommand = ["run", "{port}"]\nprepare = [["seed", "1"]]\n')
    assert defined_commands(tmp_path) == (("run", "{port}"), ("seed", "1"))
