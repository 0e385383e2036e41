"""A project and its log, for what is measured while both are read."""

from __future__ import annotations

import random
import time
from pathlib import Path

FILES = 500
START = 1_778_594_400
"""First second of the log (UTC)."""


def write_project(folder: Path, lines: int, megabytes: float) -> tuple[Path, Path]:
    """A repository of about ``lines`` lines and a log of ``megabytes``, whose errors point into it."""
    repo = folder / "project"
    each = max(10, lines // FILES)
    for number in range(FILES):
        file = repo / f"package{number % 20}" / f"module{number}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        body = "\n".join(f"def function{at}(value):\n    return value + {at}" for at in range(each // 2))
        file.write_text(f'"""Module {number}: login, tokens, sessions."""\n{body}\n', encoding="utf-8")
    random.seed(7)
    log = folder / "production.log"
    with log.open("w", encoding="utf-8") as out:
        second = START
        while out.tell() < megabytes * 1e6:
            second += random.random() < 0.3
            stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
            if random.random() < 0.02:
                number = random.randrange(30)
                out.write(
                    f"{stamp} ERROR app.views [{random.randrange(10**6)}] Internal Server Error: /login\n"
                    "Traceback (most recent call last):\n"
                    f'  File "/srv/project/package{number % 20}/module{number}.py", line 21, in function9\n'
                    "    return value + 9\n"
                    f"TypeError: unsupported operand {number}\n"
                )
            else:
                user, took = random.randrange(9000), random.random()
                out.write(f"{stamp} INFO app.request [{user}] GET /login 200 user={user} {took:.3f} s\n")
    return repo, log
