"""Reports on a case: nothing in them but what its journal holds, every figure with the event it stands in."""

from workbench.engine.reports.kinds import KINDS, paper
from workbench.engine.reports.model import Paper, Said, Section
from workbench.engine.reports.render import FORMATS, document, html, markdown

__all__ = ["FORMATS", "KINDS", "Paper", "Said", "Section", "document", "html", "markdown", "paper"]
