"""What docs/pages.md shows is what a reader gets."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.http.test_readme import SERVED, address, split

__all__ = ["address"]  # a fixture

PAGE: Final = (Path(__file__).parents[2] / "docs" / "pages.md").read_text(encoding="utf-8")
EXAMPLES: Final = re.findall(r"```console\n\$ (.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_prints_what_the_page_shows(address: str, example: str) -> None:
    command, expected = split(example)
    done = subprocess.run(  # noqa: S602 (the commands of our own page)
        command.replace(SERVED, address), shell=True, capture_output=True, text=True, check=True
    )
    assert done.stdout == expected
