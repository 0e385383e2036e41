"""The plan comes from the change and the gates: what was measured, a roll-back that was tried, rules for promtool."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick

MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("order", "paid_at", models.DateTimeField(null=True))]
"""
METRICS = """from prometheus_client import Counter

REQUESTS = Counter("shop_requests", "requests", ["status", "view"])
FEATURE_NEW_TOTAL = False
"""


def workbench(*args: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-P", "-m", "workbench", *args]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def planned(repo: RepoBuilder, *more: str) -> Mapping[str, Any]:
    """The plan that validating the change makes."""
    made = workbench("validate", "--repo", str(repo.path), "--trust", "--format", "json", *more)
    assert made.returncode in (0, 1, 3), made.stderr
    plan: Mapping[str, Any] = json.loads(made.stdout)["plan"]
    return plan


@pytest.fixture
def repo(make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch) -> RepoBuilder:
    quick(monkeypatch)
    built = make_repo({**SHOP, "app/migrations/__init__.py": "", "app/migrations/0001_initial.py": "x = 1\n"})
    built.write("shop.py", RIGHT)
    built.write("watch.py", METRICS)
    built.write("app/migrations/0002_paid.py", MIGRATION)
    return built


def test_the_plan_of_a_change_not_yet_committed(repo: RepoBuilder) -> None:
    before = repo.git("status", "--porcelain")
    plan = planned(repo)
    steps = [step["text"] for step in plan["steps"]]
    migrate = next(at for at, text in enumerate(steps) if text.startswith("migrate app 0002_paid"))
    canary = next(at for at, text in enumerate(steps) if text.startswith("canary"))
    assert migrate < canary, "code needs the column"
    assert plan["steps"][migrate]["seconds"] is None
    assert any(text.startswith("set FEATURE_NEW_TOTAL off") for text in steps)
    back = plan["rollback"]
    assert back["status"] == "rehearsed", back
    assert back["commands"][0].startswith("git restore --source=")
    assert back["ran"] == 4
    assert back["passed"] == 3, "the test that fails at base fails there still"
    assert back["schema"] == "head's, with 0002_paid"
    assert back["lost"] == ["app.order.paid_at"]
    assert back["seconds"] > 0
    assert "how long the migration takes: no migration gate measured it" in plan["not_measured"]
    assert "a low-traffic window: no access log" in plan["not_measured"]
    rules = {rule["name"]: rule for rule in plan["rules"]}
    assert rules["FlowBurnRate1h"]["missing"] == []
    assert "shop_requests_total" in rules["flow:failure_ratio:rate5m"]["expr"]
    assert rules["PoolWaits"]["missing"] == ["db_pool_waiting"]
    assert "# no such metric: db_pool_waiting" in plan["rules_yaml"]
    assert len(plan["dashboard"]["panels"]) == 5
    expected = "check rules and test rules pass" if shutil.which("promtool") else "not checked"
    assert expected in plan["promtool"]
    assert repo.git("status", "--porcelain") == before, "nothing of the user's was touched"


def test_committed_it_is_reverted_and_a_suite_that_breaks_on_the_schema_left_behind_is_no_rehearsal(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    counts = (
        "from pathlib import Path\n\n\ndef test_one():\n    assert len(list(Path('app/migrations').iterdir())) == 1\n"
    )
    built = make_repo({**SHOP, "app/migrations/0001_initial.py": "x = 1\n", "test_schema.py": counts})
    first = built.head
    built.write("app/migrations/0002_paid.py", MIGRATION)
    built.write("test_schema.py", "def test_one():\n    pass\n")
    fixed = built.commit("fix")
    plan = planned(built)
    back = plan["rollback"]
    assert back["commands"] == [f"git revert --no-edit {first[:10]}..{fixed[:10]}"]
    assert back["status"] == "failed"
    assert "test_schema.py::test_one of base fails" in back["reason"]
    assert any(line.startswith("the roll-back: ") for line in plan["not_measured"])


def test_the_plan_is_exported_as_markdown_html_json_rules_and_dashboard(repo: RepoBuilder) -> None:
    planned(repo)
    text = workbench("report", "--as", "plan").stdout
    assert "## Roll back with" in text
    assert "**rehearsed**" in text
    assert "duration not measured" in text
    assert "<li" in workbench("report", "--as", "plan", "--format", "html").stdout
    told = json.loads(workbench("report", "--as", "plan", "--format", "json").stdout)
    assert told["plan"]["rollback"]["status"] == "rehearsed"
    assert workbench("report", "--as", "plan", "--format", "rules").stdout.startswith("groups:")
    assert json.loads(workbench("report", "--as", "plan", "--format", "dashboard").stdout)["schemaVersion"]
    assert workbench("report", "--as", "brief", "--format", "rules").returncode == 2
