"""How quick the diff and code views are: ``python tests/bench/diff_view.py``.

Runs the real app on a pseudo terminal, so that what is measured includes the bytes written. Prints, for each figure,
ours, the peer's and the ratio, or ours and the bar. Peer of scrolling: a blank ScrollView of the same size. Times are
of the loop's thread in CPU (this machine may be shared) and by the clock.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

COLUMNS, ROWS = 160, 48
PAGES = 100


def big_diff(files: int, lines: int) -> str:
    """A diff of ``files`` files with ``lines`` lines in all: Python code whose lines change a word each."""
    each = lines // files // 20
    made: list[str] = []
    for number in range(files):
        made += [
            f"diff --git a/pkg/m{number}.py b/pkg/m{number}.py",
            f"--- a/pkg/m{number}.py",
            f"+++ b/pkg/m{number}.py",
        ]
        for hunk in range(each):
            start = 1 + hunk * 40
            made.append(f"@@ -{start},13 +{start},13 @@ def function_{hunk}(value: int) -> str:")
            made += [f"     context_{n} = compute(first={n}, second='text {n}')  # as before" for n in range(3)]
            made += [f"-    result_{n} = old_name({n}, key=token.value_{n}) or None" for n in range(7)]
            made += [f"+    result_{n} = new_name({n}, key=token.value_{n}) or None" for n in range(7)]
            made += [f"     after_{n} = [x for x in range({n}) if x % 2]" for n in range(3)]
    return "\n".join(made) + "\n"


def big_file(lines: int) -> str:
    """Python code of ``lines`` lines."""
    return "".join(f"    value_{n} = compute({n}, 'text {n}', key=None)  # line {n}\n" for n in range(lines))


def measure(out: Path) -> None:
    """Run the app on this terminal and write its figures to ``out``."""
    from textual.app import App, ComposeResult
    from textual.geometry import Size
    from textual.scroll_view import ScrollView
    from textual.strip import Strip
    from textual.widget import Widget
    from workbench_kit.code_view import CodeView
    from workbench_kit.diff_view import DiffView
    from workbench_kit.garbage import calm
    from workbench_kit.highlighter import Highlighter

    from workbench.analysis.diffs import parse_diff
    from workbench.engine.process.pool import WorkerPool

    class Blank(ScrollView):
        def render_line(self, y: int) -> Strip:
            return Strip.blank(self.size.width, self.rich_style)

    class Bench(App[None]):
        longest = 0.0
        watching = True

        def compose(self) -> ComposeResult:
            yield Blank()

        def on_mount(self) -> None:
            self.run_worker(self.bench())

        async def shown(self, view: Widget, action: Any) -> tuple[float, float]:
            """Seconds by the clock and of CPU from ``action`` until its frame is on the terminal."""
            painted = asyncio.Event()
            clock, cpu = perf_counter(), thread_time()
            action()
            view.call_after_refresh(painted.set)
            await painted.wait()
            return perf_counter() - clock, thread_time() - cpu

        async def replace(self, view: Widget) -> None:
            await self.query(ScrollView).remove()
            await self.mount(view)
            await asyncio.sleep(0.2)
            self.longest = 0.0

        async def tick(self) -> None:
            """Note the longest stretch, in CPU of this thread, in which the loop served nobody."""
            last = thread_time()
            while True:
                await asyncio.sleep(0.002)
                now = thread_time()
                if self.watching:
                    self.longest = max(self.longest, now - last)
                last = now

        async def page(self, view: ScrollView, number: int) -> float:
            """CPU seconds of showing page ``number``, from its call to its frame on the terminal."""
            y = number * view.size.height % max(1, view.max_scroll_y)
            _, cpu = await self.shown(view, lambda: view.scroll_to(y=y, animate=False, immediate=True))
            return cpu

        async def scroll(self, view: ScrollView, lines: int) -> tuple[list[float], list[float]]:
            """Pages of ``view`` and of a blank view of its size, ten of the one and ten of the other in turn."""
            blank = Blank()
            await self.mount(blank)
            blank.virtual_size = Size(view.virtual_size.width, lines)
            ours: list[float] = []
            theirs: list[float] = []
            for start in range(1, PAGES, 10):
                for shown, found in ((view, ours), (blank, theirs)):
                    self.watching = False
                    view.display, blank.display = shown is view, shown is blank
                    await asyncio.sleep(0.1)
                    self.watching = shown is view
                    found += [await self.page(shown, number) for number in range(start, start + 10)]
            await blank.remove()
            view.display = True
            await asyncio.sleep(0.1)
            self.watching = True
            return ours, theirs

        async def bench(self) -> None:
            calm()
            figures: dict[str, Any] = {}
            pool = WorkerPool(1)
            highlighter = Highlighter(pool)
            text = big_diff(100, 10_000)
            began = perf_counter()
            diff = parse_diff(text)
            figures["parse"] = perf_counter() - began
            ticker = asyncio.create_task(self.tick())
            for mode in ("unified", "split"):
                view = DiffView(highlighter)
                await self.replace(view)
                view.mode = mode
                figures[f"{mode} first paint"] = await self.shown(view, lambda view=view: view.show_diff(diff))
                await asyncio.sleep(0.5)
                figures[f"{mode} rows"] = len(view.source)
                figures[f"{mode} cold"] = await self.scroll(view, len(view.source))
                await asyncio.sleep(1)
                figures[f"{mode} warm"] = await self.scroll(view, len(view.source))
                figures[f"{mode} longest"] = self.longest
            code = CodeView(highlighter)
            source = big_file(50_000)
            await self.replace(code)
            figures["code first paint"] = await self.shown(code, lambda: code.show_code("big.py", source))
            began = perf_counter()
            while not code._spans:
                await asyncio.sleep(0.005)
            figures["colours after"] = perf_counter() - began
            figures["code warm"] = await self.scroll(code, 50_000)
            figures["code longest"] = self.longest
            ticker.cancel()
            pool.shutdown(wait=False, cancel_futures=True)
            out.write_text(json.dumps(figures))
            self.exit()

    Bench().run()


def run() -> dict[str, Any]:
    """The figures of one run in a terminal of its own, whose output is read and dropped."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        argv = [sys.executable, __file__, "--measure", str(out)]
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        child = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        threading.Thread(target=_drain, args=(ours,), daemon=True).start()
        child.wait(timeout=120)
        os.close(theirs)
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def _drain(handle: int) -> None:
    while True:
        try:
            if not os.read(handle, 1 << 16):
                return
        except OSError:
            return


