"""Whether a document is as its schema in docs/schemas/ has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).resolve().parent.parent / "docs" / "schemas"


def conforms(name: str, document: Mapping[str, object]) -> None:
    """Raises AssertionError with the first five differences."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = jsonschema.Draft202012Validator(schema).iter_errors(document)
    problems = [f"{error.json_path}: {error.message[:300]}" for error in found]
    assert not problems, problems[:5]
