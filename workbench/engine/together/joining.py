"""Joining: from an address to a visit."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from workbench.analysis.redact import redact
from workbench.case.enums import Role
from workbench.engine.options import Options
from workbench.engine.store.library import CaseNotFoundError, library_of
from workbench.engine.store.snapshots import unpack
from workbench.engine.together.dial import Address, address_of, by_process, by_socket, by_ssh
from workbench.engine.together.invitations import hashed
from workbench.engine.together.link import Dial, Link, Welcome
from workbench.engine.together.listening import sockets
from workbench.engine.together.visit import Visit, visit


def joined(
    url: str,
    options: Options,
    token: str = "",
    role: Role = Role.DRIVER,
    asking: bool = False,
    checkout: Path | None = None,
    greeted: Callable[[Welcome], None] = lambda welcome: None,
) -> Visit:
    """Join the case at ``url``, with a ``checkout`` of its repository or without; ``greeted`` is called when we are let
    in, with the brief, before the case has come.

    Raises AddressError, and StoreError where it cannot be reached or refuses us.
    """
    address = address_of(url)
    link = Link(
        _dial(address, options),
        {
            "case": address.case,
            "name": redact(options.actor)[0],
            "key": _key(options.data, url, token),
            "token": token,
            "role": role.value,
        },
    )
    link.greeted = greeted
    link.open(asking)
    link.greeted = lambda welcome: None
    return visit(link, options.cache, _repository(link), checkout)


def _repository(link: Link) -> str:
    """Where the repository stands on the other side."""
    state = unpack(link.log.snapshot)
    if state is not None:
        return state.repo
    return next((str(event.data.get("repo", "")) for event in link.log.read(0, 1) or ()), "")


def _dial(address: Address, options: Options) -> Dial:
    """By ssh; on this host through a process of our own, or by the socket of the account that has the case open."""
    if address.host:
        return by_ssh(address)
    found = [] if mine(address.case, options) else list(sockets(address.case))
    store = options.store or str(options.data)
    return by_socket(found[0][0]) if found else by_process({"WORKBENCH_STORE": store})


def mine(case: str, options: Options) -> bool:
    """Whether ``case`` is one of this account's. Raises StoreError."""
    try:
        library_of(options).find(case)
    except CaseNotFoundError:
        return False
    return True


def _key(data: Path, url: str, token: str) -> str:
    """The key by which we are known at ``url`` again: kept with an invitation, since it goes with this key alone."""
    if not token:
        return secrets.token_hex(16)
    file = data / "joined.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    known = {str(name): str(key) for name, key in told.items()} if isinstance(told, dict) else {}
    name = f"{url} {hashed(token)[:16]}"
    if name not in known:
        known[name] = secrets.token_hex(16)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(known, out)
    return known[name]
