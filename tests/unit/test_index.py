"""The index holds each content once, survives whatever a file holds, and is shared."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.indexed import indexed
from workbench.analysis.index import DamagedIndexError, opened, put_listing, update, update_contents, viewing
from workbench.analysis.index.view import load_records
from workbench.analysis.index.write import blob_id, file_key
from workbench.analysis.ranking import candidates
from workbench.engine.repo.index_cache import index_file, prepare, repair

SHOP = {
    "shop/cart.py": "class Cart:\n    def total(self):\n        return sum(self.prices)\n",
    "shop/pay.py": "def charge(card, amount):\n    return card.debit(amount)\n",
    "tests/test_cart.py": "def test_total():\n    assert Cart().total() == 0\n",
    "README.md": "# A shop\n",
}


def test_a_commit_pays_only_for_the_files_it_changed(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    assert shop.bring_up_to_date() == []
    changed = "def charge(card, amount):\n    return card.authorize(amount)\n"
    (shop.root / "shop/pay.py").write_text(changed)
    assert shop.bring_up_to_date() == [("shop/pay.py", blob_id(changed.encode()))]
    (shop.root / "shop/pay.py").write_text(SHOP["shop/pay.py"])
    assert shop.bring_up_to_date() == [], "going back to what was indexed before costs nothing"


def test_a_file_that_moves_is_not_read_again_and_keeps_its_words(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    (shop.root / "shop/pay.py").rename(shop.root / "shop/billing.py")
    assert shop.bring_up_to_date() == []
    assert shop.rank("debit of the card fails").files[0].path == "shop/billing.py"


def test_the_view_counts_only_the_files_of_its_own_tree(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    shop.write({"shop/pay.py": "def refund(card):\n    return card.credit()\n"})
    with viewing(shop.index, "tree", candidates) as view:
        assert [view.paths[file] for file in view.first_of] == ["shop/cart.py", "shop/pay.py"]
        assert list(view.postings("debit")[0]) == []
        (credit,) = view.postings("credit")[0]
        symbol = view.symbol(credit)
        assert symbol is not None
        assert (symbol.qualname, symbol.line) == ("refund", 1)


def test_copies_of_one_content_are_indexed_once_and_each_is_ranked(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    for copy in ("till/pay.py", "legacy/one/pay.py"):
        (shop.root / copy).parent.mkdir(parents=True)
        (shop.root / copy).write_text(SHOP["shop/pay.py"])
    assert shop.bring_up_to_date() == [], "a copy costs nothing"
    with viewing(shop.index, "tree", candidates) as view:
        chunks = list(view.postings("debit")[0])
        assert chunks == sorted(chunks)
        homes = [view.paths[view.file_of[chunk]] for chunk in chunks]
        assert sorted(homes) == ["legacy/one/pay.py", "shop/pay.py", "till/pay.py"]
        assert [symbol.qualname for chunk in chunks if (symbol := view.symbol(chunk))] == ["charge"] * 3
    trace = 'Traceback (most recent call last):\n  File "/srv/till/pay.py", line 2, in charge\nTypeError: debit\n'
    found = shop.rank(f"the card fails\n{trace}")
    assert found.files[0].path == "till/pay.py", "the frame names the copy"
    assert "frame" in {signal.name for signal in found.files[0].signals}


def test_what_the_working_tree_no_longer_holds_comes_back_and_can_be_given(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    old = b"def charge():\n    return backlog_of_long_ago()\n"
    entry = ("shop/pay.py", blob_id(old))
    assert put_listing(shop.index, "old", [entry]) == [entry]
    assert update(shop.index, str(shop.root), [entry]) == [entry]
    assert update_contents(shop.index, [(*entry, old)]) == []
    with viewing(shop.index, "old", candidates) as view:
        assert len(view.postings("backlog")[0]) == 1


def test_no_content_of_a_file_stops_the_index(tmp_path: Path) -> None:
    deep = "x = " + "(" * 5000 + ")" * 5000 + "\n"
    shop = indexed(
        tmp_path,
        {
            **SHOP,
            "odd/syntax.py": "def broken(:\n    pass\n\ndef whole():\n    return 1\n",
            "odd/python2.py": 'def old():\n    print "hello"\n',
            "odd/latin.py": "# caf\xe9\ndef coffee():\n    return 'caf\xe9'\n".encode("latin-1"),
            "odd/binary.py": b"\0\1\2" * 5000,
            "odd/deep.py": deep,
            "odd/empty.py": "",
            "odd/crlf.py": "def windows():\r\n    return 1\r\n",
            "odd/bom.py": b"\xef\xbb\xbfdef marked():\n    return 1\n",
            "odd/line.js": "function a(){};" * 20_000,
            "odd/huge.py": b"x = 1\n" * 9_000_000,
            "odd/f\xfcr \u65e5\u672c.py": "def named():\n    return 1\n",
        },
    )
    paths = {path.name: path.relative_to(shop.root).as_posix() for path in (shop.root / "odd").iterdir()}
    with opened(shop.index) as db:
        keys = {name: file_key(path, blob_id((shop.root / path).read_bytes())) for name, path in paths.items()}
        records = load_records(db, list(keys.values()))
    outlines = {name: records[key].outline for name, key in keys.items()}
    assert "syntax error" in outlines["syntax.py"].problem
    assert [symbol.qualname for symbol in outlines["syntax.py"].symbols] == ["broken", "whole"]
    assert outlines["binary.py"].problem == "binary"
    assert outlines["huge.py"].problem.startswith("too large")
    assert outlines["deep.py"].problem
    assert [symbol.qualname for symbol in outlines["latin.py"].symbols] == ["coffee"]
    assert [symbol.line for symbol in outlines["crlf.py"].symbols] == [1]
    assert [symbol.qualname for symbol in outlines["bom.py"].symbols] == ["marked"]
    assert shop.rank("coffee").files[0].path == "odd/latin.py"


def test_links_are_not_followed_and_nothing_outside_is_read(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    secret = tmp_path / "secret.py"
    secret.write_text("password = 'hunter2'\n")
    (shop.root / "link.py").symlink_to(secret)
    (shop.root / "away").symlink_to(tmp_path, target_is_directory=True)
    entries = [
        (path, blob_id(secret.read_bytes())) for path in ("link.py", "away/secret.py", "../secret.py", "gone.py")
    ]
    assert update(shop.index, str(shop.root), entries) == entries


def test_two_workbenches_index_at_once_and_both_see_everything(tmp_path: Path) -> None:
    shop = indexed(tmp_path, SHOP)
    for number in range(60):
        (shop.root / f"shop/part{number}.py").write_text(f"def part_{number}():\n    return {number}\n")
    program = (
        "import sys; from pathlib import Path; from tests.indexed import Indexed\n"
        "print(len(Indexed(Path(sys.argv[1]), sys.argv[2]).bring_up_to_date()))\n"
    )
    argv = [sys.executable, "-c", program, str(shop.root), shop.index]
    root = Path(__file__).parents[2]
    running = [subprocess.Popen(argv, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], ended
    assert shop.bring_up_to_date() == []
    with viewing(shop.index, "tree", candidates) as view:
        assert len(view.postings("=part_17")[0]) == 1


def test_a_damaged_index_is_built_anew_with_a_notice(tmp_path: Path) -> None:
    path = index_file(tmp_path / "cache", tmp_path / "repository/.git")
    assert prepare(path) == ""
    assert prepare(path) == "", "a whole one stays"
    for name in list(path.parent.glob(f"{path.name}*")):
        name.write_bytes(b"this is no database at all" * 400)
    with pytest.raises(DamagedIndexError), opened(str(path)):
        pass
    assert prepare(path) == "the index was damaged; it is built anew"
    assert put_listing(str(path), "tree", [("a.py", "0" * 40)]) == [("a.py", "0" * 40)]


def test_pages_damaged_in_the_middle_are_found_by_a_thorough_look(tmp_path: Path) -> None:
    shop = indexed(tmp_path, {f"part{n}.py": f"def part_{n}():\n    return some_word_{n}\n" for n in range(400)})
    path = Path(shop.index)
    assert repair(path) == ""
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 20_000)
    assert "damaged" in repair(path)
    assert len(shop.bring_up_to_date()) == 400


def test_an_index_of_another_version_is_replaced(tmp_path: Path) -> None:
    path = index_file(tmp_path / "cache", tmp_path)
    prepare(path)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=999")
    assert prepare(path) == "the index was of another version; it is built anew"


def test_a_folder_that_is_not_there_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), opened(str(tmp_path / "nowhere/index.sqlite")):
        pass


def test_worktrees_of_one_repository_share_the_file(tmp_path: Path) -> None:
    common = tmp_path / "project/.git"
    assert index_file(tmp_path, common) == index_file(tmp_path, tmp_path / "project/../project/.git")
    assert index_file(tmp_path, common) != index_file(tmp_path, tmp_path / "other/.git")
