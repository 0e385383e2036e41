"""Binary patches as git writes them: base85 lines of deflated data, whole or as a delta. Formats: git's diff.c."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence

from workbench.analysis.diffs.model import DiffError


def apply_binary(content: bytes, patch: Sequence[str]) -> bytes:
    """The new content, from the first part of git's ``GIT binary patch`` lines.

    Raises DiffError when the patch has no data (git was not asked for ``--binary``) or is damaged.
    """
    if len(patch) < 2 or patch[0] != "GIT binary patch":
        raise DiffError("the patch says that a binary file differs, without its data")
    kind, _, size = patch[1].partition(" ")
    try:
        data = zlib.decompress(_packed(patch[2:]))
        if len(data) != int(size):
            raise DiffError("the binary patch is damaged: its size is wrong")
        return data if kind == "literal" else _delta(content, data)
    except (zlib.error, ValueError, IndexError) as error:
        raise DiffError(f"the binary patch is damaged: {error}") from error


def _packed(lines: Sequence[str]) -> bytes:
    """The deflated bytes of base85 lines, each led by a letter that says how many it holds, up to an empty line."""
    packed = bytearray()
    for line in lines:
        if not line:
            break
        length = ord(line[0]) - (64 if line[0].isupper() else 70)
        packed += base64.b85decode(line[1:])[:length]
    return bytes(packed)


def _delta(base: bytes, delta: bytes) -> bytes:
    """``base`` with git's copy and insert instructions carried out."""
    base_size, at = _size(delta, 0)
    size, at = _size(delta, at)
    if base_size != len(base):
        raise DiffError("the binary patch was made for another content")
    made = bytearray()
    while at < len(delta):
        code = delta[at]
        at += 1
        if not code & 0x80:
            made += delta[at : at + code]
            at += code
            continue
        values = [0] * 7
        for bit in range(7):
            if code & 1 << bit:
                values[bit] = delta[at]
                at += 1
        start = int.from_bytes(bytes(values[:4]), "little")
        made += base[start : start + (int.from_bytes(bytes(values[4:]), "little") or 0x10000)]
    if len(made) != size:
        raise DiffError("the binary patch is damaged: its result has the wrong size")
    return bytes(made)


def _size(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at
