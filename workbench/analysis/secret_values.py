"""Whether a value beside a telling name is a secret, or code, a type, a placeholder, a message. Pure."""

from __future__ import annotations

import re

MASK = "***"

_NAME = r"[A-Za-z_]\w*"
_CODE = re.compile(rf"{_NAME}(?:\.{_NAME})*[(\[]|{_NAME}(?:\.{_NAME})+\Z", re.ASCII)
_IDENTIFIER = re.compile(rf"{_NAME}\Z", re.ASCII)
_PLACEHOLDER = re.compile(
    r"\$\{.*|\$\(.*|\$[A-Z_][A-Z0-9_]*\Z|\{.*|<.*|%[sdr(].*|%%?[A-Z_]+%%?\Z|:[a-z_]+\Z|[?*.…x-]+\Z|\.\.\..*|\[.*",
    re.ASCII,
)
_WORDS = frozenset(
    """none null nil true false str string text bytes int integer bool boolean any object undefined required optional
    invalid missing expired empty unknown await redacted filtered removed hidden""".split()
)
_PROSE = frozenset(
    "is are was and or must should can cannot option flag for to with not argument from in of the a an has if".split()
)
_SENTENCE = re.compile(r"[A-Z][a-z']*(?: [a-z'-]+){2,}[.!?]?\Z", re.ASCII)
_WORDY = re.compile(r"(?:[A-Za-z_]+\d{0,3}|\d{1,4})(?:[./-](?:[A-Za-z_]+\d{0,3}|\d{1,4}))*\Z", re.ASCII)
_CODE_OR_PATH = re.compile(r"[\w.]*[(\[]|\w+(?:\.\w+)+\Z|[a-z_]+\d{0,3}(?:[./][a-z_]+\d{0,3})+\Z", re.ASCII)
_PATH = re.compile(r"(?:~|\.{1,2})?/[\w.-]+(?:/[\w.-]*)+\Z", re.ASCII)
_DENSE = re.compile(r"\dx\.", re.ASCII)
_UNITS = (".service", ".socket", ".timer", ".slice", ".scope", ".mount", ".target")
_CARDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:50|5[6-9]|6[37])\d{14}",
    re.ASCII,
)


def is_masked(value: str) -> bool:
    """Whether a pass before this one masked it; stars that something follows are a secret that begins so."""
    return value.startswith(MASK) and not value[len(MASK) : len(MASK) + 1].isalnum()


def any_value(key: str, value: str) -> bool:
    """A shape that needs no second look, unless it holds a placeholder."""
    return not _PLACEHOLDER.match(value)


def assigned(key: str, value: str) -> bool:
    """``value`` stands beside a name that ends in ``key``: a secret unless it is plainly something else."""
    lowered, name = value.lower(), key.lower()
    if (
        not any(map(str.isalnum, value))
        or lowered in _WORDS
        or _PLACEHOLDER.match(value)
        or _CODE.match(value)
        or _SENTENCE.match(value)
    ):
        return False
    if name == "token" and value.isdigit() and len(value) <= 6:
        return False
    if _IDENTIFIER.match(value) and not any(char.isdigit() for char in value) and _plain(name) in _plain(lowered):
        return False
    return not (_PATH.match(value) or (name == "pwd" and value.startswith("/")))


def strong(key: str, value: str) -> bool:
    """Beside a name in running text or code only what looks made, not written: at least 6, letters with digits."""
    value = value.rstrip(".,;:)]}\"'")
    mixed = any(char.isalpha() for char in value) and any(char.isdigit() or char in "!@#$%^*+" for char in value)
    return mixed and len(value) >= 6 and "://" not in value and not _CODE_OR_PATH.match(value) and assigned(key, value)


def flag_value(key: str, value: str) -> bool:
    """The word after ``--password``."""
    return value.lower() not in _PROSE and assigned(key, value)


def user_password(key: str, value: str) -> bool:
    """``user:password``, but not ``1000:1000``."""
    user, colon, password = value.partition(":")
    return bool(colon and user and password) and not password.isdigit() and not is_masked(password)


def random_looking(value: str, least: int) -> bool:
    """Letters and digits mixed as no word or path has them; base64 padding counts as a digit."""
    if len(value) < least or _WORDY.match(value):
        return False
    return any(char.isalpha() for char in value) and any(char.isdigit() or char == "=" for char in value)


def address(key: str, value: str) -> bool:
    """An e-mail address: not a login before a host in a URL (``key`` is ``://``), a unit of systemd or an image for
    dense screens (``logo@2x.png``)."""
    local, at, domain = value.partition("@")
    if at and (key or local == "git"):
        return False
    return not (_DENSE.match(domain) or domain.endswith(_UNITS))


def card(key: str, value: str) -> bool:
    """A payment card's number: an issuer's prefix and length, and the check digit (Luhn, ISO/IEC 7812-1)."""
    digits = value.replace(" ", "").replace("-", "")
    if not _CARDS.fullmatch(digits) or len(set(digits)) < 2:
        return False
    doubled = [int(d) * 2 if index % 2 else int(d) for index, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(" ", "")
