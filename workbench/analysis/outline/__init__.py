"""Outlines: what stands in a file. Python by ``ast``, others by a tree-sitter grammar when installed, else by regex."""

from workbench.analysis.outline.build import outline_of
from workbench.analysis.outline.model import Outline, Symbol

__all__ = ["Outline", "Symbol", "outline_of"]
