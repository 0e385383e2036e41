"""What secrets look like in one line of text. Every expression is linear in the line's length.

A shape is tried only on lines that hold one of its triggers (lower case); ``accepts`` has the last word on a match.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from workbench.analysis.secret_values import (
    address,
    any_value,
    assigned,
    card,
    flag_value,
    random_looking,
    strong,
    user_password,
)

Accepts = Callable[[str, str], bool]
"""(key or the text before it, value) to whether the value is a secret."""


@dataclass(frozen=True)
class Shape:
    """The group that matched last (one of s1, s2, ...) is the secret; the group ``key`` names it where there is one."""

    triggers: tuple[str, ...]
    source: str
    accepts: Accepts = any_value
    flags: int = 0

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled when it is first needed: most texts hold none of the triggers."""
        return re.compile(self.source, self.flags)


KEY = (
    r"(?P<key>(?<![a-z])pass|passw(?:or)?d|passphrase|(?<![a-z])pwd|secret(?:[_-]?(?:access[_-]?)?key)?(?:[_-]?base)?"
    r"|token|api[ _-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|signing[_-]?key|encryption[_-]?key|account[_-]?key"
    r"|auth[_-]?key|credentials?|sess(?:ion)?[_-]?(?:id|key)|csrf)"
)
"""Ends of names whose values are secret."""

KEY_TRIGGERS = ("pass", "pwd", "secret", "token", "key", "credential", "sess", "csrf")

_SPACE = r"[ \t]{0,4}"
_QUOTED = (
    r"(?:\\\"(?P<s1>[^\"\\\r\n]*+)|\\'(?P<s2>[^'\\\r\n]*+)"
    r"|\"(?P<s3>(?:[^\"\\\r\n]|\\.)*+)|'(?P<s4>(?:[^'\\\r\n]|\\.)*+))"
)
_ANNOTATION = r"(?::[ \t]?[A-Za-z_][\w.\[\]|]{0,30}[ \t])?"
_SCHEME = r"(?:basic|bearer|token|negotiate|ntlm|api-?key|key|jwt|oauth|aws4-hmac-sha256)"
_GITHUB = r"(?<![A-Za-z0-9])(?P<s1>gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\w{20,}+|glpat-[\w-]{20,}+)"
_GOOGLE = r"(?<![\w-])(?P<s1>AIza[\w-]{35,}+|ya29\.[\w-]{20,}+|GOCSPX-[\w-]{20,}+)"
_STRIPE = r"(?<![A-Za-z0-9])(?P<s1>[srp]k_(?:live|test)_[A-Za-z0-9]{10,}+|whsec_[A-Za-z0-9+/=]{20,}+)"
_OTHERS = (
    r"(?<![\w-])(?P<s1>npm_[A-Za-z0-9]{36,}+|pypi-[\w-]{40,}+|SG\.[\w-]{16,}+\.[\w-]{16,}+|hvs\.[\w-]{20,}+"
    r"|dop_v1_[0-9a-f]{64,}+|\d{8,10}:AA[\w-]{33,}+)"
)
_CARD = (
    r"(?P<s1>[2-6](?<![\w.-].)(?:\d{12,18}|\d{3}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
    r"|\d{3}(?P<gap3>[ -])\d{6}(?P=gap3)\d{5}))(?![\w-]|\.\d)"
)


def _shape(triggers: str, pattern: str, accepts: Accepts = any_value, flags: int = re.IGNORECASE) -> Shape:
    return Shape(tuple(triggers.split("|")), pattern, accepts, flags | re.ASCII)


_KEYS = "|".join(KEY_TRIGGERS)

