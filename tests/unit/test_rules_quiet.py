"""What the rules must not say: code that looks like a fault and is none."""

from __future__ import annotations

import pytest
from workbench_rules.analyzer import check
from workbench_rules.catalogue import ALL
from workbench_rules.module import parse

RULES = {rule.id: rule for rule in ALL}

QUIET = {
    "a test of another column than the one written": (
        "WB101",
        "def f(k):\n    user = User.objects.get(pk=k)\n    if user.is_staff:\n        greet(user)\n"
        "    user.seen_at = now()\n    user.save()\n",
    ),
    "a flag that is set once or twice alike": (
        "WB101",
        "def f(k):\n    code = Code.objects.filter(code=k).first()\n    if code and code.is_active:\n"
        "        code.is_active = False\n        code.save(update_fields=['is_active'])\n",
    ),
    "a default for a column that is empty": (
        "WB101",
        "def f(k):\n    row = Row.objects.get(pk=k)\n    if not row.live_from:\n        row.live_from = now()\n"
        "    row.published_at = now()\n    row.save()\n",
    ),
    "a test that says nothing of what is written": (
        "WB101",
        "def f(r, k):\n    row = Row.objects.get(pk=k)\n    if r.product != row.product:\n        permit(r)\n"
        "    row.product = r.product\n    row.save()\n",
    ),
    "a row that a form has made anew": (
        "WB101",
        "def f(r, k):\n    row = Row.objects.get(pk=k)\n    row = form(r, row).save()\n    if row.stage is None:\n"
        "        row.stage = first(row)\n        more(row)\n    row.save()\n",
    ),
    "an empty column filled, and a word to the log": (
        "WB101",
        "def f(k):\n    row = Row.objects.get(pk=k)\n    if not row.day:\n        name = day(row)\n"
        "        row.day = name\n        row.save()\n        logger.info('filled')\n",
    ),
    "a health check that answers no": (
        "WB105",
        "def health_check(self):\n    try:\n        return client.get(URL).ok\n    except Exception:\n"
        "        return False\n",
    ),
    "a text that is parsed": (
        "WB105",
        "def f(t):\n    try:\n        return json.loads(t)\n    except Exception:\n        return {}\n",
    ),
    "a helper that blocks once and then knows": (
        "WB106",
        "import subprocess\nclass G:\n    def look(self):\n        if self.git is None:\n"
        "            self.git = subprocess.run(['git', '--version'])\n\n    async def f(self):\n        self.look()\n",
    ),
    "get_or_create, which has a savepoint of its own": (
        "WB110",
        "@transaction.atomic\ndef f(k):\n    try:\n        return T.objects.get_or_create(k=k)[0]\n"
        "    except IntegrityError:\n        return T.objects.get(k=k)\n",
    ),
    "one statement that is the whole transaction": (
        "WB110",
        "def f(rows):\n    with transaction.atomic():\n        try:\n            rows.update(a=1)\n"
        "        except IntegrityError:\n            logger.error('no')\n",
    ),
    "a seat that the work's end gives back": (
        "WB203",
        "class S:\n    def f(self):\n        self.seats.acquire()\n        if not self.work():\n"
        "            self.seats.release()\n\n    def done(self):\n        self.seats.release()\n",
    ),
    "a row of the table of tokens": (
        "WB206",
        "def f(self):\n    self.token.revoke()\n    logger.info('revoked %r', self.token)\n",
    ),
    "the name of a table in an f-string": (
        "WB207",
        "def f(cursor, name):\n    cursor.execute(f'SELECT count(*) FROM {name} WHERE id = %s', [1])\n",
    ),
    "a list of numbers": (
        "WB207",
        "def f(cursor, ids):\n    known = ','.join(map(str, ids))\n"
        "    cursor.execute(f'DELETE FROM t WHERE id IN ({known})')\n",
    ),
    "a time that is given its zone in the next line": (
        "WB208",
        "import datetime\ndef f(s):\n    at = datetime.datetime.fromtimestamp(s)\n    return make_aware(at, zone)\n",
    ),
    "a label": ("WB208", "from datetime import datetime\ndef f():\n    return datetime.now().strftime('%Y')\n"),
    "a delete of another table": (
        "WB101",
        "def f(p, e):\n    user = User.objects.filter(email=e).first()\n    if user is None:\n        return\n"
        "    Member.objects.filter(p=p, user=user).delete()\n",
    ),
    "an add of the row that points to what was read": (
        "WB101",
        "def f(self):\n    found = Result.query.first()\n    if found:\n        self.latest = found.id\n"
        "        db.session.add(self)\n",
    ),
    "a parser that puts its position back": (
        "WB105",
        "def f(self):\n    try:\n        return self.load()\n    except Exception:\n        self.pos = 0\n"
        "        return None\n",
    ),
    "a broad except with an exact one that raises before it": (
        "WB105",
        "def f(v):\n    try:\n        return query(v)\n    except Detached:\n        raise\n"
        "    except Exception:\n        return False\n",
    ),
    "a fallback that asks nobody outside": (
        "WB105",
        "def f(x):\n    try:\n        return x.name.upper()\n    except Exception:\n        return ''\n",
    ),
    "a text that grows": (
        "WB102",
        "def f(k):\n    job = Job.objects.get(pk=k)\n    if job.why:\n        job.why += ' '\n"
        "    job.why += reason()\n    job.save()\n",
    ),
    "a list that grows": (
        "WB102",
        "def f(k, more):\n    row = Row.objects.get(pk=k)\n    row.names = row.names + list(more)\n    row.save()\n",
    ),
    "a row that a caller has read, and may have locked": (
        "WB102",
        "def f(page):\n    page.views += 1\n    page.save()\n",
    ),
    "an entry of the session that the framework has read": (
        "WB105",
        "def f(request):\n    try:\n        return request.session.get('at') + AGE\n    except Exception:\n"
        "        return None\n",
    ),
    "a listener that comes back whenever it can": (
        "WB107",
        "import tenacity\n@tenacity.retry(wait=W)\ndef listen(self):\n    while True:\n        yield self.next()\n",
    ),
    "a wait with a deadline": (
        "WB107",
        "def f():\n    while True:\n        if monotonic() - start > 30:\n            sys.exit('too late')\n"
        "        try:\n            client.ping()\n            break\n        except ConnectionError:\n"
        "            sleep(1)\n",
    ),
    "a write that another was faster than": (
        "WB107",
        "def f():\n    for _ in range(5):\n        try:\n            return client.put()\n"
        "        except ClientError as error:\n            if code(error) != 'ConditionalCheckFailed':\n"
        "                raise\n",
    ),
    "the first two parts of an identity": ("WB111", "def f(obj):\n    return cache.get(obj.identity_key[:2])\n"),
    "the start of a hash, of which sixteen characters are enough": (
        "WB111",
        "def f(raw):\n    digest = sha256(raw).hexdigest()\n    return cache.get(digest[:16])\n",
    ),
    "the start and the end of a key": ("WB111", "def f(api_key):\n    return cache.get(api_key[:8] + api_key[-4:])\n"),
    "so much of an API key that its own part is in it": ("WB111", "def f(api_key):\n    return cache[api_key[:24]]\n"),
    "a stored part of a token that is no cache": ("WB111", "def f(token):\n    return names.get(token[:16])\n"),
    "a generator, which a call does not run": (
        "WB106",
        "import time\ndef frames():\n    while True:\n        time.sleep(1)\n        yield read()\n"
        "async def f():\n    return StreamingResponse(frames())\n",
    ),
    "a lock around the headers of an HTTP session": (
        "WB108",
        "import threading\nLOCK = threading.Lock()\ndef f(self):\n    with LOCK:\n"
        "        self.session.headers.update({'a': 'b'})\n",
    ),
    "asyncio's own sleep": ("WB106", "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"),
    "a blocking call in a nested function": (
        "WB106",
        "import time\nasync def f(loop):\n    def g():\n        time.sleep(1)\n"
        "    await loop.run_in_executor(None, g)\n",
    ),
    "a consumer's loop": (
        "WB107",
        "def f():\n    while True:\n        try:\n            handle(client.next())\n"
        "        except TimeoutError:\n            continue\n",
    ),
    "a prompt that asks again": (
        "WB107",
        "def f():\n    while True:\n        try:\n            return int(input())\n"
        "        except ValueError:\n            continue\n",
    ),
    "a single retry of urllib3": ("WB107", "from urllib3.util import Retry\nretry = Retry(total=1)\n"),
    "one attempt per host": (
        "WB107",
        "def f(hosts):\n    for n in range(3):\n        try:\n            return connect(hosts[n])\n"
        "        except OSError:\n            pass\n",
    ),
    "a lock of a cache in memory": (
        "WB108",
        "import threading\nLOCK = threading.Lock()\ndef f(k):\n    with LOCK:\n        CACHE[k] = compute(k)\n",
    ),
    "limits that are configuration": (
        "WB108",
        "LIMITS = {'a': 1}\ndef f(k):\n    return count(k) < LIMITS[k]\n",
    ),
    "a call after the transaction": (
        "WB109",
        "import requests\nfrom django.db import transaction\ndef f(o):\n    with transaction.atomic():\n"
        "        o.save()\n    requests.post(URL, timeout=5)\n",
    ),
    "an error caught outside the transaction": (
        "WB110",
        "from django.db import transaction\ndef f(o):\n    try:\n        with transaction.atomic():\n"
        "            o.save()\n    except IntegrityError:\n        pass\n",
    ),
    "a library's exception": ("WB112", "class Bad(Exception):\n    pass\n\ndef f():\n    raise Bad()\n"),
    "an exception that a handler is registered for": (
        "WB112",
        "from flask import Flask\napp = Flask(__name__)\nclass Bad(Exception):\n    pass\n\n"
        "@app.errorhandler(Bad)\ndef answer(e):\n    return '', 400\n\ndef f():\n    raise Bad()\n",
    ),
    "an exception caught by its base": (
        "WB112",
        "from flask import Flask\napp = Flask(__name__)\nclass Base(Exception):\n    pass\n\nclass Bad(Base):\n"
        "    pass\n\ndef f():\n    try:\n        g()\n    except Base:\n        pass\n\ndef g():\n    raise Bad()\n",
    ),
    "a release in finally": (
        "WB203",
        "def f():\n    lock.acquire()\n    try:\n        work()\n    finally:\n        lock.release()\n",
    ),
    "the kind of a parser's token": ("WB205", "def f(token, other):\n    return token == other\n"),
    "a column name in capitals": (
        "WB207",
        "def f(cursor):\n    cursor.execute(f'SELECT id FROM {TABLE} WHERE a = %s', [1])\n",
    ),
    "a moment made aware at once": (
        "WB208",
        "from datetime import datetime\ndef f():\n    return datetime.now().astimezone()\n",
    ),
}


