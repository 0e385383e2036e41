"""Every rule, by pack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from workbench_rules.rule import Rule
from workbench_rules.rules import (
    broad_except,
    cache_counter,
    check_then_act,
    no_timeout,
    prefix_key,
    read_modify_write,
)

ALL: tuple[Rule, ...] = (
    check_then_act.RULE,
    read_modify_write.RULE,
    cache_counter.RULE,
    no_timeout.RULE,
    broad_except.RULE,
    prefix_key.RULE,
)


@cache
def _by_pack(packs: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in ALL if rule.pack in packs)


def rules_of(packs: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of ``packs``, by id."""
    return _by_pack(tuple(packs))
