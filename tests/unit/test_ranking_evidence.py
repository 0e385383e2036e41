"""With a traceback or a failing test as evidence the right function is among the first three: cases that really ran."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.indexed import Indexed, indexed

SHOP = {
    "shop/__init__.py": "",
    "shop/api.py": (
        "import asyncio\nfrom shop import orders, prices, stock, mail, search, config, reports, auth\n\n\n"
        "def logged(function):\n    def wrapper(*args):\n        return function(*args)\n    return wrapper\n\n\n"
        "@logged\ndef place_order(order):\n    return orders.place(order)\n\n\n"
        "@logged\ndef price_list(rows):\n    return prices.listed(rows)\n\n\n"
        "def reserve(item):\n    return stock.reserve(item, 1)\n\n\n"
        "def confirm(order):\n    return asyncio.run(mail.confirm(order))\n\n\n"
        "def find(words):\n    return search.find(words)\n\n\n"
        "def boot(text):\n    return config.load(text)\n\n\n"
        "def month(rows):\n    return reports.Monthly(rows).render()\n\n\n"
        "def sign_in(token):\n    return auth.sign_in(token)\n"
    ),
    "shop/orders.py": (
        "from shop.tools import pick\nfrom shop.prices import amount_of\n\n\n"
        "def place(order):\n    customer = customer_of(order)\n    return customer, total(order)\n\n\n"
        "def customer_of(order):\n    return pick(order, 'customer')\n\n\n"
        "def total(order):\n    return sum(amount_of(line) for line in order['lines'])\n"
    ),
    "shop/tools.py": "def pick(mapping, key):\n    return mapping[key]\n\n\ndef first(items):\n    return items[0]\n",
    "shop/prices.py": (
        "def listed(rows):\n    return [row_price(row) for row in rows]\n\n\n"
        "def row_price(row):\n    return amount_of(row) / row['pieces']\n\n\n"
        "def amount_of(line):\n    return int(line['price'])\n\n\n"
        "def with_discount(price, percent):\n    return price - price * percent\n"
    ),
    "shop/stock.py": (
        "class Shelf:\n    def take(self, item, count):\n        return self.free[item] - count\n\n\n"
        "class Store:\n    def __init__(self):\n        self.free = {}\n\n"
        "    def take(self, item, count):\n        self.free[item] -= count\n        return self.free[item]\n\n\n"
        "def reserve(item, count):\n    return Store().take(item, count)\n"
    ),
    "shop/mail.py": (
        "async def confirm(order):\n    return await deliver(order, address_of(order))\n\n\n"
        "def address_of(order):\n    name, host = order['mail'].split('@')\n    return name, host\n\n\n"
        "async def deliver(order, address):\n    return order, address\n"
    ),
    "shop/search.py": (
        "import re\n\n\ndef find(words):\n    return [compiled(word) for word in words]\n\n\n"
        "def compiled(word):\n    return re.compile(word)\n"
    ),
    "shop/config.py": (
        "import json\n\n\nclass BadConfig(Exception):\n    pass\n\n\n"
        "def load(text):\n    try:\n        return parsed(text)\n"
        "    except ValueError as error:\n        raise BadConfig('cannot start') from error\n\n\n"
        "def parsed(text):\n    return json.loads(text)\n"
    ),
    "shop/reports.py": (
        "class Monthly:\n    def __init__(self, rows):\n        self.rows = rows\n\n"
        "    def render(self):\n        return self.head(self.rows)\n\n"
        "    def head(self, rows):\n        return self.share(len(rows), sum(rows))\n\n"
        "    def share(self, part, whole):\n        return part / whole\n"
    ),
    "shop/auth.py": (
        "def sign_in(token):\n    return claims(token)['user']\n\n\n"
        "def claims(token):\n    head, body, seal = token.split('.')\n    return unfold(body)\n\n\n"
        "def unfold(body):\n    return unfold(body[:-1]) if body.endswith('=') else dict(body)\n"
    ),
    "shop/weekly.py": "def render(rows):\n    return share(rows)\n\n\ndef share(row):\n    return row\n",
    "shop/discounts.py": "def best_discount(customer):\n    return max(customer.discounts)\n",
    "tests/test_shop.py": (
        "from shop.prices import with_discount\nfrom shop.tools import first\nfrom shop import reports, stock\n\n\n"
        "def test_ten_percent_off():\n    assert with_discount(100, 10) == 90\n\n\n"
        "def test_an_empty_month():\n    assert reports.Monthly([]).render() == 0\n\n\n"
        "class TestShelf:\n    def test_first_of_nothing(self):\n        assert first([]) is None\n\n"
        "    def test_take(self):\n        store = stock.Store()\n        store.free['pen'] = 3\n"
        "        assert store.take('pen', 1) == 3\n"
    ),
}

RAISING = {
    "place_order({'lines': []})": ("Orders fail for some customers", "shop/orders.py::customer_of"),
    "place_order({'customer': 1, 'lines': [{'price': 'free'}]})": ("500 on checkout", "shop/prices.py::amount_of"),
    "price_list([{'price': '3', 'pieces': 0}])": ("The price list is empty since Monday", "shop/prices.py::row_price"),
    "reserve('pen')": ("Cannot take the last one off the shelf", "shop/stock.py::Store.take"),
    "confirm({'mail': 'nobody'})": ("Customers get no confirmation", "shop/mail.py::address_of"),
    "find(['c(plain'])": ("Searching for a language crashes", "shop/search.py::compiled"),
    "boot('{')": ("The service does not start: cannot start", "shop/config.py::parsed"),
    "month([0, 0])": ("Monthly report render head fails", "shop/reports.py::Monthly.share"),
    "sign_in('a.b')": ("Users are signed out", "shop/auth.py::claims"),
    "sign_in('a.x' + '=' * 50 + '.c')": ("Users are signed out now and then", "shop/auth.py::unfold"),
}

FAILING = {
    "test_ten_percent_off": "shop/prices.py::with_discount",
    "test_an_empty_month": "shop/reports.py::Monthly.share",
    "test_first_of_nothing": "shop/tools.py::first",
    "test_take": "shop/stock.py::Store.take",
}

_RUN = """
import json, sys, traceback
from shop import api
said = {}
for call in json.loads(sys.argv[1]):
    try:
        eval(call, vars(api))
    except Exception:
        said[call] = traceback.format_exc()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    return indexed(tmp_path_factory.mktemp("shop"), SHOP)


