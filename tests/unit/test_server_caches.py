"""Where Django's caches are, and their addresses with a proxy's in the place."""

from __future__ import annotations

from typing import Any

import pytest
from workbench_server.throwaway.workbench_throwaway import cache_servers, moved

REDIS, MEMCACHED = "django.core.cache.backends.redis.RedisCache", "django.core.cache.backends.memcached.PyMemcacheCache"


@pytest.mark.parametrize(
    ("backend", "location", "places"),
    [
        (REDIS, "redis://:secret@cache.example:6380/1", [("cache.example", 6380)]),
        (REDIS, ["redis://one", "redis://two:7000"], [("one", 6379), ("two", 7000)]),
        (REDIS, "redis://one;redis://two", [("one", 6379), ("two", 6379)]),
        (REDIS, "rediss://cache.example", [None]),
        (MEMCACHED, "localhost:11211", [("localhost", 11211)]),
        (MEMCACHED, "127.0.0.1", [("127.0.0.1", 11211)]),
        (MEMCACHED, "unix:/tmp/memcached.sock", [None]),
        ("django.core.cache.backends.locmem.LocMemCache", "unique-snowflake", [None]),
        ("django.core.cache.backends.filebased.FileBasedCache", "/var/cache", [None]),
        ("django.core.cache.backends.dummy.DummyCache", "", []),
    ],
)
def test_the_servers_of_a_cache(backend: str, location: Any, places: list[tuple[str, int] | None]) -> None:
    assert [place for _, _, place in cache_servers("default", {"BACKEND": backend, "LOCATION": location})] == places


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("redis://:secret@cache.example:6380/1", "redis://:secret@127.0.0.1:9/1"),
        ("redis://cache.example", "redis://127.0.0.1:9"),
        ("localhost:11211", "127.0.0.1:9"),
    ],
)
def test_an_address_with_the_proxys_in_its_place(address: str, there: str) -> None:
    assert moved(address, ("127.0.0.1", 9)) == there
    assert moved(address, None) == address
