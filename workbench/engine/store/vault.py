"""The vault: exact bytes that must never leave this machine. The record holds their hashes and redacted previews."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

from workbench.engine.store.base import StoreError

_HASH = re.compile(r"[0-9a-f]{64}")


class Vault:
    """Files of mode 0600 in a folder of mode 0700, each named by the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep ``data``, on the disk when this returns; gives its hash. Raises StoreError."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        try:
            if path.exists() and path.read_bytes() == data:
                return name
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            beside = path.with_name(f"{name}.{secrets.token_hex(4)}")
            try:
                _write(beside, data)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
            _sync(path.parent)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror or error}") from error
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that hash. Raises KeyError when they are not here, StoreError when they are damaged."""
        if not _HASH.fullmatch(name):
            raise KeyError(name)
        try:
            data = self._path(name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror or error}") from error
        if hashlib.sha256(data).hexdigest() != name:
            raise StoreError(f"{self._path(name)} is damaged")
        return data

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """So that the name survives a power failure as well as the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