@pytest.mark.parametrize("story", QUIET)
def test_a_rule_is_quiet_about(story: str) -> None:
    rule, text = QUIET[story]
    assert check(RULES[rule], parse("app/a.py", text)) == []


def test_a_command_that_one_person_runs_races_with_nobody() -> None:
    rule = RULES["WB101"]
    assert check(rule, parse("app/a.py", rule.bad))
    assert check(rule, parse("app/management/commands/seed.py", rule.bad)) == []


def test_a_script_that_blocks_lets_nobody_wait() -> None:
    rule = RULES["WB106"]
    assert check(rule, parse("app/views.py", rule.bad))
    assert check(rule, parse("shop/shop_benchmark/load.py", rule.bad)) == []


def test_a_lock_around_a_database_session_is_found() -> None:
    text = (
        "import threading\nLOCK = threading.Lock()\ndef f(row):\n    with LOCK:\n        db.session.add(row)\n"
        "def g():\n    with LOCK:\n        db.session.query(Row).filter(Row.a == 1).update({'a': 2})\n"
    )
    assert [found.line for found in check(RULES["WB108"], parse("app/a.py", text))] == [4, 7]


def test_a_thread_lock_across_an_await_is_found() -> None:
    text = (
        "import threading\nLOCK = threading.Lock()\nasync def f():\n    with LOCK:\n        await g()\n"
        "async def h():\n    with LOCK:\n        k()\n"
    )
    assert [found.line for found in check(RULES["WB203"], parse("a.py", text))] == [4]


