"""The vault keeps exact bytes, for this account on this machine alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from workbench.engine.store.base import StoreError
from workbench.engine.store.vault import Vault


def test_bytes_come_back_exactly(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data" / "vault")
    data = b"password=hunter2\r\n\0\xff"
    name = vault.put(data)
    assert name == hashlib.sha256(data).hexdigest() == vault.put(data)
    assert vault.get(name) == data
    assert vault.get(vault.put(b"")) == b""


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data" / "vault")
    vault.put(b"x")
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (tmp_path / "data").rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


def test_what_is_not_there_or_no_hash_is_not_found(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    (tmp_path / "secret").write_bytes(b"x")
    for name in ("0" * 64, "", "../secret", "secret", "A" * 64):
        with pytest.raises(KeyError):
            vault.get(name)


def test_a_half_written_or_damaged_file_is_noticed_and_made_good(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    name = vault.put(b"a whole snapshot")
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(b"a whole snopshat")
    with pytest.raises(StoreError, match="damaged"):
        vault.get(name)
    assert vault.put(b"a whole snapshot") == name
    assert vault.get(name) == b"a whole snapshot"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="file"):
        Vault(tmp_path / "file" / "vault").put(b"x")
