"""Error rows of a table, gathered under the errors they are."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.analysis.logs.digest.coverage import Coverage, of_error
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.table import ErrorRow, Key, Table, Words
from workbench.analysis.logs.traces.identity import Identity, identify, own_place
from workbench.analysis.logs.traces.model import Trace

OTHER = "other"
FAILED = "failed requests"
"""What failed requests are counted of; error records are counted of those."""
UNHANDLED = "unhandled 500s"
"""What requests that ended in an exception which nobody caught are counted of, beside error records."""


@dataclass
class Gathered:
    """The rows of one error. ``identity`` is None where there is no traceback: then the template tells.

    ``logs`` are those of several logs that it stands in."""

    key: str
    identity: Identity | None
    template: Words
    rows: list[ErrorRow] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    of: str = "error records"
    logs: list[Coverage] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """What tells it from other errors, in any log."""
        return fingerprint(self.key)

    @property
    def id(self) -> str:
        """Its id as it is shown."""
        return f"e{self.fingerprint}"

    @property
    def count(self) -> int:
        """Events of all rows."""
        return sum(row.count for row in self.rows)

    @property
    def unhandled(self) -> int:
        """Those that ended a request."""
        return sum(row.unhandled for row in self.rows)

    def times(self) -> Sequence[float]:
        """Sorted times of the events, as far as they were kept."""
        merged = array("d")
        for row in self.rows:
            merged.extend(row.times)
        return sorted(merged)


def gather(table: Table, template_of: Mapping[Words, Words], lens: Lens, logs: Sequence[Stream] = ()) -> list[Gathered]:
    """The errors of ``table``, then its failed requests by status and endpoint; which of several ``logs`` say so."""
    found: dict[str, Gathered] = {}
    for key, row in table.errors.items():
        identity = identity_of(row.trace, lens) if row.trace else None
        template = () if identity else template_of.get(row.words, row.words)
        name = identity.id if identity else message_key(template)
        each = found.setdefault(name, Gathered(name, identity, template))
        each.rows.append(row)
        each.keys.append(key)
    for key, row in table.failures.items():
        name = failure_key(key)
        identity = Identity(f"HTTP {key[0]}", "", str(key[1]))
        found[name] = Gathered(name, identity, (), [row], [key], FAILED)
    for each in found.values() if logs else ():
        each.logs = of_error(logs, each.keys)
    return list(found.values())


def fingerprint(key: str) -> str:
    """The fingerprint of the error of that key: see ``Gathered``."""
    return hashlib.blake2b(key.encode(), digest_size=6).hexdigest()


def message_key(template: Words) -> str:
    """The key of an error that is told by its message alone."""
    return "message " + " ".join(template)


def failure_key(key: Key) -> str:
    """The key of the failed requests of one status and endpoint."""
    return f"HTTP {key[0]} {key[1]}"


def identity_of(trace: Trace, lens: Lens) -> Identity:
    """The error of a trace by the checkout; by the frames that are no library's where none is in the checkout."""
    found = identify(trace, lens.checkout.place) if lens.checkout else None
    return found if found is not None and found.file else identify(trace, own_place)


def by_key(gathered: Sequence[Gathered]) -> dict[Key, Gathered]:
    """Which error each row of a table went to."""
    index: defaultdict[Key, Gathered] = defaultdict(lambda: gathered[0])
    for each in gathered:
        for key in each.keys:
            index[key] = each
    return dict(index)
