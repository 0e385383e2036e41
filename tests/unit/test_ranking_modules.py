"""Import names of a repository's files, whatever folder its packages stand in."""

from __future__ import annotations

from workbench.analysis.ranking.modules import imported_files, module_names

PATHS = {
    1: "backend/app/__init__.py",
    2: "backend/app/db/__init__.py",
    3: "backend/app/db/orders.py",
    4: "backend/app/main.py",
    5: "src/shop/__init__.py",
    6: "src/shop/cart.py",
    7: "tools/build.py",
    8: "one/plug/__init__.py",
    9: "two/plug/__init__.py",
}


def test_a_package_below_a_plain_folder_goes_by_its_own_name() -> None:
    names = module_names(PATHS)
    assert (names["app"], names["app.db.orders"], names["backend.app.main"]) == (1, 3, 4)
    assert (names["shop.cart"], names["tools.build"]) == (6, 7)
    assert "plug" not in names, "two packages of that name: neither is meant"
    assert imported_files(names, PATHS[4], ["app.db:orders", ".db"]) == {2, 3}


def test_a_name_of_the_top_folder_is_not_taken_by_a_package_below() -> None:
    names = module_names({1: "shop/__init__.py", 2: "examples/shop/__init__.py", 3: "examples/shop/more.py"})
    assert (names["shop"], names["shop.more"]) == (1, 3)
