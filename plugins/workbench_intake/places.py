"""From the frames of a document to places in the checkout. Runs in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.api import Checkout, Frame, Intake, LogError, RawFrame, SpanGroup

LIMIT = 2_000_000
"""Bytes of a file beyond which its lines are not compared."""


@dataclass(frozen=True, slots=True)
class Located:
    """A document whose frames were looked up: ``found`` of ``frames`` are in the checkout."""

    intake: Intake
    errors: tuple[LogError, ...]
    spans: tuple[SpanGroup, ...]
    frames: int
    found: int


def names_of(intake: Intake) -> frozenset[str]:
    """The names of the files that its frames and spans stand in."""
    return frozenset(frame.path.replace("\\", "/").rpartition("/")[2] for frame in _all(intake))


def locate(repo: str, paths: Sequence[str], intake: Intake) -> list[Located]:
    """The document with its frames in the checkout; those that it calls a library's stay outside."""

    def lines(path: str) -> Sequence[str]:
        try:
            data = (Path(repo) / path).read_bytes()
        except OSError:
            return ()
        return data.decode("utf-8", "replace").splitlines() if len(data) <= LIMIT else ()

    checkout = Checkout(paths, lines)

    def mapped(frame: Frame) -> Frame:
        if not frame.mapped:
            return frame
        return checkout.frame(RawFrame(frame.path, frame.line, frame.function, frame.text))

    errors = tuple(replace(error, frames=tuple(map(mapped, error.frames))) for error in intake.errors)
    spans = tuple(
        replace(
            span,
            frame=mapped(span.frame) if span.frame else None,
            caller=mapped(span.caller) if span.caller else None,
        )
        for span in intake.spans
    )
    known = [frame for error in errors for frame in error.frames]
    return [Located(intake, errors, spans, len(known), sum(frame.mapped for frame in known))]


def _all(intake: Intake) -> Iterator[Frame]:
    for error in intake.errors:
        yield from error.frames
    for span in intake.spans:
        yield from (frame for frame in (span.frame, span.caller) if frame is not None)