def test_a_job_queued_before_the_commit_is_found() -> None:
    text = (
        "from django.db import transaction\ndef f(o):\n    with transaction.atomic():\n        o.save()\n"
        "        notify.delay(o.pk)\n"
    )
    (found,) = check(RULES["WB109"], parse("a.py", text))
    assert found.line == 5
    assert "before the commit" in found.message


def test_sql_with_a_value_in_it_is_found_however_it_is_put_together() -> None:
    texts = (
        "f\"SELECT a FROM t WHERE name = '{name}'\"",
        "'SELECT a FROM t WHERE id IN (%s)' % name",
        "'SELECT a FROM %(t)s WHERE name LIKE %(n)s' % {'t': T, 'n': name}",
        "'SELECT a FROM t WHERE id = {} LIMIT 1'.format(name)",
        "'SELECT a FROM t WHERE id = ' + name",
    )
    found = [check(RULES["WB207"], parse("a.py", f"def f(c, name):\n    c.execute({text})\n")) for text in texts]
    assert [len(one) for one in found] == [1] * len(texts)


def test_a_load_generator_is_no_client_that_production_waits_for() -> None:
    rule = RULES["WB104"]
    assert check(rule, parse("tools/scripts/firehose.py", rule.bad)) == []
    assert check(rule, parse("app/management/commands/send.py", rule.bad))
