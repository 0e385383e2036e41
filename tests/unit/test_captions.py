"""Captions say in a few words what a file or folder is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.indexed import indexed
from workbench.analysis.captions import caption, captions_chunk
from workbench.analysis.outline import outline_of

FILES = {
    "accounts/models.py": "class User(AbstractUser, models.Model): ...\nclass Token(models.Model): ...\n",
    "accounts/api.py": "@router.post('/auth/login')\ndef a(): ...\n@router.post('/auth/{id}/refresh')\ndef b(): ...\n",
    "accounts/errors.py": "class TokenExpired(Exception): ...\n",
    "accounts/middleware.py": "class RequestIdMiddleware: ...\ndef timing(get_response): ...\n",
    "accounts/tasks.py": "@shared_task\ndef send_mail(): ...\n@app.task(bind=True)\ndef cleanup(self): ...\n",
    "accounts/management/commands/purge.py": "class Command(BaseCommand):\n    def handle(self): ...\n",
    "accounts/migrations/0001_initial.py": "class Migration(migrations.Migration): ...\n",
    "accounts/urls.py": "urlpatterns = [path('login', login)]\n",
    "accounts/views.py": "def login(request): ...\nclass ProfileView(APIView):\n    def get(self): ...\n",
    "accounts/schemas.py": "class LoginIn(BaseModel): ...\n",
    "accounts/serializers.py": "class UserSerializer(ModelSerializer): ...\n",
    "config/settings.py": "DEBUG = False\n",
    "core/engine.py": "class _Hidden: ...\nclass Small: ...\nclass Engine:\n    def go(self):\n        return 1\n",
    "core/words.py": "def split(): ...\ndef _join(): ...\n",
    "core/notes.py": '"""Notes that people leave on a page."""\nX = 1\n',
    "core/store.py": "class Store:\n    a = 1\n    b = 2\nclass StoreError(Exception): ...\nclass Row: ...\n",
    "cli.py": "@cli.command()\ndef init(): ...\n@click.command('run')\ndef run(): ...\n",
    "tests/test_login.py": "def test_wrong_password(): ...\ndef test_locked(): ...\n",
}

SAID = {
    "accounts/models.py": "User, Token models",
    "accounts/api.py": "login, refresh endpoints",
    "accounts/errors.py": "TokenExpired exception",
    "accounts/middleware.py": "RequestId, timing middleware",
    "accounts/tasks.py": "send_mail, cleanup tasks",
    "accounts/management/commands/purge.py": "purge command",
    "accounts/migrations/0001_initial.py": "migration",
    "accounts/urls.py": "URL routes",
    "accounts/views.py": "login, Profile views",
    "accounts/schemas.py": "LoginIn schema",
    "accounts/serializers.py": "User serializer",
    "config/settings.py": "settings",
    "core/engine.py": "Engine, Small, _Hidden classes",
    "core/words.py": "split function",
    "core/notes.py": "Notes that people leave on a page",
    "core/store.py": "Store, Row classes",
    "cli.py": "init, run commands",
    "tests/test_login.py": "wrong_password, locked tests",
}


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_file_is_captioned_by_the_roles_of_its_symbols(path: str) -> None:
    assert caption(path, outline_of(path, FILES[path])) == SAID[path]


def test_a_caption_is_never_long() -> None:
    names = "".join(f"class AnExtraordinarilyLongNameNumber{n}(models.Model): ...\n" for n in range(30))
    assert caption("models.py", outline_of("models.py", names)) == "AnExtraordinarilyLongNameNumber0 … models"
    longer = f"class {'Very' * 20}Long(models.Model): ...\n" * 2
    assert len(caption("models.py", outline_of("models.py", longer))) <= 48


def test_a_tree_has_captions_for_files_and_folders(tmp_path: Path) -> None:
    tree = indexed(tmp_path, FILES)
    found = dict(captions_chunk(tree.index, tree.tree))
    assert {path: found[path] for path in FILES} == SAID
    assert found["accounts/"].startswith("2 endpoints, 2 middleware, 2 models")
    assert found["core/"] == "Engine, Store, Row … classes"
    assert found["tests/"] == "wrong_password, locked tests" or found["tests/"] == "2 tests"
    below = dict(captions_chunk(tree.index, tree.tree, "core/"))
    assert set(below) == {path for path in [*FILES, "core/"] if path.startswith("core/")}
