"""What an agent is told: the task with its evidence, and afterwards what the tests said. Pure."""

from __future__ import annotations

from workbench.api import FixRequest, Tested

RULES = (
    "Work only in this folder; it is a copy of the repository made for you. Make the smallest change that mends the"
    " cause. Do not touch tests, fixtures, CI or the settings of tools: such parts of your change are left out. Do not"
    " commit. The workbench runs the tests itself and believes nothing else."
)
CLAIMS = (
    "Do not change any file. Say what the causes may be, the likeliest first, as a JSON list between lines of three"
    ' backticks, each {"statement": "…", "class": "code|configuration|dependency|data|capacity|external_service|'
    'platform", "places": [{"path": "…", "line": 1, "text": "the line as it stands"}]}. Every place is looked at: cite'
    " only lines that are there."
)


def task(request: FixRequest) -> str:
    """The first prompt: what is wrong, what is known of it, what is wanted."""
    parts = [f"Question: {request.question}"] if request.question else []
    if request.failing_test:
        parts.append(f"This test fails and is to pass: {request.failing_test}")
    if request.raised is not None:
        frames = [f"  {path}:{line} in {name}" for path, line, name in request.raised.frames]
        parts.append("\n".join([f"It raises {request.raised.type}, from the outermost frame:", *frames]))
    finding, error = request.finding, request.error
    if finding is not None:
        parts.append(f"To be mended: {finding.path}:{finding.line}: {finding.rule}: {finding.message}")
    if error is not None:
        frames = [f"  {each.path}:{each.line} in {each.function}" for each in error.frames if each.mapped]
        parts.append("\n".join([f"To be mended: {error.name}, {error.count} times in the log", *frames]))
    parts += [f"Supposed cause: {each}" for each in request.causes]
    if request.evidence:
        parts.append("\n".join(["Evidence:", *(f"  {each}" for each in request.evidence)]))
    parts += [f"An earlier proposal of yours was rejected: {why}" for why in request.rejected]
    return "\n\n".join([*parts, RULES])


def again(tested: Tested) -> str:
    """The next prompt, after the tests were run on what it left."""
    return f"The workbench ran the test on your change: {tested.outcome}: {tested.reason}\n\nTry again. {RULES}"


def inquiry(question: str, context: str) -> str:
    """The prompt of an investigation."""
    return "\n\n".join(filter(None, (f"Question: {question}", context, CLAIMS)))
