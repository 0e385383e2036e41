"""The index of a repository: content-addressed outlines and words in one SQLite file.

Made by :func:`put_listing`, :func:`update` and :func:`update_contents` in workers, read by :func:`viewing`.
"""

from workbench.analysis.index.schema import DamagedIndexError, opened
from workbench.analysis.index.segment import FileRecord
from workbench.analysis.index.view import View, load_records, viewing
from workbench.analysis.index.write import file_key, put_listing, update, update_contents

__all__ = [
    "DamagedIndexError",
    "FileRecord",
    "View",
    "file_key",
    "load_records",
    "opened",
    "put_listing",
    "update",
    "update_contents",
    "viewing",
]
