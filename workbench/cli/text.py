"""The investigation as text: what a person reads first, first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.analysis.quantity import quantity

FILES, SYMBOLS, FINDINGS, DEBT, CHANGES = 10, 10, 10, 10, 8
"""How many of each are printed; the JSON document has all."""


def investigation_text(document: dict[str, Any]) -> Iterator[str]:
    """Lines of the report of one investigation document."""
    yield f"case {document['case']}  {document['question'].splitlines()[0][:100]}"
    yield f"{document['repo']} at {document['commit'][:10] or 'no commit'}, {document['seconds']:.1f} s"
    if document["masked"]:
        yield f"{quantity(document['masked'], 'secret')} masked before anything was recorded"
    if document["thin"]:
        yield f"thin: {document['thin_hint']}"
    for sentence in [each for source in document["sources"] for each in source["denied"]]:
        yield f"✘ not seen: {sentence}"
    yield from _table("taken over", taken(document), _taken)
    yield from _errors(document)
    yield from _causes(document["hypotheses"])
    yield from _table("files", document["files"][:FILES], _spot)
    yield from _table("symbols", document["symbols"][:SYMBOLS], _spot)
    yield from _table("findings", document["findings"][:FINDINGS], _finding)
    yield from _table("debt near the hot place", document["debt"][:DEBT], _debt)
    yield from _table("what changed", document["changes"][:CHANGES], _change)
    yield from _table("checks", document["checks"], _check)


def taken(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What was taken over from documents, the question aside, each with the name of its document."""
    return [
        {**item, "source": intake["source"]}
        for intake in document["intake"]
        for item in intake["taken"]
        if item["name"] != "question"
    ]


def _taken(row: dict[str, Any]) -> str:
    value = " ".join(row["value"].split())
    return f"{row['name']:11}  {value[:100]}  ({row['source']}: {row['origin']})"


def _errors(document: dict[str, Any]) -> Iterator[str]:
    yield from _table("errors", document["errors"], _error)
    if document["onset"]:
        onset = document["onset"]
        yield f"  errors began {onset['at']} (between {onset['from']} and {onset['to']})"


def _causes(causes: list[dict[str, Any]]) -> Iterator[str]:
    if causes:
        yield ""
        yield "causes"
    for cause in causes:
        yield f"  {cause['statement']}  [{cause['class']}, {cause['status']}]"
        yield f"    {len(cause['for'])} for, {len(cause['against'])} against; next: {cause['next_check']}"


def _table(title: str, rows: list[dict[str, Any]], line: Any) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        for row in rows:
            yield f"  {line(row)}"


def _spot(row: dict[str, Any]) -> str:
    place = f"{row['path']}:{row['line']} {row['qualname']}" if "qualname" in row else row["path"]
    why = "; ".join(signal["detail"] for signal in row["signals"][:2])
    weak = " (weak: words alone)" if row["weak"] else ""
    return f"{row['score']:6.2f}  {place}{weak}  {why}"


def _error(row: dict[str, Any]) -> str:
    factor = f" ×{row['factor']:.1f}" if row["factor"] else ""
    frames = [frame for frame in row["frames"] if frame["mapped"]]
    place = f"  {frames[-1]['path']}:{frames[-1]['line']} {frames[-1]['function']}" if frames else ""
    place = place or f"  {row['message']}".partition("\n")[0].rstrip()
    return f"{row['trend']}{factor}  {row['type']}  {row['count']} ({row['share']:.1%} of {row['of']}){place}"


def _finding(row: dict[str, Any]) -> str:
    return f"{row['severity']:7}  {row['path']}:{row['line']}  {row['message']}  {row['rule']} ({row['analyzer']})"


def _debt(row: dict[str, Any]) -> str:
    return f"{row['path']}:{row['line']}  {row['kind'].replace('_', ' ')}  {row['text']}"


def _change(row: dict[str, Any]) -> str:
    return f"{row['at']}  {row['kind']}  {row['revision'][:10]}  {row['summary']}"


def _check(row: dict[str, Any]) -> str:
    return f"{row['status']:13}  {row['analyzer']}: {row['summary']} ({row['seconds']:.1f} s)"
