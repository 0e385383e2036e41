"""Files that an agent asks us to read and write: those of its worktree, and no others."""

from __future__ import annotations

from pathlib import Path

from workbench_acp.rpc import INTERNAL, INVALID_PARAMS, RpcError

LARGEST = 10 << 20
"""Bytes of a file that is handed over."""


def read_text(root: str, path: str, line: int = 0, limit: int = 0) -> str:
    """The text of a file below ``root``, from ``line`` (1-based) at most ``limit`` lines. Raises RpcError."""
    place = _inside(root, path)
    try:
        if place.stat().st_size > LARGEST:
            raise RpcError(INTERNAL, f"{path} is larger than {LARGEST >> 20} MB")
        text = place.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RpcError(INTERNAL, f"{path}: {error.strerror}") from error
    if not (line or limit):
        return text
    lines = text.splitlines(keepends=True)[max(0, line - 1) :]
    return "".join(lines[:limit] if limit else lines)


def write_text(root: str, path: str, text: str) -> None:
    """Write a file below ``root``, with its folders. Raises RpcError."""
    place = _inside(root, path)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise RpcError(INTERNAL, f"{path}: {error.strerror}") from error


def _inside(root: str, path: str) -> Path:
    """The place of ``path``, absolute as the protocol asks. Raises RpcError for one outside, links followed."""
    top = Path(root).resolve()
    place = (top / path).resolve()
    if not place.is_relative_to(top) or ".git" in place.relative_to(top).parts:
        raise RpcError(INVALID_PARAMS, f"{path} is outside of the worktree")
    return place
