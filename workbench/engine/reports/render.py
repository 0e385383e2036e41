"""A report as Markdown, as one HTML file, as JSON. Text from outside is text in each of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from workbench.case.codec import encode
from workbench.engine.reports.model import NOTHING, Paper, Said

FORMATS = ("markdown", "html", "json")

_SPECIAL = re.compile(r"([\\`*<>]|(?<!\w)_|_(?!\w)|\](?=[(:\[]))")
"""What would be markup where it stands."""

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h2{border-bottom:1px solid #8886;margin-top:2rem}li{margin:.2rem 0}code{font-family:ui-monospace,monospace}"
    "a{color:inherit;text-decoration:none;border-bottom:1px dotted}small{opacity:.7}"
    "@media(prefers-color-scheme:dark){body{background:#15171e;color:#d6d9e0}}"
)


def markdown(paper: Paper) -> Iterator[str]:
    """The lines of the Markdown."""
    yield f"# {_text(paper.title)}"
    if paper.foreword:
        yield ""
        yield paper.foreword
    for part in paper.sections:
        yield ""
        yield f"## {part.title}"
        yield ""
        yield from (_item(each) for each in part.lines)
        if not part.lines:
            yield NOTHING


def _item(said: Said) -> str:
    indent = "  " * said.depth
    if said.code:
        return f"{indent}- `{said.text.replace('`', chr(39))}`"
    mark = f"**{_text(said.mark)}** " if said.mark else ""
    return f"{indent}- {mark}{_text(said.text)}"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def html(paper: Paper) -> str:
    """One file that needs no other: no script, nothing fetched."""
    told = {event for part in paper.sections for said in part.lines for event in _events(said)}
    rows = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(paper.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(paper.title)}</h1>",
        *([f"<p>{paper.foreword}</p>"] if paper.foreword else []),
    ]
    for part in paper.sections:
        rows.append(f"<h2>{escape(part.title)}</h2>")
        if not part.lines:
            rows.append(f"<p>{NOTHING}</p>")
            continue
        rows.append("<ul>")
        rows += [_row(said) for said in part.lines]
        rows.append("</ul>")
    rows.append(f"<p><small>case {escape(paper.case)}, {len(told)} events cited</small></p></body></html>")
    return "\n".join(rows)


def _row(said: Said) -> str:
    title = escape(" ".join(_events(said)), quote=True)
    body = f"<code>{escape(said.text)}</code>" if said.code else escape(said.text)
    mark = f"<strong>{escape(said.mark)}</strong> " if said.mark else ""
    style = f' style="margin-left:{2 * said.depth}rem"' if said.depth else ""
    return f"<li{style}{f' title={chr(34)}event {title}{chr(34)}' if title else ''}>{mark}{body}</li>"


def _events(said: Said) -> list[str]:
    return list(dict.fromkeys([*said.events, *(figure.event for figure in said.figures)]))


def document(paper: Paper, **more: Any) -> Mapping[str, Any]:
    """The JSON document; ``more`` stands at its top."""
    return {
        "schema": 1,
        "case": paper.case,
        "kind": paper.kind,
        "title": paper.title,
        "masked": paper.masked,
        "sections": [{"title": part.title, "lines": [encode(said) for said in part.lines]} for part in paper.sections],
        **more,
    }
