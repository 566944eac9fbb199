"""Does docs/query-page.md print what the page answers?"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.http.test_readme import address, split

__all__ = ["address"]  # a fixture

PAGE = (Path(__file__).parents[2] / "docs" / "query-page.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text[:40])
def test_example_prints_what_the_page_says(example: str, address: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command, printed = split(example)
    command = command.replace("http://127.0.0.1:8000", address)
    answer = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 (of our own page)
    assert answer.stdout == printed
