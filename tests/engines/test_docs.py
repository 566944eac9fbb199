"""Do the commands of docs/engines.md do what it says?"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from api import create_app
from api.cli import main
from api.config import Settings
from kg.engines import open_writable_engine
from kg.engines.push import push
from tests.engines import servers

pytestmark = pytest.mark.engines
PAGE = Path(__file__).parents[2] / "docs" / "engines.md"


def test_what_is_pushed_can_be_asked(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "drugkg push 'sparql+http://localhost:7878/#engine=oxigraph'" in PAGE.read_text()
    monkeypatch.setattr("kg.is_stale", lambda _: False)
    with servers.oxigraph() as address:
        pushed = CliRunner().invoke(main, ["push", address, "--release", str(release)])
        assert pushed.exit_code == 0, pushed.output
        assert "graphs sent, 0 there already" in pushed.output
        query = ["query", "mechanism", "--format", "csv"]
        far = CliRunner().invoke(main, [*query, "--store", address])
        near = CliRunner().invoke(main, [*query, "--release", str(release)])
    assert far.exit_code == 0, far.output
    assert far.output == near.output


def test_what_is_written_can_be_asked(small_release: Path) -> None:
    words = PAGE.read_text()
    (update,) = re.findall(r"-d 'update=(.*?)'\n", words)
    (token,) = re.findall(r"DRUGKG_UPDATE_TOKEN=(\w+) drugkg serve --store", words)
    with servers.oxigraph() as address:
        store = open_writable_engine(address)
        push(store.endpoint, small_release, lambda _: None)
        client = create_app(
            Settings(release=small_release, update_token=token), store
        ).test_client()
        bearer = {"Authorization": f"Bearer {token}"}
        assert client.post("/update", data={"update": update}, headers=bearer).status_code == 204
        query = "SELECT ?note { <id/kesimpta> <https://example.org/note> ?note }"
        answer = client.get("/sparql", query_string={"query": query, "format": "csv"})
    assert answer.text.split() == ["note", "Ask", "Ana"]


def test_wrong_address_is_a_wrong_use_and_stays_unsaid() -> None:
    wrong = CliRunner().invoke(main, ["query", "mechanism", "--store", "sparql+http://me:hidden@/"])
    assert wrong.exit_code == 2
    assert "hidden" not in wrong.output
