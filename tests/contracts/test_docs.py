"""The docs are true: pages made from the program are as it is now, and every option that they name exists."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.commands import help_of
from tests.documents import DOCS, PAGES
from workbench.cli.main import VERBS

PAGES_READ = (DOCS.parent / "README.md", *sorted(DOCS.glob("*.md")))
CALL = re.compile(r"workbench ([a-z]+)((?: [^`|\n]*)?)")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_is_made_is_up_to_date(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page](), "python -m tests.documents writes it anew"


def test_every_option_in_the_docs_is_one_of_its_verb() -> None:
    named: dict[str, dict[str, str]] = defaultdict(dict)
    for page in PAGES_READ:
        for call in CALL.finditer(page.read_text(encoding="utf-8")):
            if call[1] in VERBS:
                named[call[1]].update(dict.fromkeys(re.findall(r"(?<!\S)--[a-z][a-z-]*", call[2]), page.name))
    assert len(named) > 5
    for verb, options in named.items():
        shown = "".join(help_of(*words) for words in ([verb], *([[verb, "new"]] if verb == "plugins" else [])))
        missing = {option: page for option, page in options.items() if option not in shown}
        assert not missing, f"workbench {verb} has no such option"


def test_every_page_that_is_linked_exists() -> None:
    for page in PAGES_READ:
        for link in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert Path(page.parent, link).exists(), f"{page.name}: {link}"
