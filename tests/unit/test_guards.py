"""What keeps tests apart is told from what only gives them something."""

from __future__ import annotations

import pytest

from workbench.analysis.blocks import blocks_of


@pytest.mark.parametrize(
    ("source", "guards"),
    [
        ("@fixture\ndef given():\n    return 1\n", set()),
        ("@pytest.fixture\ndef given():\n    yield 1\n", {"given"}),
        ("@pytest_asyncio.fixture(scope='module')\nasync def given():\n    yield 1\n", {"given"}),
        ("@pytest.fixture\ndef given():\n    def each():\n        yield 1\n    return each\n", set()),
        ("@pytest.fixture(autouse=True)\ndef given(monkeypatch):\n    monkeypatch.delenv('A')\n", {"given"}),
        ("@pytest.fixture\ndef given(request):\n    request.addfinalizer(print)\n", {"given"}),
        (
            "@pytest.fixture\ndef given(request):\n    def of():\n        request.addfinalizer(print)\n    return of\n",
            {"given.<locals>.of"},
        ),
        ("@contextmanager\ndef given():\n    yield 1\n", set()),
        ("class A(TestCase):\n    def setUp(self):\n        self.a = 1\n", set()),
        ("class A(TestCase):\n    def setUp(self):\n        self.addCleanup(print)\n", {"A.setUp"}),
        ("class A(TestCase):\n    def test_a(self):\n        self.addCleanup(print)\n", set()),
        ("class A(TestCase):\n    @classmethod\n    def tearDownClass(cls):\n        pass\n", {"A.tearDownClass"}),
        ("def teardown_module(module):\n    pass\n", {"teardown_module"}),
    ],
)
def test_what_cleans_up_keeps_tests_apart(source: str, guards: set[str]) -> None:
    assert blocks_of(source.encode()).guards.keys() == guards


def test_what_stands_inside_of_a_guard_is_of_it() -> None:
    source = "@pytest.fixture\ndef given(request):\n    def end():\n        clear()\n    request.addfinalizer(end)\n"
    before, after = blocks_of(source.encode()), blocks_of(source.replace("clear()", "pass").encode())
    assert before.digests["given"] == after.digests["given"]
    assert before.guards != after.guards
