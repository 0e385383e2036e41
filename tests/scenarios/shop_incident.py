"""A shop whose orders fail, for cases that are opened from documents: the code that the sample documents speak of."""

from __future__ import annotations

from tests.conftest import RepoBuilder

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": 'PRICES = {"A-1": 3}\n\n\ndef total(basket):\n'
    "    return sum(PRICES[sku] * n for sku, n in basket.items())\n",
    "shop/web.py": '"""Views."""\n\nfrom shop.cart import total\n\n\ndef order(request):\n    basket = request.basket\n'
    "    # the basket is trusted\n    return total(basket)\n",
    "shop/orders.py": "from shop.db import rows\n\n\ndef list_orders():\n    found = []\n"
    "    for order in rows('SELECT id FROM orders'):\n"
    "        found.append(rows('SELECT name FROM customer WHERE id = ?', order))\n    return found\n",
    "shop/rates.py": 'def rate(currency):\n    table = {"EUR": 1}\n    if currency not in table:\n'
    '        raise ValueError(f"no rate for {currency}")\n    return table[currency]\n',
    "shop/db.py": "def rows(statement, *values):\n    return []\n",
    "shop/mail.py": "def send(to, text):\n    return to, text\n",
}


def write_shop(repo: RepoBuilder) -> None:
    """Two releases of the shop, tagged."""
    for path, text in SHOP.items():
        repo.write(path, text)
    repo.commit("the shop")
    repo.git("tag", "v1.3.0")
    repo.write("shop/mail.py", SHOP["shop/mail.py"] + "\n\ndef drop():\n    pass\n")
    repo.commit("mail can be dropped")
    repo.git("tag", "v1.4.0")
