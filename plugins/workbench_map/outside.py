"""What a call reaches outside the program: tables, caches, queues, hosts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from workbench.api import MapNode
from workbench_map.facts import Call
from workbench_map.names import last

_HTTP = ("requests.", "httpx.", "urllib.request.", "urllib3.", "aiohttp.")
_SENDS = frozenset("get post put patch delete head options request send stream urlopen urlretrieve ws_connect".split())
_QUEUES = frozenset("delay apply_async send_task basic_publish enqueue enqueue_call enqueue_in enqueue_at".split())
_CACHES = frozenset("cache caches redis redis_client redis_connection redis_conn memcache".split())
_STORES = ("django.core.cache.", "redis.", "aioredis.", "flask_caching.", "pymemcache.", "memcache.", "cachelib.")
_KEEPS = frozenset(
    """get set add delete get_many set_many delete_many get_or_set incr decr touch clear has_key setex setnx mget mset
    expire ttl exists hget hset hgetall hdel hincrby sadd srem smembers zadd zrange zrem lpush rpush lpop rpop lrange
    publish getset pipeline eval lock cached memoize delete_memoized incrby scan_iter keys""".split()
)
_DATABASES = ("django.db.connection", "connection.cursor", "psycopg", "pymysql.", "MySQLdb.", "asyncpg.", "sqlite3.")
_MAIL = ("smtplib.", "aiosmtplib.", "django.core.mail.", "flask_mail.")
_MAILS = frozenset(
    "send_mail send_mass_mail mail_admins mail_managers send send_message sendmail SMTP SMTP_SSL".split()
)
_CLOUDS = ("boto3.client", "boto3.resource", "aioboto3.", "boto3.")
_PEERS = frozenset(
    """stripe openai anthropic twilio sendgrid slack_sdk ldap3 ldap paramiko elasticsearch opensearchpy pymongo motor
    kafka confluent_kafka pika kombu docker kubernetes braintree meilisearch minio""".split()
)
_LOOKS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404"})
_SESSIONS = ("session", "db")
_LOOKUPS = frozenset({"get", "pop", "setdefault"})
"""Calls that are as well a dictionary's: they ask for a row where a session is asked."""

_TYPES = frozenset("isinstance issubclass cast hasattr getattr setattr type super print repr str len".split())


def outside(call: Call, name: str, models: Collection[str]) -> Iterator[MapNode]:
    """The nodes for ``call``, whose ``name`` says of which class each variable is; ``models`` are the last names of
    the repository's classes that have a table."""
    yield from _tables(call, name, models)
    owner, _, verb = name.rpartition(".")
    said = last(call.name.rpartition(".")[0])
    if verb == "cache_page" or (verb in _KEEPS and (said in _CACHES or name.startswith(_STORES))):
        yield MapNode("cache:cache", "cache", "cache")
    elif verb in _QUEUES and owner:
        yield _queue(call, last(owner), verb)
    elif name.startswith(_HTTP):
        if verb in _SENDS:
            yield _host(call.text or name.partition(".")[0])
    elif name.startswith(_MAIL):
        if verb in _MAILS:
            yield MapNode("host:mail", "host mail server", "host")
    elif name in _CLOUDS[:2]:
        yield MapNode(f"host:{call.text or 'aws'}", f"host {call.text or 'aws'}", "host")
    elif name.partition(".")[0] in _PEERS and owner and not last(owner).endswith(("Error", "Exception")):
        peer = name.partition(".")[0]
        yield MapNode(f"host:{peer}", f"host {peer}", "host")


def _tables(call: Call, name: str, models: Collection[str]) -> Iterator[MapNode]:
    for manager in (".objects", ".query"):
        owner, found, _ = f"{name}.".partition(f"{manager}.")
        model = "User" if last(owner) == "get_user_model" else last(owner)
        if found and (model in models or (manager == ".objects" and model[:1].isupper())):
            yield _table(model)
            return
    session = last(name.rpartition(".")[0]).lower().endswith(_SESSIONS)
    if last(name) not in _TYPES and (session or last(name) not in _LOOKUPS):
        for given in call.given:
            parts = given.split(".")[::-1]
            model = next((part for part in parts if part in models or last(name) in _LOOKS), "")
            if model:
                yield _table(model)
    if name.startswith(_DATABASES):
        yield MapNode("table:*", "database", "table")


def _table(model: str) -> MapNode:
    return MapNode(f"table:{model}", f"table {model}", "table")


def _queue(call: Call, owner: str, verb: str) -> MapNode:
    """Named by the job: the task itself for ``task.delay()``, what is handed over for ``queue.enqueue(job)``."""
    handed = call.text or (last(call.given[0]) if call.given else "")
    job = owner if verb in ("delay", "apply_async") else handed or owner
    return MapNode(f"queue:{job}", f"queue {job}", "queue")


def _host(text: str) -> MapNode:
    host = text.split("/")[2] if text.count("/") > 1 and "://" in text else text.split("/")[0] or text
    return MapNode(f"host:{host}", f"host {host}", "host")
