"""The tag before a title: the kind of report says nothing of the place, the part of the product that it names does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.indexed import indexed
from workbench.analysis.mentions import read_mentions

BOT = {
    "bot/manager.py": "def prefix_of(guild):\n    return guild.settings['prefix']\n\n\n"
    "def set_prefix(guild, prefix):\n    guild.settings['prefix'] = prefix\n",
    "bot/downloader.py": "class Downloader:\n    def remove(self, cog):\n        return '{prefix}'.format(cog=cog)\n",
    "bot/streams.py": "def check(stream):\n    return stream.online\n",
}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("[BUG] Orders vanish", "Orders vanish"),
        ("[Bug]: Orders vanish", "Orders vanish"),
        ("[Fix #12] Orders vanish", "Orders vanish"),
        ("[2.1.0] Orders vanish", "Orders vanish"),
        ("[Backport] Orders vanish", "Orders vanish"),
        ("Regression: orders vanish", "orders vanish"),
        ("[Feature request] [Orders] show what vanished", "[Orders] show what vanished"),
        ("[Downloader] KeyError prefix", "[Downloader] KeyError prefix"),
    ],
)
def test_the_kind_of_report_is_no_part_of_its_title(line: str, title: str) -> None:
    assert read_mentions(f"{line}\n\nas it says").title == title


def test_the_part_that_a_tag_names_ranks_above_what_only_shares_words(tmp_path: Path) -> None:
    ranking = indexed(tmp_path, BOT).rank("[Downloader] KeyError prefix\n\nIt raises since the update.")
    assert ranking.files[0].path == "bot/downloader.py"
    assert ranking.symbols[0].qualname == "Downloader.remove"
