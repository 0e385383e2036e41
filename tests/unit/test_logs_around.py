"""Logs that are likely a repository's own are found and offered, each only where it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.engine.logs import around as module
from workbench.engine.logs.around import around


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host of its own: without units, docker or journal."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setattr(module, "UNITS", tmp_path / "units")
    monkeypatch.setattr(module, "DOCKER", tmp_path / "docker.sock")
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("PATH", str(programs))
    return tmp_path


def program(host: Path, name: str) -> None:
    (host / "bin" / name).write_text("#!/bin/sh\n")
    (host / "bin" / name).chmod(0o755)


def test_files_and_folders_of_logs(host: Path) -> None:
    root = host / "shop"
    (root / "logs").mkdir(parents=True)
    (root / "log").mkdir()
    (root / "log" / "handlers.py").write_text("")
    (root / "logs" / "web.log.1").write_text("")
    (root / "app.log").write_text("")
    assert around(root, root) == ("app.log", "logs"), "a folder of code is no log"
    assert around(root, host) == (str(root / "app.log"), str(root / "logs"))
    assert around(host / "absent", host) == ()


def test_a_compose_project_is_offered_where_docker_can_be_asked_from_here(host: Path) -> None:
    root = host / "shop"
    root.mkdir()
    (root / "compose.yaml").write_text("services:\n  web:\n    image: shop\n")
    assert around(root, root) == ()
    program(host, "docker")
    assert around(root, root) == ()
    (host / "docker.sock").write_text("")
    assert around(root, root) == ("compose:",)
    assert around(root, host) == (), "docker asks for the project of the folder it stands in"


def test_units_that_run_what_stands_there(host: Path) -> None:
    root = host / "shop"
    units = host / "units"
    for folder in (root, units):
        folder.mkdir()
    (units / "shop.service").write_text(f"[Service]\nExecStart=-{root}/venv/bin/gunicorn shop.wsgi\n")
    (units / "jobs.service").write_text(f"[Service]\nWorkingDirectory={root}\nExecStart=/usr/bin/python jobs.py\n")
    (units / "shop2.service").write_text(f"[Service]\nWorkingDirectory={root}2\nExecStart=/usr/bin/true 'odd\n")
    (units / "binary.service").write_bytes(b"\xff\xfe")
    assert around(root, root) == (), "there is no journal to ask"
    program(host, "journalctl")
    assert around(root, root) == ("journal:jobs.service", "journal:shop.service")
