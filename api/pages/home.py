"""Write the first page: what this is, a way in, and three questions with live answers."""

from flask import render_template

from api.pages.public import Public

_EFFECT = "obo:OAE_0000366"  # injection-site adverse event
_START = "2026-01-05"


def home(public: Public) -> str:
    """Return the page at ``/``."""
    return render_template(
        "home.html",
        canonical="/",
        drugs=public.drugs(),
        frequencies=public.rows("frequencies-of-one-effect", effect=_EFFECT),
        effect=_EFFECT,
        dates=public.rows("dose-dates", start=_START),
        start=_START,
        alternates=(
            ("What is here, as JSON", "/?format=json", "application/json"),
            ("the medicines as JSON-LD", "/drugs.jsonld", "application/ld+json"),
            ("as Turtle", "/drugs.ttl", "text/turtle"),
        ),
    )
