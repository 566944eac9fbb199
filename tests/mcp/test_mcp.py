"""Does an agent get figures with their sources, and is a runaway query refused?"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from api.cli import main
from kg.confined import ConfinedStore, Limits
from kg.errors import MalformedQueryError, QueryStoppedError, ServiceRefusedError, WrongFormError
from kg.store import ResultFormat, Store, open_store

DOCS: Final = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")
RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY: Final = "SELECT DISTINCT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"
JSON: Final = ResultFormat("application/sparql-results+json", ox.QueryResultsFormat.JSON)
T = TypeVar("T")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the client library


def conversation(release: Path, talk: Callable[[Any], Awaitable[T]], *flags: str) -> T:
    """Hold a conversation with a server by the client of the MCP library, over stdio."""
    from mcp import Client, StdioServerParameters  # noqa: PLC0415 (an extra)
    from mcp.client.stdio import stdio_client  # noqa: PLC0415

    async def held() -> T:
        program = str(Path(sys.executable).with_name("drugkg"))
        arguments = ["mcp", "--release", str(release), *flags]
        server = StdioServerParameters(command=program, args=arguments)
        async with Client(stdio_client(server)) as client:
            return await talk(client)

    with ThreadPoolExecutor(1) as pool:  # in this thread a browser's loop may run already
        return pool.submit(lambda: asyncio.run(held())).result()


async def called(client: Any, tool: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what *tool* answers; every answer has sources and says what it is not."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    answer = result.structured_content
    assert isinstance(answer, dict)
    assert answer["sources"]
    assert all(each["iri"] for each in answer["sources"])
    assert "not medical advice" in answer["note"]
    assert answer["version"]
    return answer


async def refused(client: Any, tool: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the problem document with which *tool* refuses."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    text = result.content[0].text
    problem = json.loads(text[text.index("{") :])
    assert problem["type"].startswith("https://w3id.org/drugkg/problem#")
    assert isinstance(problem, dict)
    return problem


def test_an_agent_learns_how_common_injection_site_reactions_are_and_who_says_so(
    release: Path,
) -> None:
    examples = [json.loads(each) for each in re.findall(r"```json\n(.*?)\n```", DOCS)]
    _, words, query = examples

    async def talk(client: Any) -> None:  # noqa: ANN401
        effects = (await called(client, "search", **words))["results"]
        assert effects[0]["iri"] == query["parameters"]["effect"]
        medicines = await called(client, "search", query="Kesimpta", type="MedicinalProduct")
        product = medicines["results"][0]["iri"]
        answer = await called(client, "run_named_query", **query)
        assert answer["complete"]
        rows = [row for row in answer["rows"] if row["product"] == product]
        (label,) = (row for row in rows if row["asStated"] == "11%")
        assert (label["proportion"], label["denominator"]) == ("0.11", 946)
        assert label["source"] == "src:uspi-undated"
        assert {"src:leaflet-eu-2022", "src:mstrust-kesimpta"} <= {row["source"] for row in rows}
        named = {each["iri"]: each for each in answer["sources"]}
        source = named["https://w3id.org/drugkg/source/uspi-undated"]
        assert source["label"] == "US prescribing information on Kesimpta, copy without date"
        assert source["addresses"]

    conversation(release, talk)


def test_tools_describe_ask_and_refuse_like_the_api(release: Path) -> None:
    async def talk(client: Any) -> None:  # noqa: ANN401
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"search", "describe", "run_named_query", "sparql"}
        assert "frequencies-of-one-effect" in tools["run_named_query"].description
        described = await called(client, "describe", iri="id:claim-kesimpta-targets-cd20")
        assert described["description"]["@id"] == "id:claim-kesimpta-targets-cd20"
        counted = await called(client, "sparql", query="SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert "ask for ?claim or ?source" in counted["sources"][0]["note"]
        many = await called(
            client, "sparql", query="SELECT * { ?claim <vocab#hasEvidenceLine> ?e }", limit=5
        )
        assert (len(many["rows"]), many["complete"]) == (5, False)
        assert many["total"] > 700
        graph = await called(
            client, "sparql", query="CONSTRUCT WHERE { <id/kesimpta> <vocab#hasRoute> ?route }"
        )
        assert "route-subcutaneous" in graph["turtle"]
        slow = await refused(client, "sparql", query=RUNAWAY)
        assert slow["type"].endswith("#query-stopped")
        assert slow["status"] == 503
        assert "after 2 seconds" in slow["detail"]
        wrong = await refused(client, "sparql", query="SELECT nonsense")
        assert wrong["type"].endswith("#malformed-query")
        update = await refused(client, "sparql", query="DELETE WHERE { ?s ?p ?o }")
        assert update["type"].endswith("#malformed-query")
        service = await refused(
            client, "sparql", query="SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"
        )
        assert service["type"].endswith("#service-refused")
        unknown = await refused(client, "run_named_query", name="no-such-query")
        assert "frequencies-of-one-effect" in unknown["detail"]
        nothing = await refused(client, "describe", iri="id:no-such-thing")
        assert nothing["status"] == 404
        again = await called(client, "sparql", query="ASK {}")  # after what was stopped
        assert again["rows"] == [{"answer": True}]

    conversation(release, talk, "--seconds", "2")


def test_documents_are_resources(release: Path) -> None:
    async def talk(client: Any) -> None:  # noqa: ANN401
        from mcp import MCPError  # noqa: PLC0415

        templates = (await client.list_resource_templates()).resource_templates
        assert {each.uri_template for each in templates} == {
            "drugkg://drugs/{slug}",
            "drugkg://id/{slug}",
            "drugkg://source/{slug}",
        }
        for address, iri in (
            ("drugkg://drugs/kesimpta", "id:kesimpta"),
            ("drugkg://id/conflict-X02", "id:conflict-X02"),
            ("drugkg://source/uspi-undated", "src:uspi-undated"),
        ):
            (content,) = (await client.read_resource(address)).contents
            assert json.loads(content.text)["@id"] == iri
            assert "not medical advice" in content.text
        (listed,) = (await client.read_resource("drugkg://drugs")).contents
        assert json.loads(listed.text)["total"] == 6
        with pytest.raises(MCPError):
            await client.read_resource("drugkg://drugs/no-such-medicine")

    conversation(release, talk)


@pytest.fixture(scope="module")
def opened(release: Path) -> Store:
    return open_store(release, "memory")


def test_a_confined_store_answers_as_the_store_does(opened: Store) -> None:
    confined = ConfinedStore(opened)
    query = "SELECT ?o { ?s <vocab#hasRoute> ?o }"
    bindings = {"s": ox.NamedNode("https://w3id.org/drugkg/id/kesimpta")}
    found, expected = (
        each.query(query.replace("?o {", "?s ?o {"), solutions=JSON, bindings=bindings)
        for each in (confined, opened)
    )
    assert (found.sha256, found.length) == (expected.sha256, expected.length)
    assert b"".join(found.chunks) == b"".join(expected.chunks)
    assert confined.manifest == opened.manifest
    confined.close()


def test_a_query_that_takes_too_long_too_much_memory_or_says_too_much_is_stopped(
    opened: Store,
) -> None:
    confined = ConfinedStore(opened, Limits(seconds=1))
    with pytest.raises(QueryStoppedError, match="after 1 seconds"):
        confined.query(RUNAWAY, solutions=JSON)
    confined.close()
    confined = ConfinedStore(opened, Limits(seconds=60, memory=100))
    with pytest.raises(QueryStoppedError, match="more than 100 MB of memory"):
        confined.query(GREEDY, solutions=JSON)
    confined.close()
    confined = ConfinedStore(opened, Limits(answer=1))
    with pytest.raises(QueryStoppedError, match="more than 1 MB; ask for less"):
        confined.query("SELECT * { ?s ?p ?o }", solutions=JSON)
    assert confined.query("ASK {}", solutions=JSON).kind == "boolean"
    confined.close()


def test_a_confined_store_refuses_what_the_store_refuses(opened: Store) -> None:
    confined = ConfinedStore(opened)
    with pytest.raises(MalformedQueryError, match="line 1, column 8") as caught:
        confined.query("SELECT nonsense", solutions=JSON)
    assert (caught.value.line, caught.value.column) == (1, 8)
    with pytest.raises(ServiceRefusedError):
        confined.query("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", solutions=JSON)
    with pytest.raises(WrongFormError, match="graph"):
        confined.query("CONSTRUCT WHERE { ?s ?p ?o }", solutions=JSON)
    confined.close()


def test_without_the_library_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("api.cli.find_spec", lambda _: None)
    result = CliRunner().invoke(main, ["mcp"])
    assert result.exit_code == 1
    assert "pip install 'drugkg[mcp]'" in result.output
