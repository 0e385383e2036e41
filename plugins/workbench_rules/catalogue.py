"""Every rule, by pack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from workbench_rules.rule import Rule
from workbench_rules.rules import (
    blocking_async,
    broad_except,
    cache_counter,
    check_then_act,
    lock_discipline,
    n_plus_one,
    naive_datetime,
    network_in_transaction,
    no_timeout,
    prefix_key,
    process_local,
    read_modify_write,
    retry,
    secrets_handled,
    sql_string,
    swallowed_in_transaction,
    uncaught_exception,
    unsafe_retry,
    wall_clock,
)

ALL: tuple[Rule, ...] = (
    check_then_act.RULE,
    read_modify_write.RULE,
    cache_counter.RULE,
    no_timeout.RULE,
    broad_except.RULE,
    blocking_async.RULE,
    retry.RULE,
    process_local.RULE,
    network_in_transaction.RULE,
    swallowed_in_transaction.RULE,
    prefix_key.RULE,
    uncaught_exception.RULE,
    unsafe_retry.RULE,
    wall_clock.RULE,
    lock_discipline.RULE,
    n_plus_one.RULE,
    secrets_handled.COMPARED,
    secrets_handled.LOGGED,
    sql_string.RULE,
    naive_datetime.RULE,
)


@cache
def _by_pack(packs: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in ALL if rule.pack in packs)


def rules_of(packs: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of ``packs``, by id."""
    return _by_pack(tuple(packs))
