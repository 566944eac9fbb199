"""Show a failure to people as a page that says the same as the problem document."""

import json
from typing import Final

from flask import Response, render_template

from api.pages import answer
from api.pages.negotiation import HTML, asks_for_page

_PROBLEM: Final = "application/problem+json"


def readable(response: Response) -> Response:
    """Return *response*, or a page in its place if it is a problem and a page was asked for."""
    if response.mimetype != _PROBLEM:
        return response
    response.vary.add("Accept")
    if not asks_for_page():
        return response
    problem = json.loads(response.data)
    text = render_template("problem.html", problem=problem)
    shown = answer.page(text, response.status_code)
    for name, value in response.headers:
        if name.lower() in {"link", "allow", "retry-after"}:
            shown.headers[name] = value
    assert shown.mimetype == HTML  # noqa: S101 (what was asked for)
    return shown
