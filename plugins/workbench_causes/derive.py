"""All causes of a scene, surest first. Pure."""

from __future__ import annotations

from workbench.api import Hypothesis, surest
from workbench_causes.capacity import capacity
from workbench_causes.code import in_code
from workbench_causes.data import data
from workbench_causes.measured import measured
from workbench_causes.outside import upstream
from workbench_causes.platform import platform
from workbench_causes.release import in_release
from workbench_causes.scene import Scene

CAUSES = 8
"""Causes that are shown at most."""


def derive(scene: Scene) -> list[Hypothesis]:
    """The causes; of two with one name the better supported one, of two that are as sure the one of more errors or of a
    larger growth first. At least two compete where the evidence allows."""
    found = [
        *in_code(scene),
        *measured(scene),
        *in_release(scene),
        *upstream(scene),
        *capacity(scene),
        *platform(scene),
        *data(scene),
    ]
    best: dict[str, Hypothesis] = {}
    for cause in found:
        if cause.id not in best or len(best[cause.id].supporting) < len(cause.supporting):
            best[cause.id] = cause
    return sorted(best.values(), key=surest)[:CAUSES]
