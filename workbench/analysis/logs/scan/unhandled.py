"""Which records say that a request ended in an exception that nobody caught: it was answered with a 500."""

from __future__ import annotations

import re

_SAID = re.compile(
    r"Internal Server Error: /|Exception in (?:ASGI|WSGI) application|Exception on \S+ \[[A-Z]+\]"
    r"|Error handling request\b|Exception (?:occurred )?while (?:handling uri|serving|processing (?:the )?request)"
    r"|Uncaught exception [A-Z]{3,7} /|Servlet\.service\(\) for servlet .* threw exception|http: panic serving"
    r"|(?:an )?un(?:handled|caught) (?:exception|error)\b.{0,40}\brequest"
    r"|\brequest\b.{0,40}\bun(?:handled|caught) (?:exception|error)",
    re.IGNORECASE,
)
"""As Django, uvicorn, Flask, aiohttp, gunicorn, Sanic, waitress, Tornado, Tomcat, Go's net/http and ASP.NET put it."""


def is_unhandled(content: str) -> bool:
    """Whether the first line of an error record, without its header, says so."""
    return _SAID.search(content) is not None
