"""Workbench: from "production is failing" to a proven fix, in one terminal program."""

__version__ = "0.1.0"
