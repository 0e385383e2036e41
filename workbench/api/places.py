"""Where each name that a plugin may import is defined, so that one that is not asked for costs no import."""

from __future__ import annotations

_NAMES = {
    "analysis.causes": "confidence in_the_code surest",
    "analysis.changed_paths": "class_of classes_of part_of",
    "analysis.diffs": "line_after parse_diff",
    "analysis.fingerprints": "fingerprint new_findings",
    "analysis.gate_proposals": "is_dependency_file is_migration",
    "analysis.git_time": "git_time",
    "analysis.languages": "is_test",
    "analysis.logs.before.level": "level_shift",
    "analysis.logs.before.series": "bars moved shift_event",
    "analysis.logs.calls": "Call Calls",
    "analysis.logs.digest.digest": "Digest digest",
    "analysis.logs.digest.facts": "facts",
    "analysis.logs.digest.settings": "Lens",
    "analysis.logs.files": "find_files FoundFiles likely",
    "analysis.logs.literals": "calls_in",
    "analysis.logs.operations.said": "change_events deployed upstreams",
    "analysis.logs.operations.slow": "durations slower",
    "analysis.logs.operations.survey": "look Operations together",
    "analysis.logs.scan.part": "parts sampled scan_part survey Survey",
    "analysis.logs.scan.table": "Table",
    "analysis.logs.traces.checkout": "Checkout",
    "analysis.logs.traces.model": "RawFrame",
    "analysis.mermaid": "mermaid",
    "analysis.pip_audit": "audit_words Audited read_audit",
    "analysis.quantity": "quantity",
    "analysis.ranking": "rank_chunk Ranking",
    "analysis.sarif": "read_sarif SarifError SarifLog",
    "analysis.statistics": "fisher_exact_greater wilson_interval",
    "analysis.tamper": "tamper_marks",
    "analysis.testlines": "test_events",
    "api.advising": "AdviceError Adviser Claim",
    "api.fixing": "Fixer FixRequest",
    "api.gating": "ChangeSubject concluded Gate gate_setting",
    "api.host": "Conversation FixHost GateHost Host",
    "api.investigating": "Analyzer LogSource Subject",
    "api.running": "EventReader ReadingRunner Runner SwappingRunner TestCommand TestRequest WarmRunner",
    "api.steps": "Chunk Command Known Output Step",
    "case.code": "Boost Check Debt Finding Hotspot MapEdge MapNode",
    "case.enums": (
        "BAD CauseClass CauseStatus ChangeKind CheckStatus GateStatus Level PluginKind ProofStatus RunStatus "
        "Severity TestOutcome Trend TriageState Verdict"
    ),
    "case.errors": "CommandMissingError GitError",
    "case.intake": "Intake SpanGroup Taken",
    "case.logs": "Change Feed FeedFile Frame Impact LogError LogFormat Onset Pattern SourceFacts Variant",
    "case.metrics": "Series Shift",
    "case.outside": "Applied DatabaseFacts DatabaseIssue DeadRows Deployed TableFacts Upstream",
    "case.playbook": "chosen EVERYTHING",
    "case.signals": "Signal",
    "case.state": "Report",
    "case.testing": "Raised TestEvent TestRate",
    "case.work": (
        "Approval Chart Evidence Figure GateResult Hypothesis Judgement Proof ProofStep Proposal Tested "
        "TestResult TestRun"
    ),
}
"""By module of this package: its names."""

MODULES = {name: f"workbench.{module}" for module, names in _NAMES.items() for name in names.split()}
"""The module that defines a name."""
