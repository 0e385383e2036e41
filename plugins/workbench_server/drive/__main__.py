"""``python -m workbench_server.drive``: an order as JSON on standard input, one JSON document on standard output."""

from __future__ import annotations

import json
import sys
from typing import Any

from workbench_server.drive.probing import probe_all
from workbench_server.drive.servers import StartError, both


def main() -> int:
    """Carry out one order; 1 with a line on standard error when the servers do not start."""
    order: dict[str, Any] = json.load(sys.stdin)
    try:
        if order["what"] == "faults":
            print(json.dumps(_faults(order)))
            return 0
        with both(order) as sides:
            if order["what"] == "probes":
                document = {
                    name: probe_all(side, order["accounts"], order["endpoints"]) for name, side in sides.items()
                }
            else:
                from workbench_server.drive.loading import load

                document = load(sides, order["load"], order["accounts"])
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(document))
    return 0


def _faults(order: dict[str, Any]) -> dict[str, Any]:
    from workbench_server.drive.faulting import fault_all, stub_of

    with stub_of(order["faults"]["answer"]) as stub:
        order["server"]["workers"] = 1
        with both({**order, "upstream": stub.url}) as sides:
            return {name: fault_all(side, stub, order["faults"]["requests"]) for name, side in sides.items()}


if __name__ == "__main__":
    sys.exit(main())
