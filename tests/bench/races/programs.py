"""Small racy programs, each with the bug and without it, and the test that is to see the difference.

Text, not code: they are written into a repository of their own. ``I/O`` in a name says that the window between check
and act holds a wait, in which other threads run anyway.
"""

from __future__ import annotations

THREADS = """import threading
from race import run, state


def test_race():
    state.clear()
    barrier = threading.Barrier(2)

    def work():
        barrier.wait()
        run()

    threads = [threading.Thread(target=work) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert state["n"] == {want}
"""

TASKS = """import asyncio
from race import run, state


def test_race():
    state.clear()

    async def both():
        await asyncio.gather(run(0), run(1))

    asyncio.run(both())
    assert state["n"] == {want}
"""

_LOCK = "import threading\n\nstate = {}\nlock = threading.Lock()\n\n\ndef run():\n    with lock:\n        _run()\n\n\n"
_OPEN = "state = {}\n\n\ndef run():\n    _run()\n\n\n"

_CHECK = (
    "def _run():\n    if not state.get('sold'):\n        state['sold'] = True\n"
    "        state['n'] = state.get('n', 0) + 1\n"
)
_COUNT = "def _run():\n    seen = state.get('n', 0)\n    seen = seen + 1\n    state['n'] = seen\n"
_LAZY = (
    "def _run():\n    if 'made' not in state:\n        made = object()\n        state['made'] = made\n"
    "        state['n'] = state.get('n', 0) + 1\n"
)
_MOVE = (
    "def _run():\n    left = state.setdefault('left', 1)\n    if left > 0:\n        state['left'] = left - 1\n"
    "        state['n'] = state.get('n', 0) + 1\n"
)
_WAIT = (
    "import time\n\n\ndef _run():\n    if not state.get('sold'):\n        time.sleep(0.002)\n"
    "        state['sold'] = True\n"
    "        state['n'] = state.get('n', 0) + 1\n"
)
_TASKS_BUG = (
    "import asyncio\n\nstate = {}\n\n\nasync def first():\n    await asyncio.sleep(0)\n    state['ready'] = True\n\n\n"
    "async def second():\n    await asyncio.sleep(0)\n    await asyncio.sleep(0)\n"
    "    state['n'] = 1 if state.get('ready') else 0\n\n\n"
    "async def run(number):\n    await (second() if number else first())\n"
)
_TASKS_RIGHT = (
    "import asyncio\n\nstate = {}\n\n\nasync def run(number):\n    if not number:\n"
    "        await asyncio.sleep(0)\n        state['ready'] = True\n        return\n    while not state.get('ready'):\n"
    "        await asyncio.sleep(0)\n    state['n'] = 1\n"
)

PROGRAMS = {
    "check then act": (_OPEN + _CHECK, _LOCK + _CHECK, THREADS.format(want=1)),
    "lost update": (_OPEN + _COUNT, _LOCK + _COUNT, THREADS.format(want=2)),
    "lazy initialisation": (_OPEN + _LAZY, _LOCK + _LAZY, THREADS.format(want=1)),
    "oversold stock": (_OPEN + _MOVE, _LOCK + _MOVE, THREADS.format(want=1)),
    "check then act, I/O": (_OPEN + _WAIT, _LOCK + _WAIT, THREADS.format(want=1)),
    "tasks that count on their order": (_TASKS_BUG, _TASKS_RIGHT, TASKS.format(want=1)),
}
"""Name: (with the bug, without it, the test)."""
