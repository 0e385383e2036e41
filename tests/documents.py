"""The pages of docs/ that are made from the program: ``python -m tests.documents`` writes them anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tests.schemas import DOCUMENTS
from tests.schemas import written as schema

DOCS = Path(__file__).resolve().parent.parent / "docs"


def keys() -> str:
    """The keys, from the key table."""
    from workbench_kit.commands import written
    from workbench_kit.keymap import COMMANDS
    from workbench_kit.keymaps import KEYMAPS

    lines = [
        "# Keys",
        "",
        "The same letter is the same idea everywhere. `?` shows this in the program, and runs what it lists; `:` finds",
        "a command by name. The id is what `[keys]` of the settings names, as in",
        '`"pane.next_problem" = "P"`. Several keys are parted by commas.',
    ]
    place = None
    for command in COMMANDS:
        if command.where is not place:
            place = command.where
            lines += ["", f"## {str(place).capitalize()}", "", "| keys | what it does | id |", "|---|---|---|"]
        shown = " ".join(f"`{_cell(written(key))}`" for key in command.keys.split(",") if key)
        lines.append(f"| {shown} | {_cell(command.help)} | `{command.id}` |")
    for name, own in KEYMAPS.items():
        if own:
            lines += ["", f"## Keymap `{name}`", "", "What differs:", "", "| keys | id |", "|---|---|"]
            lines += [f"| {' '.join(f'`{key}`' for key in keys.split(','))} | `{id}` |" for id, keys in own.items()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """The settings, from their schema."""
    from workbench.engine.config.schema import SETTINGS

    lines = [
        "# Settings",
        "",
        "They stand in `workbench.toml` at the root of a repository, or under `[tool.workbench]` of its",
        "`pyproject.toml`, and in your own `~/.config/workbench/config.toml`. A flag comes before the environment,",
        "that before `--config FILE`, that before the file of the repository, that before yours. A mistake is told",
        "with its line and passed over; the rest holds. `*` stands for any one name. What a repository would run is",
        "shown before you trust it.",
        "",
        "| setting | value | what it is for |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {_cell(kind.words)} | {_cell(use)} |" for name, (kind, use) in SETTINGS.items()]
    return "\n".join(lines) + "\n"


def plugins() -> str:
    """How to write each kind of plugin, with the code that ``workbench plugins new`` writes."""
    from workbench.cli.scaffold import KINDS, files

    lines = [_PLUGINS.strip("\n")]
    for kind in KINDS:
        words, name = kind.replace("_", " "), f"my_{kind}"
        made = files(name, kind)
        article = "an" if kind[0] in "aeiou" else "a"
        lines += ["", f"## Write {article} {words} in ten minutes", "", "```"]
        lines += [f"workbench plugins new {name} --kind {kind}", "```", ""]
        lines += [f"`src/{name}/__init__.py`:", "", "```python", made[f"src/{name}/__init__.py"].rstrip(), "```", ""]
        lines += [f"`tests/test_{name}.py`:", "", "```python", made[f"tests/test_{name}.py"].rstrip(), "```"]
    return "\n".join(lines) + "\n"


_PLUGINS = """
# Plugins

There are six kinds: log sources, log formats, analyzers, runners, fixers and gates. A log format is a value, a regular
expression for how records begin. For the others there is one rule, *plan, work, fold*: `plan` yields steps (`Chunk`, a
function for a worker process; `Command`, a program), the engine runs them, several at once, and `fold` makes one
outcome of their results. So whatever a plugin does can be stopped, timed out and shown, and one that fails is a row
with its traceback. A plugin imports `workbench.api` and nothing else of ours.

`workbench plugins new` writes a package that works, with its entry point and a test by the conformance kit
(`workbench.conformance`), which plans, runs and folds as the engine does and says which rule was broken.
`workbench install -e FOLDER` puts it into the environment of workbench, `workbench install NAME` one that others have
published; where that environment belongs to pipx, uv or the operating system, it says what to do instead.
`workbench plugins` shows what is loaded, from where, what is missing and what failed, and `--safe` leaves all but the
built-in ones out. What is a program already (a shell script, a tool that writes SARIF or JUnit XML)
needs no Python: [manifests.md](manifests.md).

The code below is what the scaffold writes; the tests install and run it.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


PAGES: Mapping[str, Callable[[], str]] = {
    "keys.md": keys,
    "settings.md": settings,
    "plugins.md": plugins,
    **{f"schemas/{name}.schema.json": partial(schema, name) for name in DOCUMENTS},
}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).parent.mkdir(exist_ok=True)
        (DOCS / page).write_text(make(), encoding="utf-8")