def python(shop: Indexed, *argv: str) -> str:
    ended = subprocess.run([sys.executable, *argv], cwd=shop.root, capture_output=True, text=True, check=False)
    return ended.stdout


def rank_of(shop: Indexed, question: str, right: str) -> int:
    found = [f"{spot.path}::{spot.qualname}" for spot in shop.rank(question).symbols]
    return found.index(right) + 1 if right in found else 99


def test_a_pasted_traceback_puts_the_right_function_among_the_first_three(shop: Indexed) -> None:
    said = json.loads(python(shop, "-c", _RUN, json.dumps(list(RAISING))))
    assert set(said) == set(RAISING), "every case raises"
    ranks = {}
    for call, (title, right) in RAISING.items():
        text = said[call].replace(str(shop.root), "/srv/app/releases/7")
        ranks[call] = rank_of(shop, f"{title}\n\nThis is what we see:\n\n```\n{text}\n```\n", right)
    near = [call for call, rank in ranks.items() if rank <= 3]
    assert len(near) >= 0.9 * len(ranks), ranks


def test_the_output_of_a_failing_test_puts_the_right_function_among_the_first_three(shop: Indexed) -> None:
    output = python(shop, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir=.", "tests")
    sections = dict(re.findall(r"^_{3,} (?:\w+\.)?(\w+) _{3,}$(.*?)(?=^_{3,} |^=)", output, re.MULTILINE | re.DOTALL))
    assert set(sections) == set(FAILING), output
    ranks = {name: rank_of(shop, f"{name} fails\n{sections[name]}", right) for name, right in FAILING.items()}
    assert all(rank <= 3 for rank in ranks.values()), ranks


def test_a_test_named_by_its_node_id_is_enough(shop: Indexed) -> None:
    question = "red on main: FAILED tests/test_shop.py::test_ten_percent_off"
    ranking = shop.rank(question)
    assert not ranking.thin
    assert rank_of(shop, question, "shop/prices.py::with_discount") == 1
    test = next(signal for signal in ranking.symbols[0].signals if signal.name == "test")
    assert test.detail == "called by the failing test test_ten_percent_off"


def test_the_innermost_frame_is_said_to_be_it(shop: Indexed) -> None:
    text = 'Traceback (most recent call last):\n  File "/x/shop/reports.py", line 12, in share\nZeroDivisionError\n'
    spot = shop.rank(f"Report fails\n\n{text}").symbols[0]
    frame = next(signal for signal in spot.signals if signal.name == "frame")
    assert (spot.qualname, frame.detail) == ("Monthly.share", "innermost frame of the traceback: line 12 in share")
