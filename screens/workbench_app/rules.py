"""The style rules, parsed once: Textual parses them all again, twice, whenever a screen is first shown."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class Rules(Stylesheet):
    """A stylesheet that parses what is new, and all of it when the variables (the theme) are others."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parsed_with = dict(variables or {})

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._parsed_with:
            super().set_variables(variables)
            self._parsed_with = dict(variables)

    def reparse(self) -> None:
        self.parse()
