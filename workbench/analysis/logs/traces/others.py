"""Traces of Java (and Kotlin, Scala), Node, Go and Rust: type, message, frames, causes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.logs.miner.normal import template_words
from workbench.analysis.logs.traces.dotnet_php_ruby import read_scripted
from workbench.analysis.logs.traces.model import UNTYPED, RawFrame, Trace

_LONGEST = 1000
"""Characters of a line that may name an exception."""
_JVM_FRAME = re.compile(r"\s*at (?:[\w.]+/(?:[\w.@]+/)?)?([\w.$<>]+)\(([^():]+)(?::(\d+))?\)")
_JVM_RAISED = re.compile(
    r"(?:Exception in thread \"[^\"]*\" |Caused by: |Suppressed: )?((?:[a-z_]\w*\.)+[A-Z][\w$]*)(?::\s?(.*))?$"
)
_NODE_FRAME = re.compile(
    r"\s*at (?:async )?(?:(.+?) \()?((?:file://|node:|[A-Za-z]:\\|/|\.|[\w@-]+/)[^()]*?):(\d+):\d+\)?$"
)
_NODE_RAISED = re.compile(r"(?:Uncaught |\[?cause\]?: )?(?:\w+ )?([A-Z]\w*(?:Error|Exception)?)(?: \[\w+\])?: (.*)$")
_GO_PANIC = re.compile(r"(panic|fatal error)(?: serving \S+?)?: (.*)$")
_GO_FUNCTION = re.compile(r"(?:created by )?([\w./@~%*()\[\]-]+?)(?:\(([^()]*)\))?(?: in goroutine \d+)?$")
_GO_FILE = re.compile(r"\s+(\S+\.go):(\d+)")
_RUST_PANIC = re.compile(r"thread '([^']*)' (?:\(\d+\) )?panicked at (?:'(.*)', )?(\S+?):(\d+)(?::\d+)?:?$")
_RUST_FUNCTION = re.compile(r"\s*\d+:\s+(?:0x[0-9a-f]+ - )?(\S.*?)(?:::h[0-9a-f]{16})?$")
_RUST_FILE = re.compile(r"\s+at (\S+?):(\d+)(?::\d+)?$")


def parse_other(lines: Sequence[str]) -> Trace | None:
    """The trace in ``lines`` if it is one of a language known here, or None."""
    for line in lines[:400]:
        if found := read_scripted(line, lines):
            return found
        if _RUST_PANIC.search(line):
            return _rust(lines)
        if _GO_FILE.match(line) or (_GO_PANIC.search(line) and any(each.startswith("goroutine ") for each in lines)):
            return _go(lines)
        if _JVM_FRAME.match(line):
            return _jvm(lines)
        if _NODE_FRAME.match(line):
            return _node(lines)
    return None


def _jvm(lines: Sequence[str]) -> Trace | None:
    """Java prints the outermost exception first and each frame innermost first."""
    blocks: list[Trace] = []
    for line in lines:
        frame = _JVM_FRAME.match(line)
        if frame and blocks:
            raw = RawFrame(_java_file(frame.group(1), frame.group(2)), int(frame.group(3) or 0), frame.group(1))
            blocks[-1] = replace(blocks[-1], frames=(raw, *blocks[-1].frames))
        elif not line.lstrip().startswith(("at ", "...", "Suppressed:")) and (
            raised := _find(_JVM_RAISED, line.strip())
        ):
            blocks.append(Trace(raised.group(1), raised.group(2) or "", language="java"))
    blocks = [block for block in blocks if block.frames]
    done: Trace | None = None
    for block in reversed(blocks):
        done = replace(block, cause=done, link="caused by" if done else "")
    return done


def _java_file(function: str, file: str) -> str:
    """``com.shop.Cart.total`` in ``Cart.java`` is ``com/shop/Cart.java``."""
    return "/".join([*function.split(".")[:-2], file]) if file.endswith((".java", ".kt", ".scala")) else file


def _node(lines: Sequence[str]) -> Trace | None:
    done: list[Trace] = []
    for line in lines:
        frame = _NODE_FRAME.match(line)
        if frame and done:
            raw = RawFrame(frame.group(2).removeprefix("file://"), int(frame.group(3)), frame.group(1) or "<anonymous>")
            done[-1] = replace(done[-1], frames=(raw, *done[-1].frames))
        elif not frame and (raised := _find(_NODE_RAISED, line.strip().removesuffix("{").strip())):
            done.append(Trace(raised.group(1), raised.group(2), language="node"))
    done = [block for block in done if block.frames]
    if not done:
        return None
    first, *causes = done
    return replace(first, cause=causes[0], link="caused by") if causes else first


def _go(lines: Sequence[str]) -> Trace | None:
    """The goroutine that panicked; a stack that a program logged by itself has no type."""
    at, panic = next(
        ((n, found) for n, line in enumerate(lines) if (found := _GO_PANIC.search(line))),
        (-1, None),
    )
    frames: list[RawFrame] = []
    function = ""
    for line in lines[at + 1 :]:
        file = _GO_FILE.match(line)
        if file and function == "panic":
            frames.clear()  # what ran after the panic: its handlers
        elif file and function:
            frames.append(RawFrame(file.group(1), int(file.group(2)), function))
        elif line.startswith("goroutine ") and frames:
            break
        elif found := _GO_FUNCTION.match(line.strip()):
            function = found.group(1)
            continue
        function = ""
    kept = tuple(frame for frame in reversed(frames) if not frame.function.startswith("runtime."))
    if panic is None:
        said = lines[0].strip() if len(lines) > 1 and not _GO_FILE.match(lines[1]) else ""
        return Trace(UNTYPED, said, kept, language="go") if kept else None
    return Trace(panic.group(1), panic.group(2), kept, language="go")


def _rust(lines: Sequence[str]) -> Trace | None:
    """A panic names its file and no function: without a backtrace its message tells which of the file's it is."""
    at = next(n for n, line in enumerate(lines) if _RUST_PANIC.search(line))
    panic = _RUST_PANIC.search(lines[at])
    if panic is None:
        return None
    message = panic.group(2) or (lines[at + 1].strip() if at + 1 < len(lines) else "")
    frames: list[RawFrame] = []
    function = ""
    for line in lines[at + 1 :]:
        file = _RUST_FILE.match(line)
        if file and function:
            frames.append(RawFrame(file.group(1), int(file.group(2)), function))
        elif found := _RUST_FUNCTION.match(line):
            function = found.group(1)
    own = [frame for frame in frames if "/rustc/" not in frame.file and "/.cargo/" not in frame.file]
    if own:
        return Trace("panic", message, tuple(reversed(own)), language="rust")
    said = " ".join(("panic:", *template_words(message)))
    return Trace(said, message, (RawFrame(panic.group(3), int(panic.group(4)), "?"),), language="rust")


def _find(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return pattern.search(text) if len(text) < _LONGEST else None
