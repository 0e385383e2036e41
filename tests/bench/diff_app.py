"""The app whose views ``diff_view.py`` measures: it shows a large diff and a large file, and notes how that went."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

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


class Blank(ScrollView):
    def render_line(self, y: int) -> Strip:
        return Strip.blank(self.size.width, self.rich_style)


class Bench(App[None]):
    """``out`` gets the figures; ``longest`` is the longest stretch in which the loop served nobody."""

    longest = 0.0
    watching = True

    def __init__(self, out: Path) -> None:
        super().__init__()
        self.out = out

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
        self.watching = False  # the peer's own coming is not what is measured
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
        self.watching = False
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
        ticker = asyncio.create_task(self.tick())
        await self.diffs(highlighter, figures)
        await self.code(highlighter, figures)
        ticker.cancel()
        pool.shutdown(wait=False, cancel_futures=True)
        self.out.write_text(json.dumps(figures))
        self.exit()

    async def diffs(self, highlighter: Highlighter, figures: dict[str, Any]) -> None:
        """A large diff, unified and side by side: first paint, scrolling, how long the loop was blocked."""
        began = perf_counter()
        diff = parse_diff(big_diff(100, 10_000))
        figures["parse"] = perf_counter() - began
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

    async def code(self, highlighter: Highlighter, figures: dict[str, Any]) -> None:
        """A large file: text at once, colours later, scrolling."""
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
