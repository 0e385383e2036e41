"""Masking one token: what can be told to vary from the token alone becomes ``<*>``."""

from __future__ import annotations

import re

VAR = "<*>"
"""What stands for a varying part."""

_DIGIT = re.compile(r"\d")
_LITERALS = frozenset("true false True False TRUE FALSE null NULL None nil nan NaN undefined".split())
_LOOSE = re.compile(r"^(?:[a-z][\w+.-]*://\S+|[A-Za-z]:[\\/]\S*|~?/[^\s/=]\S*|\S+@[\w-]+(?:\.[\w-]+)+|\w:\\+)$", re.I)
_SLASHES = re.compile(r"[\w.@~$%{}*-]+(?:[/\\]+[\w.@~$%{}*+-]+){2,}[/\\]?")
_ABSOLUTE = re.compile(r"(?<=[(\[{=:,\"'|])~?/[\w.@~$%{}*+-]+(?:/+[\w.@~$%{}*+-]+)*/?")
_ASSIGN = re.compile(
    r"(?<=[\w)\]}\"'])=(?!=)(?:<\*>|\"[^\"]*\"|'[^']*'"
    r"|[^,;&|()\[\]{}<>]*(?:\{[^{}]*\}|\[[^\[\]]*\]|\([^()]*\))|[^,;&|)\]}>]*)"
)
_PIECE = re.compile(r"[^:=,;()\[\]{}<>|\"'@#&!?*^~]+")
_RUN = re.compile(r"<\*>(?:[:,;@#/|~+-]*<\*>)+")
_QUALIFIED = re.compile(r"^(\w+:)(?:\w+\.){2,}\w+$")
_DOTTED = re.compile(r"(?:[a-z][\w-]*\.){2,}[a-z][a-z0-9_-]*$")
_HOST_PORT = re.compile(r"(?:[A-Za-z][\w-]*\.){2,}[A-Za-z]+(?::<\*>|\[<\*>\](?::<\*>)?)")
_OCTETS = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[:-]){5,}[0-9A-Fa-f]{2}(?![0-9A-Za-z])")
"""Hardware addresses, fingerprints: octets of which some hold no digit."""
_ADDRESS = re.compile(r"(?=\D*\d)[0-9A-Fa-f]{0,4}(?:[:.][0-9A-Fa-f]{0,4}){2,}")
"""Addresses of PCI devices and IPv6: groups of hex digits, of which some hold no digit."""
_HEX_WORD = re.compile(r"[0-9a-fA-F]{8,}$")
_LEADER = re.compile(r"(\.{3,})")
_SUFFIXED = re.compile(r"([A-Za-z][A-Za-z_]{2,})\.\d+$")
_IDENTITY = re.compile(r"(?<=[\w][{@])[0-9a-f]{5,}\b")
_EMPTY = re.compile(r"\(\)|\[\]|\{\}|\"\"|''|<>")
_LONG = 400
"""Characters of a token beyond which it is a blob and varies as a whole."""


def mask_token(token: str) -> str:
    """``token`` with its varying parts replaced: numbers, addresses, paths, hashes, values after ``=``."""
    if len(token) > _LONG:
        return VAR
    head, core, tail = _trim(token)
    if not core:
        return _empty(token)
    if core in _LITERALS:
        return head + VAR + tail
    if "..." in core:
        return head + "".join(map(_part, _LEADER.split(core))) + tail
    if "/" in core or "\\" in core or "@" in core:
        if _LOOSE.match(core) and ("=" not in core or "://" in core.partition("=")[0]):
            return head + VAR + tail
        core = _SLASHES.sub(VAR, _ABSOLUTE.sub(VAR, core))
    if core.count(":") > 1 and _ADDRESS.fullmatch(core):
        return head + VAR + tail
    if core.count(":") > 4 or core.count("-") > 4:
        core = _OCTETS.sub(VAR, core)
    if "=" in core:
        core = _ASSIGN.sub("=" + VAR, core)
    if core.endswith("=") and len(core) > 1:
        core += VAR
    if "{" in core or "@" in core:
        core = _IDENTITY.sub(VAR, core)
    if _DIGIT.search(core):
        core = _RUN.sub(VAR, _PIECE.sub(_piece, core))
        core = _HOST_PORT.sub(VAR, core)
    elif (len(core) >= 8 and _HEX_WORD.match(core)) or _DOTTED.match(core):
        core = VAR
    elif ":" in core or "(" in core:
        core = _QUALIFIED.sub(r"\1" + VAR, _PIECE.sub(_piece, core))
    return head + core + tail


def _piece(match: re.Match[str]) -> str:
    piece = match.group()
    suffixed = _SUFFIXED.match(piece)
    if suffixed:
        return f"{suffixed.group(1)}.{VAR}"
    if piece in _LITERALS or _DIGIT.search(piece) or (len(piece) >= 8 and _HEX_WORD.match(piece)):
        return VAR
    return piece


def _part(text: str) -> str:
    """One side of a leader of dots (``words....1``), or the leader itself."""
    return "..." if text.startswith("...") else mask_token(text) if text else ""


_HEAD = "([{<\"'`"
_TAIL = ".,;:!?)]}>\"'`"


_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}


def _trim(token: str) -> tuple[str, str, str]:
    core = token.lstrip(_HEAD)
    end = len(core)
    while end and core[end - 1] in _TAIL:
        opener = _CLOSERS.get(core[end - 1])
        if opener and core.count(opener, 0, end) >= core.count(core[end - 1], 0, end):
            break
        end -= 1
    return token[: len(token) - len(core)], core[:end], core[end:]


def _empty(token: str) -> str:
    return _EMPTY.sub(lambda m: m.group()[0] + VAR + m.group()[1], token)
