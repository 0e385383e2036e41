"""Failing tests written from evidence, by template. Pure."""

from workbench.analysis.writers.model import Ask as Ask
from workbench.analysis.writers.model import NothingToWriteError as NothingToWriteError
from workbench.analysis.writers.model import Written as Written
from workbench.analysis.writers.write import TEMPLATES as TEMPLATES
from workbench.analysis.writers.write import write_test as write_test