SHAPES: tuple[Shape, ...] = (
    _shape("eyj", r"(?<![\w-])(?P<s1>eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+){0,3})", flags=0),
    _shape("authorization", rf"authorization[\"'\\\]]{{0,3}}{_SPACE}[:=]{_SPACE}\\?[\"']?digest[ ]+(?P<s1>[^\r\n]++)"),
    _shape("authorization", rf"authorization\W{{1,8}}{_SCHEME}[ ]+(?P<s1>[^\s\"'\\,;]++)"),
    _shape("bearer ", r"\bbearer[ ]{1,3}(?P<s1>[\w.~+/-]{8,}+=*+)(?!\w)", lambda key, value: random_looking(value, 8)),
    _shape("basic ", r"\bbasic[ ]{1,3}(?P<s1>[\w+/-]{8,}+=*+)(?!\w)", lambda key, value: random_looking(value, 8)),
    _shape("token ", r"\btoken[ ]{1,3}(?P<s1>[\w.~+/-]{16,}+=*+)(?!\w)", lambda key, value: random_looking(value, 16)),
    _shape("://", r"://[^\s/:@\"'<>]*+:(?P<s1>[^\s/\"'<>]+)@"),
    _shape("://", r"://(?P<s1>[\w-]{20,}+)@", lambda key, value: random_looking(value, 20)),
    _shape("hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows)/(?P<s1>[\w/-]{10,}+)"),
    _shape("akia|asia", r"(?<![A-Z0-9])(?P<s1>A(?:KI|SI)A[A-Z0-9]{16})(?![A-Z0-9])", flags=0),
    _shape("aiza|ya29.|gocspx-", _GOOGLE, flags=0),
    _shape("ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-", _GITHUB, flags=0),
    _shape("xox|xapp-", r"(?<![A-Za-z0-9])(?P<s1>(?:xox[abeoprs]|xapp)-[\w-]{10,}+)", flags=0),
    _shape("k_live_|k_test_|whsec_", _STRIPE, flags=0),
    _shape("npm_|pypi-|sg.|hvs.|dop_v1_|:aa", _OTHERS, flags=0),
    _shape("sk-", r"(?<![\w-])(?P<s1>sk-[\w-]{20,}+)", lambda key, value: random_looking(value, 20), flags=0),
    _shape("sig=|signature=|x-amz-", r"[?&;](?:sig|(?:x-amz-)?signature|x-amz-credential)=(?P<s1>[^&\s\"'<>]++)"),
    _shape(_KEYS, rf"{KEY}[\"'\\\]]{{0,4}}{_SPACE}{_ANNOTATION}(?:=>|:=|[:=]){_SPACE}[rbu]?{_QUOTED}", assigned),
    _shape(_KEYS, rf"{KEY}=(?!=)(?P<s1>[^\s&,;\"'<>)\]}}]++)", assigned),
    _shape(_KEYS, rf"{KEY}[\"'\\\]]{{0,4}}(?:{_SPACE}:|[ \t]{{1,4}}=){_SPACE}(?P<s1>[^\s,;&\"'<>)\]}}:=]\S*+)", strong),
    _shape(
        _KEYS, rf"^[ \t]*+(?:-[ \t]+)?[\w.-]*?{KEY}[ \t]*+:[ \t]++(?P<s1>[^\s,;\"'<>(){{}}\[\]]++)[ \t]*+$", assigned
    ),
    _shape(_KEYS, rf"(?<!\S)--?[\w-]{{0,40}}?{KEY}[ ]{{1,3}}(?P<s1>[^\s\"'-][^\s\"']*+)", flag_value),
    _shape("-u |--user|--proxy-user", r"(?<!\S)(?:-u|--(?:proxy-)?user)[ =]{1,3}(?P<s1>[^\s\"']++)", user_password),
)

CARD = Shape((), _CARD, card, re.ASCII)
_LETTER = r"\\u(?!00[0-7])[0-9a-fA-F]{4}"
"""A letter beyond ASCII as JSON escapes it."""
_LABEL = rf"(?:[\w-]|{_LETTER})"
EMAIL = Shape(
    ("@", "%40", "%2540", "u0040", "&#64;"),
    r"(?:(?P<key>://)|(?<![\w.%+-]))(?!(?<=\\)u(?!00[0-7])[0-9a-fA-F]{4})"
    r"(?:(?<=\\)(?:u00[0-7][0-9a-fA-F]|[nrtbf]))?+"
    rf"(?P<s1>(?:[oOdDlL]')?(?:[\w.%+-]|{_LETTER})+(?:@|%(?:25)?40|\\u0040|&#64;)"
    rf"(?:{_LABEL}{{1,63}}\.){{1,20}}(?:[^\W\d_]|{_LETTER}){_LABEL}{{1,62}})",
    address,
)
"""An address as it is, in a query, in JSON or HTML; an escape of JSON before it (a new line) stays whole, one of a
letter beyond ASCII is of its name."""
COOKIES = Shape(
    ("cookie",),
    r"(?:\b(?:set-)?cookie[\"'\\]{0,2}[ \t]{0,3}:|--cookie)[ \t]{0,3}"
    r"(?:\\?\"(?P<a>[^\"\\\r\n]*+)|'(?P<b>[^'\r\n]*+)|(?P<c>[^\r\n]*+))",
    flags=re.IGNORECASE | re.ASCII,
)
COOKIE_PAIR = Shape((), r"(?P<name>[\w!#$%&*+.^`|~-]++)=(?P<s1>\"[^\"\r\n]*+\"|[^;\s\"'\\]++)", flags=re.ASCII)
COOKIE_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "priority", "version", "comment"})

KEY_BLOCK = Shape(
    ("private key",),
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<s1>(?:(?!-----END)[\s\S])*+)"
    r"(?:-----END [A-Z0-9 ]{0,60}-----)?",
)
SECRET_NAME = Shape((), rf"[\w. -]*?(?:{KEY}|cookies?|authorization|card[_-]?number)", flags=re.IGNORECASE | re.ASCII)
SECRET_FLAG = Shape((), rf"--?[\w-]*?{KEY}", flags=re.IGNORECASE | re.ASCII)
SECRET_HEADER = Shape(
    (), r"(?:set-)?cookie|(?:proxy-)?authorization|x-[a-z-]*(?:key|token|secret)", flags=re.IGNORECASE
)
TRIGGERS: tuple[str, ...] = tuple(
    sorted({trigger for shape in SHAPES for trigger in shape.triggers} | {"cookie", "private key", '"-u"', "card"})
)
