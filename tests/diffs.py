"""A change to show, and an app that shows it."""

from __future__ import annotations

from workbench_kit.diff_view import DiffView

from tests.unit.widget_app import OneWidget
from workbench.analysis.diffs import Diff, diff_texts, parse_diff

PAD = "".join(f"x{n} = {n}\n" for n in range(30))


OLD = f"""{PAD}def refresh(old_key: str) -> Token:
    token = Token.objects.get(key=old_key)
    if token.refreshed_at is None:
        return new
{PAD}end = 1\r
"""


NEW = f"""{PAD}def refresh(old_key: str) -> Token:
    with transaction.atomic():
        won = Token.objects.filter(key=old_key)
        return new
{PAD}end = 2\r
last"""


CODE = ("keyword", "name", "type", "string", "comment", "literal", "decorator")


EXTENDED = """diff --git a/picture.png b/picture.png
index 1111111..2222222 100644
Binary files a/picture.png and b/picture.png differ
diff --git a/tool b/tool
old mode 100644
new mode 100755
diff --git a/old name b/new name
similarity index 100%
rename from old name
rename to new name
"""


def change(context: int = 3) -> Diff:
    return Diff(
        (
            diff_texts("auth/tokens.py", OLD, NEW, context),
            diff_texts("auth/[new].py", None, "import os\n"),
            *parse_diff(EXTENDED).files,
        )
    )


def judged(app: OneWidget) -> list[DiffView.Judged]:
    return [message for message in app.heard if isinstance(message, DiffView.Judged)]
