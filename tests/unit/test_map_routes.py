"""Entry points of applications that are put together: routers in routers, lists of them, URLconfs in URLconfs."""

from __future__ import annotations

from workbench_map.graph import Code
from workbench_map.read import facts_of
from workbench_map.routes import Entry, entries, named


def entries_of(files: dict[str, str]) -> list[Entry]:
    """The entry points of these files."""
    return entries(Code([facts_of(path, text) for path, text in files.items()]))


def test_prefixes_come_from_constants_and_from_classes_of_groups() -> None:
    files = {
        "src/shop/routing.py": (
            "from fastapi import APIRouter, Depends\nfrom shop.auth import admin\n\n"
            "class AdminRouter(APIRouter):\n    def __init__(self, prefix=''):\n"
            "        super().__init__(prefix=prefix, dependencies=[Depends(admin)])\n"
        ),
        "src/shop/auth.py": "def admin():\n    pass\n",
        "src/shop/config.py": "class Settings:\n    API: str = '/api'\n\nsettings = Settings()\n",
        "src/shop/users.py": (
            "from shop.routing import AdminRouter\nrouter = AdminRouter(prefix='/users')\n\n"
            "@controller(router)\nclass Users:\n    @router.get('/{item_id}')\n    def one(self):\n        pass\n"
        ),
        "src/shop/main.py": (
            "from shop import users\nfrom shop.config import settings\nold = '/old'\nparts = APIRouter()\n"
            "parts.include_router(users.router, prefix=old)\napp = FastAPI()\n"
            "app.include_router(parts, prefix=f'{settings.API}/v1')\nsub = FastAPI()\napp.mount('/sub', sub)\n\n"
            "@sub.get('/ping')\ndef ping():\n    pass\n"
        ),
    }
    found = entries_of(files)
    assert {one.label: [place.fn.qualname for place in one.needs] for one in found} == {
        "GET /api/v1/old/users/{item_id}": ["admin"],
        "GET /sub/ping": [],
    }


def test_a_prefix_that_two_places_give_otherwise_is_left_out() -> None:
    files = {
        "a.py": "class A:\n    API = '/a'\n",
        "b.py": "class B:\n    API = '/b'\n",
        "m.py": "app.include_router(r, prefix=settings.API)\n\n@r.get('/x')\ndef x():\n    pass\n",
    }
    (one,) = entries_of(files)
    assert one.label == "GET /x"


def test_urlconfs_within_urlconfs_keep_every_step_of_the_path() -> None:
    files = {
        "site/shop/urls.py": (
            "from django.urls import include, path, re_path\nfrom shop.views import Home, Orders, RowsViewSet\n\n"
            "api = DefaultRouter()\napi.register(r'rows', RowsViewSet)\n"
            "parts = [path('<int:pk>/edit', login_required(Home.as_view()))]\n"
            "urlpatterns = [\n    re_path(r'^api/', include([\n"
            "        path('orders/', include(([path('all/', Orders.as_view())], 'orders'), namespace='o')),\n"
            "        *api.urls,\n    ])),\n    path('parts/', include((parts, 'parts'))),\n"
            "    path('staff/', include(('people.urls', 'people'), namespace='people')),\n]\n"
        ),
        "site/shop/views.py": (
            "class Base(ModelViewSet):\n    def list(self, request):\n        pass\n\n"
            "class RowsViewSet(Base):\n    pass\n\n"
            "class Home(View):\n    def get(self, request):\n        pass\n\n"
            "class Orders(View):\n    def post(self, request):\n        pass\n"
        ),
        "site/people/urls.py": "from people import views\nurlpatterns = [path('me/', views.me)]\n",
        "site/people/views.py": "def me(request):\n    pass\n",
    }
    found = entries_of(files)
    assert {one.label: [place.fn.qualname for place in one.serves] for one in found} == {
        "/api/orders/all/": ["Orders.post"],
        "/api/rows/": ["Base.list"],
        "/parts/<int:pk>/edit": ["Home.get"],
        "/staff/me/": ["me"],
    }


def test_routers_that_stand_in_a_list_are_mounted_where_the_loop_mounts_them() -> None:
    files = {
        "api/v1/__init__.py": "from api.v1 import users\nROUTERS = [users.router]\n",
        "api/v1/users.py": "router = APIRouter(prefix='/users')\n\n@router.get('/me')\ndef me():\n    pass\n",
        "api/app.py": (
            "from api.v1 import ROUTERS as all_of_them\nP = '/v1'\napp = FastAPI()\n"
            "def make():\n    for one in all_of_them:\n        app.include_router(one, prefix=P)\n"
        ),
    }
    (one,) = entries_of(files)
    assert one.label == "GET /v1/users/me"


def test_a_path_that_the_question_writes_out_is_taken_before_words_that_fit() -> None:
    files = {
        "app.py": "".join(
            f"@app.get('/api/{name}')\ndef f{at}():\n    pass\n\n"
            for at, name in enumerate(("prefixes", "prefixes/{pk}/ips", "ranges/{pk}/ips", "ranges"))
        )
    }
    found = named(entries_of(files), "assigning to ranges fails with 500 on /api/prefixes/1/ips, since noon", [], set())
    assert found[0].label == "GET /api/prefixes/{pk}/ips"


def test_tables_of_sqlalchemy_are_tables() -> None:
    text = (
        "from sqlalchemy import select\n\nclass User(Base):\n    pass\n\n"
        "def f(session, d):\n    session.execute(select(User))\n    d.get(User)\n"
    )
    code = Code([facts_of("a.py", text)])
    (place,) = code.by_id.values()
    assert [node.id for call in place.fn.calls for node in code.outside(call, place)] == ["table:User"]
    asked = Code([facts_of("a.py", text.replace("session.execute(select(User))", "self.session.query(User.id)"))])
    (place,) = asked.by_id.values()
    assert [node.id for call in place.fn.calls for node in asked.outside(call, place)] == ["table:User"]
