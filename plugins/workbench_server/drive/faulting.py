"""What the server does when what it depends on fails: each request under each fault of each dependency."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any

from workbench_server.drive.accounts import Accounts, NotConfiguredError
from workbench_server.drive.client import Answer, Request, send
from workbench_server.drive.dependencies import Dependency, Host, behind, files_in
from workbench_server.drive.proxies import KILLED, Proxy
from workbench_server.drive.sampling import held
from workbench_server.drive.servers import Side, both
from workbench_server.drive.stubs import Stub

SETTLE = 0.5
"""Seconds after the last fault until what the server holds is compared with before."""

MORE = 2.0
"""Seconds beyond what an answer may take that it is waited for."""


def fault_both(order: Mapping[str, Any]) -> dict[str, Any]:
    """Both sides, one server each: their tries and what they held, by side. Raises StartError for head."""
    faults: Mapping[str, Any] = order["faults"]
    patience = float(faults["longest"]) + MORE
    named = {name: _address(target) for name, target in faults["proxies"].items()}
    with ExitStack() as stack:
        stub = Stub(faults["answer"], patience)
        stack.callback(stub.close)
        proxies = {name: _proxy(stack, target) for name, target in named.items()}
        fill = {"upstream": stub.url, **{name: ":".join(map(str, p.address)) for name, p in proxies.items()}}
        one = {**order, "fill": fill, "server": {**order["server"], "workers": 1}}
        sides = stack.enter_context(both(one, lambda address: _proxy(stack, address)))
        made = {}
        for name, side in sides.items():
            known: list[Dependency] = [*behind(proxies, True), *behind(side.proxies, False), *files_in(side.folder)]
            if faults["upstream"]:
                known.append(Host(stub))
            made[name] = _all(side, known, faults["requests"], Accounts(order["accounts"]), patience)
        return made


def _proxy(stack: ExitStack, target: tuple[str, int]) -> Proxy:
    proxy = Proxy(target)
    stack.callback(proxy.close)
    return proxy


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def _all(
    side: Side,
    dependencies: Sequence[Dependency],
    asked: Sequence[Mapping[str, Any]],
    accounts: Accounts,
    patience: float,
) -> dict[str, Any]:
    requests = list(_requests(side, asked, accounts))
    tries = [_try(side, each, "fine", request, patience) for each in dependencies for request in requests]
    reached = {(each["of"], each["request"]) for each in tries if each["reached"]}
    before = held(side.pids)
    for each in dependencies:
        for fault in each.faults:
            meant = (request for request in requests if (each.name, _name(request)) in reached)
            tries += [_try(side, each, fault, request, patience) for request in meant]
    time.sleep(SETTLE)
    after = held(side.pids)
    return {"tries": tries, "held": [asdict(each) if each else None for each in (before, after)]}


def _requests(side: Side, asked: Sequence[Mapping[str, Any]], accounts: Accounts) -> Iterator[Request]:
    token = ""
    if any(each.get("signed_in") for each in asked):
        try:
            token = accounts.sign_in(side.ports[0])[1]
        except NotConfiguredError:
            token = ""
    for each in asked:
        request = Request(each.get("method", "GET"), each["path"], each.get("json"))
        yield replace(request, token=token) if each.get("signed_in") else request


def _name(request: Request) -> str:
    return f"{request.method} {request.path}"


def _try(side: Side, dependency: Dependency, fault: str, request: Request, patience: float) -> dict[str, Any]:
    if fault in KILLED:
        send(side.ports[0], request, patience)
    dependency.turn("" if fault == "fine" else fault)
    try:
        answer: Answer = send(side.ports[0], request, patience)
        noted = dependency.noted()
    finally:
        dependency.turn("")
    return {
        "of": dependency.name,
        "mode": fault,
        "asked_for": dependency.asked_for,
        "request": _name(request),
        "status": answer.status,
        "error": answer.error,
        "seconds": answer.seconds,
        "calls": noted.calls,
        "unsafe": noted.unsafe,
        "reached": noted.reached,
        "retry_after": next((value for name, value in answer.headers.items() if name.lower() == "retry-after"), ""),
    }
