"""Every rule, by pack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from workbench.api import EVERYTHING, chosen
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
def _chosen(packs: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in ALL if rule.pack in packs and chosen(rule.id, patterns))


def rules_of(packs: Sequence[str], patterns: Sequence[str] = EVERYTHING) -> tuple[Rule, ...]:
    """The rules of ``packs`` whose ids the ``patterns`` of a playbook choose."""
    return _chosen(tuple(packs), tuple(patterns))
