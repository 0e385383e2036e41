"""The rules for Prometheus: five things by name, by metrics that are there, each alert tried by promtool."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from workbench.analysis.plan.metrics import choose
from workbench.analysis.plan.rule_trials import trials_yaml
from workbench.analysis.plan.rules import ABOUT, dashboard, rules_of, rules_yaml
from workbench.case.enums import Trend
from workbench.case.logs import Frame, LogError
from workbench.case.plan import Rule

FRAME = Frame("cart.py", 2, "total", True, "cart.py")
ERRORS = (
    LogError("e1", "shop.errors.KeyError", "x", Trend.NEW, 7, 0.1, "70 records", frames=(FRAME,),
             endpoints=(("POST /login", 3),), fingerprint="abcdef123456"),
    LogError("e2", "ERROR", "no {{ $answer }} from <*>", Trend.NEW, 7, 0.1, "70 records", fingerprint="123456abcdef"),
)  # fmt: skip
BARE: Mapping[str, tuple[str, ...]] = {}
RICH = {
    "http_requests_total": ("code", "handler"),
    "shop_request_seconds_bucket": ("handler", "le"),
    "db_pool_in_use": (),
    "db_pool_max": (),
    "app_exceptions_total": ("exception_type",),
}
POOR = {"http_requests_total": ("code",), "db_pool_in_use": (), "app_errors_total": ()}
WAITING = {**RICH, "db_pool_waiting": (), "app_errors_total": ("family",)}


def made(metrics: Mapping[str, tuple[str, ...]]) -> Mapping[str, Rule]:
    return {rule.name: rule for rule in rules_of(choose(metrics), ERRORS, 0.3)}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("metrics", [BARE, RICH, POOR, WAITING])
def test_promtool_takes_the_rules_and_every_alert_fires_and_is_silent(
    tmp_path: Path, metrics: Mapping[str, tuple[str, ...]]
) -> None:
    chosen = choose(metrics)
    rules = tuple(made(metrics).values())
    (tmp_path / "rules.yml").write_text(rules_yaml(rules, "c"))
    (tmp_path / "tests.yml").write_text(trials_yaml(chosen, rules, "rules.yml"))
    for what in ("check", "test"):
        argv = ["promtool", what, "rules", f"{'rules' if what == 'check' else 'tests'}.yml"]
        ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_a_rule_that_would_not_fire_fails_its_test(tmp_path: Path) -> None:
    chosen, rules = choose(RICH), tuple(made(RICH).values())
    (tmp_path / "rules.yml").write_text(rules_yaml(rules, "c").replace("pool:used_ratio > 0.9", "pool:used_ratio > 9"))
    (tmp_path / "tests.yml").write_text(trials_yaml(chosen, rules, "rules.yml"))
    argv = ["promtool", "test", "rules", "tests.yml"]
    ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "PoolFull" in ended.stdout + ended.stderr


@pytest.mark.parametrize("metrics", [BARE, RICH, POOR, WAITING])
def test_all_five_things_are_watched_and_what_nothing_has_is_marked(metrics: Mapping[str, tuple[str, ...]]) -> None:
    rules = made(metrics)
    assert {rule.about for rule in rules.values()} == set(ABOUT)
    for rule in rules.values():
        for name in ("http_requests_total", "http_request_duration_seconds_bucket", "db_pool_waiting"):
            if name in rule.expr and name not in metrics:
                assert name in rule.missing
    shown = dashboard(tuple(rules.values()), "c")
    assert [panel["title"] for panel in shown["panels"]] == list(ABOUT)


def test_a_label_that_the_metric_was_not_seen_with_is_marked_and_a_type_stands_for_its_family() -> None:
    poor, rich, waiting = made(POOR), made(RICH), made(WAITING)
    assert poor["EndpointErrors"].missing == ("http_requests_total{path}",)
    assert poor["AgainKeyError_abcdef12"].missing == ("app_errors_total{family}",)
    assert 'exception_type="KeyError"' in rich["AgainKeyError_abcdef12"].expr
    assert rich["AgainKeyError_abcdef12"].missing == ()
    assert rich["AgainERROR_123456ab"].missing == ("app_exceptions_total{exception_type}",), "it is no exception"
    assert 'family="123456abcdef"' in waiting["AgainERROR_123456ab"].expr
    assert waiting["AgainERROR_123456ab"].missing == ()
    assert "{{" not in waiting["AgainERROR_123456ab"].summary, "what a log says is no template of Prometheus"


def test_a_pool_without_a_limit_has_its_figure_and_no_alert() -> None:
    assert not [rule for rule in made(POOR).values() if rule.about == ABOUT[3] and rule.alert]
    assert made(RICH)["PoolFull"].expr == "pool:used_ratio > 0.9"
    assert made(WAITING)["PoolWaits"].expr == "max(db_pool_waiting) > 0"
