"""The Python in a report: what its names stand for by the imports beside them, and what it then uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARGIN = r"^(?:[ \t>.]{0,12}|[ \t]{0,8}(?:In|Out)? ?\[\d{1,4}\]: ?)"
"""What stands before a statement: an indent, a prompt of Python or IPython, a mail's quotation."""

_IMPORT = re.compile(
    _MARGIN + r"(?:from +([\w.]{1,200}) +import +\(?([\w, ]{1,500})|import +([\w., ]{1,500}))", re.MULTILINE
)
_MADE = re.compile(_MARGIN + r"([A-Za-z_]\w{0,100}) *= *([A-Za-z_][\w.]{0,200})\(", re.MULTILINE)
_USED = re.compile(r"(?<![\w/@.'\"-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def imported_names(text: str) -> list[str]:
    """Modules (``a.b``) and what is taken from them (``a.b.C``), as the imports in ``text`` name them."""
    found: list[str] = []
    for module, name, _ in _imports(text):
        found += [module, f"{module}.{name}"] if module else [name]
    return list(dict.fromkeys(found))


def used_names(text: str) -> list[str]:
    """Every name that ``text`` uses of what it imports, in full: ``np.where`` is ``numpy.where``, and a method of a
    variable is that of what made it (``box = a.Box()``, ``box.open`` gives ``a.Box.open``)."""
    stands_for: dict[str, str] = {}
    for module, name, bound in _imports(text):
        whole = f"{module}.{name}" if module else name
        stands_for[bound] = whole if module or bound != name.partition(".")[0] else bound
    for variable, called in _MADE.findall(text):
        head = called.partition(".")[0]
        if head in stands_for and variable not in stands_for:
            stands_for[variable] = _whole(stands_for, called)
    used = (name for name in _USED.findall(text) if name.partition(".")[0] in stands_for)
    return list(dict.fromkeys(_whole(stands_for, name) for name in used))


def _whole(stands_for: dict[str, str], name: str) -> str:
    head, dot, rest = name.partition(".")
    return stands_for[head] + dot + rest


def _imports(text: str) -> Iterator[tuple[str, str, str]]:
    """(module, name, what it is called here) of each import; the module is empty for a module itself."""
    for module, taken, modules in _IMPORT.findall(text):
        for said in (taken if module else modules).split(","):
            words = said.split()
            if words:
                renamed = len(words) > 2 and words[1] == "as"
                bound = words[2] if renamed else words[0] if module else words[0].partition(".")[0]
                yield module, words[0], bound
