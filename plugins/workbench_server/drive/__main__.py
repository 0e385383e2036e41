"""``python -m workbench_server.drive``: an order as JSON on standard input, one JSON document on standard output."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbench_server.drive.servers import Remote, StartError, both


def main() -> int:
    """Carry out one order; 1 with a line on standard error when the servers do not start."""
    order: dict[str, Any] = json.load(sys.stdin)
    try:
        document = _ORDERS[order["what"]](order)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(document))
    return 0


def _probes(order: Mapping[str, Any]) -> dict[str, Any]:
    from workbench_server.drive.probing import probe_all

    with both(order) as sides:
        return {name: probe_all(side, order["accounts"], order["endpoints"]) for name, side in sides.items()}


def _load(order: Mapping[str, Any]) -> dict[str, Any]:
    from workbench_server.drive.loading import load

    settings = order["load"]
    if host := settings.get("host"):
        with tempfile.TemporaryDirectory(prefix="workbench-server-") as folder:
            remote = Remote(host, order["sides"]["head"], order["interpreter"], Path(folder))
            return load({"head": remote}, settings, order["accounts"])
    with both(order) as sides:
        return load(sides, settings, order["accounts"])


def _faults(order: Mapping[str, Any]) -> dict[str, Any]:
    from workbench_server.drive.faulting import fault_both

    return fault_both(order)


_ORDERS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "probes": _probes,
    "load": _load,
    "faults": _faults,
}

if __name__ == "__main__":
    sys.exit(main())
