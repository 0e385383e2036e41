"""The map: from the routes that the question names to tables, and the errors that nobody catches on the way."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from workbench_map.analyzer import MapAnalyzer
from workbench_map.draw import MOST
from workbench_map.graph import Code
from workbench_map.read import facts_of, read_files
from workbench_map.routes import entries

from workbench.api import Frame, LogError, Report, Subject, Trend
from workbench.demo import DEPLOYED, QUESTION, write_demo


def report(files: dict[str, str], question: str = "", errors: tuple[LogError, ...] = ()) -> Report:
    """What the analyzer says of these files."""
    subject = Subject(question=question, repo="", revision="", tree="", errors=errors)
    return MapAnalyzer().fold(subject, [facts_of(path, text) for path, text in files.items()])


def arrows(found: Report) -> set[tuple[str, str]]:
    """Edges by label."""
    label = {node.id: node.label for node in found.nodes}
    return {(label[edge.source], label[edge.target]) for edge in found.edges}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = write_demo(tmp_path_factory.mktemp("demo")).repo
    subprocess.run(["git", "-C", str(repo), "checkout", "-q", DEPLOYED], check=True, capture_output=True)
    return repo


def of_demo(repo: Path, question: str, errors: tuple[LogError, ...] = ()) -> Report:
    names = [path.relative_to(repo).as_posix() for path in repo.rglob("*.py") if "tests" not in path.parts]
    subject = Subject(question=question, repo=str(repo), revision="", tree="", errors=errors)
    return MapAnalyzer().fold(subject, read_files(str(repo), names))


def test_the_demo_from_the_route_through_its_middleware_to_the_tables(demo: Path) -> None:
    found = of_demo(demo, QUESTION)
    assert found.nodes[0].label == "/api/login"
    assert arrows(found) >= {
        ("/api/login", "JWTMiddleware.__call__"),
        ("JWTMiddleware.__call__", "get_token"),
        ("get_token", "table Token"),
        ("/api/login", "login"),
        ("login", "check"),
        ("check", "table LoginAttempt"),
        ("login", "table User"),
    }
    first = [edge.target for edge in found.edges if edge.source == found.nodes[0].id]
    assert [target.rpartition("::")[2] for target in first] == [
        "RequestLogMiddleware.__call__",
        "JWTMiddleware.__call__",
        "login",
    ]


def test_the_demo_names_every_error_that_leaves_as_a_500_and_no_other(demo: Path) -> None:
    login = {(item.path, item.message.split()[0]) for item in of_demo(demo, QUESTION).findings}
    assert login == {("accounts/limits.py", "RateLimitExceeded"), ("accounts/middleware.py", "DatabaseTimeout")}
    refresh = {item.message.split()[0] for item in of_demo(demo, "refresh fails").findings}
    assert refresh == {"TokenRefreshConflict", "DatabaseTimeout"}


def test_what_one_view_catches_another_may_not(demo: Path) -> None:
    (limit,) = [item for item in of_demo(demo, QUESTION).findings if item.path == "accounts/limits.py"]
    assert "/api/login" in limit.message
    assert "/api/partner" not in limit.message


def test_frames_of_a_traceback_choose_the_entry_and_count_the_edges(demo: Path) -> None:
    lines = {name: _line(demo, path, text) for name, path, text in FRAMES}
    frames = tuple(Frame(path, lines[name], name, mapped=True) for name, path, _ in FRAMES)
    error = LogError("e1", "TokenRefreshConflict", "", Trend.NEW, 7, 0.1, "requests", frames=frames)
    found = of_demo(demo, "it fails", (error,))
    assert found.nodes[0].label == "/api/refresh"
    seen = {(edge.source, edge.target): edge.observed for edge in found.edges if edge.observed}
    assert seen == {("accounts/views.py::refresh", "accounts/tokens.py::refresh"): 7}


FRAMES = (
    ("view", "accounts/views.py", "tokens.refresh(request.token.key)"),
    ("refresh", "accounts/tokens.py", "raise TokenRefreshConflict"),
)


def _line(repo: Path, path: str, text: str) -> int:
    lines = (repo / path).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_included_routes_carry_their_prefix_and_classes_their_methods() -> None:
    found = report(
        {
            "site/urls.py": "urlpatterns = [path('shop/', include('shop.urls'))]\n",
            "shop/urls.py": "from shop import views\nurlpatterns = [path('cart/<int:pk>', views.Cart.as_view())]\n",
            "shop/views.py": "class Cart:\n    def get(self, request, pk):\n        return self.load(pk)\n"
            "    def load(self, pk):\n        return Item.objects.get(pk=pk)\n",
            "shop/models.py": "class Item(Model):\n    pass\n",
        }
    )
    assert [node.label for node in found.nodes if node.kind == "entry"] == ["/shop/cart/<int:pk>"]
    assert arrows(found) == {
        ("/shop/cart/<int:pk>", "Cart.get"),
        ("Cart.get", "Cart.load"),
        ("Cart.load", "table Item"),
    }


def test_routes_by_decorator_tasks_and_commands() -> None:
    found = report(
        {
            "app.py": "import requests\nfrom jobs import mail\n@app.route('/a')\ndef a():\n    mail.delay(1)\n"
            "@router.get('/b/{id}')\nasync def b(id):\n    requests.get('https://bank.example/x')\n",
            "jobs.py": "from celery import shared_task\nfrom django.core.cache import cache\n"
            "@shared_task\ndef mail(n):\n    cache.get('k')\n",
            "x/management/commands/purge.py": "class Command:\n    def handle(self):\n        pass\n",
        }
    )
    labels = {node.label for node in found.nodes if node.kind == "entry"}
    assert labels == {"/a", "GET /b/{id}", "task mail", "command purge"}
    assert arrows(found) >= {("a", "queue mail"), ("b", "host bank.example"), ("mail", "cache")}


def test_routes_by_call_and_what_a_route_depends_on() -> None:
    found = report(
        {
            "app.py": "def who():\n    pass\n@router.get('/a')\ndef a(user=Depends(who)):\n    pass\n"
            "class Query:\n    def get(self):\n        pass\napi.add_resource(Query, '/q/<id>')\n"
            "def s(request):\n    pass\nroutes = [Route('/s', endpoint=s)]\n"
        }
    )
    assert arrows(found) == {("GET /a", "a"), ("a", "who"), ("/q/<id>", "Query.get"), ("/s", "s")}


def test_routers_and_blueprints_carry_the_prefix_they_are_mounted_under_and_what_they_depend_on() -> None:
    found = report(
        {
            "app/main.py": "from app import users\nfrom app.shop import shop\napi = APIRouter(prefix='/v2')\n"
            "api.include_router(users.router, prefix='/people')\napp.include_router(api, prefix='/api')\n"
            "site.register_blueprint(shop, url_prefix='/store')\n",
            "app/users.py": "def signed_in():\n    pass\n"
            "router = APIRouter(prefix='/users', dependencies=[Depends(signed_in)])\n"
            "@router.get('/{id}')\ndef one(id):\n    pass\n@router.post('')\ndef made():\n    pass\n",
            "app/shop.py": "shop = Blueprint('shop', __name__, url_prefix='/old')\n"
            "@shop.route('/cart')\nclass Cart(Resource):\n    def post(self):\n        pass\n"
            "class Till(MethodView):\n    def get(self):\n        pass\n"
            "shop.add_url_rule('/till', view_func=Till.as_view('till'))\n",
            "app/cli.py": "@cli.command()\ndef purge():\n    pass\n",
        }
    )
    assert arrows(found) == {
        ("GET /api/v2/people/users/{id}", "signed_in"),
        ("GET /api/v2/people/users/{id}", "one"),
        ("POST /api/v2/people/users", "signed_in"),
        ("POST /api/v2/people/users", "made"),
        ("/store/cart", "Cart.post"),
        ("/store/till", "Till.get"),
        ("command purge", "purge"),
    }


def test_namespaces_of_an_api_and_routers_that_a_package_hands_on_are_followed() -> None:
    found = report(
        {
            "web/api/__init__.py": "from web.api.flags import flags\n"
            "old = Blueprint('old', __name__, url_prefix='/v1')\nv1 = Api(old)\nv1.add_namespace(flags, '/flags')\n",
            "web/api/flags.py": "flags = Namespace('flags')\n@flags.route('/<id>')\nclass Flag(Resource):\n"
            "    def get(self, id):\n        pass\n",
            "src/web/agent/views.py": "router = APIRouter()\n@router.get('')\ndef runs():\n    pass\n",
            "src/web/main.py": "from web import agent\napp.include_router(agent.router, prefix='/agent')\n"
            "@app.get('')\ndef root():\n    pass\n",
        }
    )
    assert arrows(found) == {("/v1/flags/<id>", "Flag.get"), ("GET /agent", "runs"), ("GET /", "root")}


def test_routers_that_include_each_other_end() -> None:
    text = "a = APIRouter(prefix='/a')\na.include_router(a, prefix='/b')\n@a.get('/c')\ndef c():\n    pass\n"
    assert report({"app.py": text}).nodes[0].label.endswith("/b/a/c")


def test_a_path_of_the_log_leads_to_a_route_whose_prefix_is_known_at_run_time_only() -> None:
    routes = "".join(f"@r.get('/{name}/{{id}}')\ndef {name}(id):\n    pass\n" for name in ("carts", "orders"))
    seen = LogError("e1", "KeyError", "", Trend.NEW, 7, 0.1, "requests", endpoints=(("GET /api/v9/orders/7", 7),))
    found = report({"app.py": f"app.include_router(r, prefix=PREFIX)\n{routes}"}, errors=(seen,))
    assert [node.label for node in found.nodes if node.kind == "entry"] == ["GET /orders/{id}"]


FLASK = (
    "class Bad(Exception):\n    pass\n\nclass Worse(Bad):\n    pass\n\n"
    "@app.route('/a')\ndef a():\n    {call}\n\ndef work():\n    raise Worse()\n"
)


@pytest.mark.parametrize(
    ("call", "uncaught"),
    [
        ("work()", True),
        ("try:\n        work()\n    except Bad:\n        return 400", False),
        ("try:\n        work()\n    except Exception:\n        return 400", False),
        ("try:\n        work()\n    except KeyError:\n        return 400", True),
        ("try:\n        work()\n    except Bad:\n        log()\n        raise", True),
    ],
)
def test_an_error_escapes_unless_a_base_of_it_is_caught_for_good(call: str, uncaught: bool) -> None:
    found = report({"app.py": FLASK.format(call=call)})
    assert [item.symbol for item in found.findings] == (["work"] if uncaught else [])


def test_a_registered_handler_answers_it() -> None:
    text = FLASK.format(call="work()") + "\n@app.errorhandler(Bad)\ndef answer(e):\n    return '', 400\n"
    assert report({"app.py": text}).findings == ()


def test_the_line_says_what_was_walked_also_when_there_is_nothing() -> None:
    assert report({"a.py": "x = 1\n"}).summary.startswith("0 entry points, 0 walked")
    text = FLASK.format(call="try:\n        work()\n    except Bad:\n        pass")
    assert "1 raises, 1 handlers, 0 translate, 1 swallow" in report({"app.py": text}).summary


def test_a_map_stays_small_and_recursion_ends() -> None:
    many = "".join(f"def f{n}():\n    f{n + 1}()\n    f{n // 2}()\n" for n in range(400))
    found = report({"app.py": "@app.route('/a')\ndef a():\n    f0()\n" + many})
    assert len(found.nodes) == MOST
    known = {node.id for node in found.nodes}
    assert all(edge.source in known and edge.target in known for edge in found.edges)


def test_urls_that_include_each_other_end() -> None:

    one = facts_of("a/urls.py", "urlpatterns = [path('b/', include('b.urls'))]\n")
    two = facts_of("b/urls.py", "urlpatterns = [path('a/', include('a.urls'))]\n")
    assert entries(Code([one, two])) == []
