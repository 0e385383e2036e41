"""What a path reaches outside the program: tables, caches, queues and hosts, also through variables and attributes."""

from __future__ import annotations

import pytest
from workbench_map.draw import draw
from workbench_map.graph import Code
from workbench_map.read import facts_of
from workbench_map.routes import entries

OUTSIDE = ("table", "cache", "queue", "host")


def reached(files: dict[str, str]) -> dict[str, set[str]]:
    """What each entry reaches outside, by their labels."""
    code = Code([facts_of(path, text) for path, text in files.items()])
    return {
        entry.label: {node.label for node in draw(code, [entry], {}).nodes if node.kind in OUTSIDE}
        for entry in entries(code)
    }


HEAD = (
    "import boto3, httpx, os, redis, requests\nfrom django.conf import settings\n"
    "from django.contrib.auth.models import User\nfrom django.core.mail import send_mail\n"
    "from jobs import queue\nAPI = 'https://rates.example/v1'\nstore = redis.Redis()\n"
    "class Row(models.Model):\n    pass\nclass Form(BaseModel):\n    pass\n"
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("User.objects.get(pk=1)", "table User"),
        ("get_object_or_404(User, pk=1)", "table User"),
        ("Row.query.filter_by(a=1).first()", "table Row"),
        ("db.get(Row, 1)", "table Row"),
        ("db.execute(select(Row.id))", "table Row"),
        ("isinstance(x, Row)", None),
        ("read(Form)", None),
        ("store.incr('n')", "cache"),
        ("cache.get('n')", "cache"),
        ("{}.get('n')", None),
        ("queue.enqueue(pay, 1)", "queue pay"),
        ("app.send_task('bill')", "queue bill"),
        ("requests.get(f'{API}/eur')", "host rates.example"),
        ("requests.request('GET', settings.BANK_URL + '/x')", "host BANK_URL"),
        ("url = API + '/eur'\n    requests.get(url)", "host rates.example"),
        ("requests.get(thing)", "host requests"),
        ("with httpx.Client() as c:\n        c.post('http://a.example/b')", "host a.example"),
        ("s = requests.Session()\n    s.get(url=API)", "host rates.example"),
        ("send_mail('a', 'b', 'c', ['d'])", "host mail server"),
        ("boto3.client('s3').put_object(Key='k')", "host s3"),
    ],
)
def test_a_call_leads_outside(line: str, found: str | None) -> None:
    text = f"{HEAD}\n@app.route('/a')\ndef a(db, thing):\n    {line}\n"
    assert reached({"app.py": text}) == {"/a": {found} if found else set()}


def test_a_cache_around_a_function_is_asked_before_it() -> None:
    text = "@cache.memoize(timeout=3)\ndef rate():\n    pass\n\n@app.route('/a')\ndef a():\n    rate()\n"
    assert reached({"app.py": text}) == {"/a": {"cache"}}


def test_a_repository_that_is_handed_its_model_leads_to_the_table() -> None:
    files = {
        "shop/models.py": "".join(
            f"class {name}({base}):\n    pass\n\n"
            for name, base in (("Base", "DeclarativeBase"), ("Cart", "Base"), ("Item", "Base"))
        ),
        "shop/repos.py": (
            "from shop.models import Cart, Item\n\nclass Rows:\n    def __init__(self, session, model):\n"
            "        self.model = model\n\n    def all(self):\n"
            "        return self.session.execute(select(self.model))\n\n"
            "class Repos:\n    @cached_property\n    def carts(self) -> Rows:\n"
            "        return Rows(self.session, Cart)\n\n"
            "    @property\n    def items(self):\n        return Rows(self.session, Item)\n\n"
            "def get_repos(session) -> Repos:\n    return Repos(session)\n"
        ),
        "shop/service.py": (
            "from shop.repos import Repos, get_repos\n\nclass Service:\n    def __init__(self, repos: Repos):\n"
            "        self.repos = repos\n        self.rows = repos.carts\n        self.wide = get_repos(None).items\n\n"
            "    def list(self):\n        return self.rows.all()\n\n    def count(self):\n"
            "        return self.wide.all()\n\n"
            "    def both(self):\n        return self.repos.items.all(), self.list()\n"
        ),
        "shop/api.py": (
            "from shop.service import Service\nrouter = APIRouter()\n\n"
            "@router.get('/carts')\ndef carts(service: Service = Depends()):\n    return service.list()\n\n"
            "@router.get('/items')\ndef items(service: Annotated[Service, Depends()]):\n    return service.count()\n\n"
            "@router.get('/both')\ndef both():\n    service = Service(None)\n    return service.both()\n"
        ),
    }
    assert reached(files) == {
        "GET /carts": {"table Cart"},
        "GET /items": {"table Item"},
        "GET /both": {"table Cart", "table Item"},
    }


def test_a_view_set_that_only_declares_is_an_entry_with_its_table_hooks_and_actions() -> None:
    files = {
        "shop/urls.py": (
            "from shop.views import Carts, Orders\nrouter = DefaultRouter()\n"
            "router.register('carts', Carts, basename='c')\n"
            "router.register('orders', Orders)\nurlpatterns = [path('api/', include(router.urls))]\n"
        ),
        "shop/views.py": (
            "class Carts(ReadOnlyModelViewSet):\n    queryset = Cart.objects.all()\n\n"
            "class Orders(ModelViewSet):\n    def perform_create(self, serializer):\n        send_bill.delay(1)\n\n"
            "    @action(detail=True, methods=['post'], url_path='pay-now')\n    def pay(self, request, pk):\n"
            "        requests.post('https://bank.example/pay')\n"
        ),
    }
    assert reached(files) == {
        "/api/carts/": {"table Cart"},
        "/api/orders/": {"queue send_bill"},
        "/api/orders/{pk}/pay-now/": {"host bank.example"},
    }


def test_a_command_that_code_calls_is_followed() -> None:
    files = {
        "jobs.py": "@shared_task\ndef nightly():\n    call_command('purge')\n",
        "x/management/commands/purge.py": (
            "class Command(BaseCommand):\n    def handle(self):\n        Row.objects.all()\n"
        ),
    }
    assert reached(files)["task nightly"] == {"table Row"}


def test_an_inherited_method_is_followed_and_an_own_attribute_is_no_foreign_property() -> None:
    text = (
        "class Base:\n    def load(self):\n        return Row.objects.get()\n\nclass View(Base):\n    def get(self):\n"
        "        self.owner.name()\n        return self.load()\n\nclass Other:\n    @property\n    def owner(self):\n"
        "        return User.objects.get()\n\napi.add_resource(View, '/v')\n"
    )
    assert reached({"app.py": text}) == {"/v": {"table Row"}}
