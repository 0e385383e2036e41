"""The rows of pane 3: the verdict is never better than what was said, figures stand beside their thresholds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from workbench_kit.line import text_of
from workbench_validate.charts import bars, chart_lines
from workbench_validate.detail import gate_detail, verdict_detail
from workbench_validate.gating import until_of
from workbench_validate.rows import GateRow, gate_rows, row_lines, verdict_row

from workbench.analysis.verdict import judge
from workbench.case.enums import GateStatus, Verdict
from workbench.case.model import Chart, Evidence, Figure, GateResult

PASS, FAIL, NOT_RUN = GateStatus.PASS, GateStatus.FAIL, GateStatus.NOT_RUN


def gate(name: str, status: GateStatus, tree: str = "t1", **more: object) -> GateResult:
    return GateResult(name, name, status, f"{name} said so", tree=tree, examined=3, seconds=2.0, **more)


def first_line(results: list[GateResult], problem: str = "", left: int = 0) -> list[str]:
    row = verdict_row(judge(results, "t1"), results, "t1", problem, left)
    return [text_of(line.body) for line in row_lines(row, 60)]


def test_there_is_no_verdict_before_a_gate_has_run() -> None:
    assert first_line([gate("suite", NOT_RUN, "")]) == ["no gate has judged this change yet: a runs all", ""]
    assert first_line([gate("suite", NOT_RUN, "")], left=2) == ["◐ 2 to come", ""]
    assert first_line([], problem="nothing differs from 3f2c1a") == ["✘ nothing differs from 3f2c1a", ""]


def test_while_gates_run_it_is_said_what_is_to_come_and_what_failed_alone() -> None:
    running = [gate("suite", PASS), gate("proof", NOT_RUN, "")]
    assert first_line(running, left=1)[:2] == ["◐ 1 to come", "nothing fails so far"]
    assert first_line([gate("load", FAIL), *running], left=1)[:2] == ["✘ NOT READY  load fail", "◐ 1 to come"]
    said = [text_of(row.line.body) for row in verdict_detail(judge(running, "t1"), "", ran=True)(60)]
    assert sum("proof not run" in line for line in said) == 1


def test_ready_only_when_every_required_gate_has_passed_on_this_tree() -> None:
    assert first_line([gate("suite", PASS), gate("proof", PASS)])[0] == "✔ READY  2 required gates pass"
    one_left = first_line([gate("suite", PASS), gate("proof", NOT_RUN, "")])
    assert one_left[:2] == ["? INCONCLUSIVE  proof not run", "1 required still to run"]
    assert first_line([gate("suite", PASS, "t0"), gate("proof", PASS)])[0] == "? INCONCLUSIVE  suite stale"
    assert first_line([gate("suite", FAIL), gate("proof", PASS)])[0] == "✘ NOT READY  suite fail"


def test_gates_stand_worst_first_with_what_runs_and_waits_between() -> None:
    results = [gate("ok", PASS), gate("bad", FAIL), gate("old", PASS, "t0"), gate("runs", PASS), gate("waits", PASS)]
    results.append(gate("unsure", GateStatus.INCONCLUSIVE))
    rows = gate_rows(results, "t1", {"runs": 10.0}, ["waits"], 75.5)
    assert [row.gate.id for row in rows] == ["bad", "unsure", "runs", "old", "waits", "ok"]
    lines = [row_lines(row, 60)[0] for row in rows]
    assert text_of(lines[2].body) == "◐ runs    running"
    assert text_of(lines[2].right) == "1:05"
    assert text_of(lines[3].right).startswith("stale")
    assert text_of(lines[4].body).startswith("○ waits")


def test_a_figure_over_its_threshold_is_said_in_the_row_and_in_the_table() -> None:
    figures = (Figure("reads stall", 8.5, "s", threshold=1, baseline=0.04, n=500), Figure("rows", None))
    evidence = (Evidence("e", "index built in the transaction", "app/migrations/0002.py", 7),)
    row = GateRow(gate("migration", FAIL, figures=figures, evidence=evidence, command=("make", "it")), 9)
    assert text_of(row_lines(row, 80)[0].body) == "✘ migration  reads stall 8.5 s > 1: migration said so"
    rows = gate_detail(row)(60)
    lines = [text_of(each.line.body) for each in rows]
    assert next(line for line in lines if line.startswith("reads stall")).split() == [
        *("reads", "stall", "s", "8.5", "1", "0.04", "500", "✘")
    ]
    assert next(line for line in lines if line.startswith("rows")).split() == ["rows", "–"], "not measured is no zero"
    assert [(each.path, each.at) for each in rows if each.path] == [("app/migrations/0002.py", 7)] * 2
    assert "$ make it" in lines


def test_a_gate_under_way_says_how_far_it_is_and_what_is_left() -> None:
    row = GateRow(gate("stress", NOT_RUN, ""), 6, seconds=75, progress=(20, 60), left=150.2)
    (line,) = row_lines(row, 80)
    assert text_of(line.body) == "◐ stress  running  20 of 60"
    assert text_of(line.right) == "about 2:30 left  1:15"


def test_charts_draw_head_and_base_on_one_scale() -> None:
    chart = Chart("latency", (0, 8, 16), (4, 0, 0), ("1 ms", "4 ms"), "requests")
    lines = [text_of(line.body) for line in chart_lines(chart, 40)]
    assert lines[0] == "latency  up to 16 requests"
    assert lines[1].startswith("head ")
    assert "█" in lines[1]
    assert "█" not in lines[2]
    assert lines[2].split() == ["base", "▂▂▂"]
    assert lines[3].split() == ["1", "ms", "4", "ms"]
    assert bars([0.0, 0.001], 1.0, 2) == " ▁", "what is not zero is seen"


def test_a_waiver_may_end() -> None:
    assert until_of("moved elsewhere until 2026-12-01") == ("moved elsewhere", datetime(2026, 12, 2, tzinfo=UTC))
    assert until_of("until further notice") == ("until further notice", None)
    assert until_of("x until 2026-99-01") == ("x until 2026-99-01", None)
    waived = replace(gate("suite", GateStatus.WAIVED), waived_until=datetime(2026, 12, 2, tzinfo=UTC))
    results = [waived, gate("proof", PASS)]
    assert judge(results, "t1", datetime(2026, 12, 1, tzinfo=UTC)).verdict is Verdict.READY
    assert judge(results, "t1", datetime(2026, 12, 2, tzinfo=UTC)).verdict is Verdict.INCONCLUSIVE
