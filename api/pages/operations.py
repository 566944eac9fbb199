"""Describe the routes of pages that have no data at the same address."""

from typing import Final

from api.operation import Operation, Parameter

OF_PAGES: Final = (
    Operation(
        "/static/<path:name>",
        "A style, script or picture of the pages",
        {"text/css": None, "text/javascript": None, "image/svg+xml": None},
        (),
        {
            "name": Parameter(
                "name",
                "The path of the file.",
                {"type": "string", "pattern": "^[a-z0-9./_-]{1,100}$"},
                "drugkg.css",
                required=True,
            )
        },
        (404,),
    ),
)
