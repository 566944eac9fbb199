"""The page on speed shows what a reader gets."""

import re
from pathlib import Path
from typing import Final

import pytest

from api import create_app
from api.config import Settings
from kg.store import Store

PAGE: Final = (Path(__file__).parents[2] / "docs/performance.md").read_text(encoding="utf-8")
EXAMPLE: Final = re.compile(
    r"\$ curl -si (?:-H '(.*?): (.*?)' )?'http://[^/]*(.*?)'.*\n(.*?): (.*)"
)


def test_examples_are_real(small_store: Store) -> None:
    client = create_app(Settings(), small_store).test_client()
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("$ curl") == 4
    for name, value, address, header, expected in examples:
        response = client.get(address, headers={name: value} if name else {})
        assert response.headers[header] == expected, address


@pytest.mark.parametrize("target", re.findall(r"\]\((adr/[^)]*)\)", PAGE))
def test_links_lead_somewhere(target: str) -> None:
    assert (Path(__file__).parents[2] / "docs" / target).is_file()
