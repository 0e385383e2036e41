"""Which classes of the repository have a table: by their bases, read through the packages that hand them on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from workbench_map.facts import FileFacts
from workbench_map.names import last
from workbench_map.routers import owned

_ROOTS = frozenset({"Model", "DeclarativeBase", "DeclarativeBaseNoMeta", "SQLModel", "Document"})
_MAKERS = frozenset({"declarative_base", "automap_base"})


def models_of(files: Sequence[FileFacts]) -> frozenset[str]:
    """The last names of the classes that have a table: Django's, SQLAlchemy's, SQLModel's, peewee's, MongoEngine's."""
    bases = {
        f"{one.module}.{name}": [owned(base, one.module) for base in of] for one in files for name, of in one.classes
    }
    known: dict[str, list[str]] = {}
    for name in bases:
        known.setdefault(last(name), []).append(name)
    made = {last(name) for one in files for name, kind in one.kinds if last(kind) in _MAKERS}
    roots = _ROOTS | made | ({"Base"} - known.keys())
    return frozenset(last(name) for name in bases if last(name) not in roots and _has_table(name, bases, known, roots))


def _has_table(
    name: str, bases: Mapping[str, Sequence[str]], known: Mapping[str, Sequence[str]], roots: Collection[str]
) -> bool:
    seen: set[str] = set()
    todo = [name]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        package = one.rpartition(".")[0]
        same = (
            [one] if one in bases else [other for other in known.get(last(one), ()) if other.startswith(f"{package}.")]
        )
        if not same and last(one) in roots:
            return True
        todo += [base for other in same for base in bases[other]]
    return False