def report(figures: dict[str, Any]) -> bool:
    """Print the figures; whether all bars are reached."""
    good = True

    def line(name: str, ours: float, bar: float, unit: str = "ms", peer: float | None = None) -> None:
        nonlocal good
        value = ours / peer if peer else ours
        good &= value <= bar
        against = f"  peer {peer:8.2f} {unit}  ratio {value:5.2f}" if peer else ""
        print(f"{'ok  ' if value <= bar else 'OVER'} {name:42} ours {ours:8.2f} {unit}{against}  bar {bar:g}")

    def scrolling(name: str, of: str) -> None:
        ours, theirs = (statistics.median(times) * 1000 for times in figures[of])
        line(name, ours, 1.5, peer=theirs)

    print(f"10,000-line diff over 100 files, {COLUMNS} x {ROWS}; parsed in {figures['parse'] * 1000:.0f} ms")
    for mode in ("unified", "split"):
        clock, cpu = figures[f"{mode} first paint"]
        line(f"{mode}: first paint, clock (cpu {cpu * 1000:.0f} ms)", clock * 1000, 150)
        scrolling(f"{mode}: a page of scrolling, seen before", f"{mode} warm")
        scrolling(f"{mode}: a page of scrolling, first time", f"{mode} cold")
        line(f"{mode}: loop blocked at most, cpu", figures[f"{mode} longest"] * 1000, 50)
    line("50,000-line file: text on screen, clock", figures["code first paint"][0] * 1000, 300)
    scrolling("50,000-line file: a page of scrolling", "code warm")
    line("50,000-line file: loop blocked at most, cpu", figures["code longest"] * 1000, 50)
    print(f"     colours of the first window came {figures['colours after'] * 1000:.0f} ms after the text")
    return good


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
    else:
        sys.exit(0 if report(run()) else 1)
