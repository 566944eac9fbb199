"""Offer the commands ``drugkg build | check | serve | query | explain | export | mcp``."""

import sys
from collections.abc import Iterable
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

import kg
from api import ask
from api.config import Settings, options
from api.ingest import ingest
from api.progress import Progress
from kg import errors, paths, queries
from kg.engines import is_address, read
from kg.exports import registry
from kg.exports.claims import Release
from kg.release import version
from kg.store import open_store


class _Commands(click.Group):
    """Show errors of ours as messages: no traceback, exit 1, or 2 for a wrong use."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (as the method it overrides)
        try:
            return super().invoke(ctx)
        except errors.FactsError as error:
            _show(error.violations)
            raise click.exceptions.Exit(1) from error
        except (errors.ParameterError, errors.UnknownQueryError) as error:
            raise click.UsageError(str(error)) from error
        except errors.MalformedQueryError as error:
            raise click.ClickException(f"{error}{_pointed(error)}") from error
        except errors.KgError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="drugkg", message="%(prog)s %(version)s")
def main() -> None:
    """Build, check, serve and ask an open knowledge graph of medicines."""


@main.command()
@options("release", flag="--out")
def build(release: Path) -> None:
    """Make a release from the curated facts."""
    with Progress() as say:
        kg.build(release, say)


@main.command()
def check() -> None:
    """Check the facts; exit 1 on any fault."""
    with Progress() as say:
        violations = kg.check(say)
    if violations:
        _show(violations)
        raise click.exceptions.Exit(1)


@main.command()
@options(*(setting.name for setting in fields(Settings)))
def serve(**flags: Any) -> None:  # noqa: ANN401 (click gives each the type of its setting)
    """Answer SPARQL and JSON-LD over HTTP."""
    from api import server  # noqa: PLC0415 (no other command needs it)

    settings = Settings(**flags)
    if is_address(settings.store):
        _refuse_elsewhere(settings)
    address = f"{settings.host}:{settings.port}"
    try:
        listeners = server.listening(settings.host, settings.port, settings.workers)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {address}; choose another with --port"
        ) from error
    if not settings.empty and not is_address(settings.store):
        _make_ready(settings.release)
    click.echo(f"DrugKG on http://{address}/ (Ctrl+C stops it)", err=True)
    sys.exit(server.run(settings, listeners))


@main.command()
@options("host", "port")
def reload(**flags: Any) -> None:  # noqa: ANN401
    """Let the service that runs here serve its release directory anew."""
    from api import server  # noqa: PLC0415 (no other command needs it)
    from kg.executors import reloading  # noqa: PLC0415

    error = reloading.reload(server.note(Settings(**flags)))
    if error is not None:
        raise click.ClickException(error)
    click.echo("the new release is served", err=True)


@main.command()
@click.argument("query")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Value of a parameter.")
@click.option(
    "--format",
    "form",
    type=click.Choice([ask.TABLE, *ask.NAMES]),
    help="On a terminal table or ttl unless given, elsewhere tsv or ttl.",
)
@options("release", "store")
def query(query: str, param: tuple[str, ...], form: str | None, **flags: Any) -> None:  # noqa: ANN401
    """Answer a QUERY: a file, a name, or - for standard input.

    The names are those of the files in queries/. Relative IRIs such as <id/kesimpta> are ours.
    """
    settings = Settings(**flags)
    try:
        asked = ask.find(query, sys.stdin.read() if query == "-" else None)
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"no text can be read from {query}") from error
    bindings = queries.bindings(asked, dict(map(_pair, param)))
    if not is_address(settings.store):
        _make_ready(settings.release)
    store = open_store(settings.release, settings.store)
    output = sys.stdout.buffer
    width = _width() if output.isatty() else None
    for chunk in ask.answer(store, asked, bindings, form, width):
        output.write(chunk)


@main.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@options("release")
def explain(subject: str, predicate: str, object_: str, release: Path) -> None:
    """Say why the graph holds a triple: where it is stated, or what it follows from."""
    from kg.explain import of_release, read_triple  # noqa: PLC0415 (no other command needs them)
    from kg.reasons import render  # noqa: PLC0415

    triple = read_triple(subject, predicate, object_)
    _make_ready(release)
    explanation = of_release(release).explain(triple)
    click.echo(render(explanation))
    if not explanation.reasons:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("form", metavar="FORMAT", type=click.Choice([*registry.NAMES, "all"]))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("exports"),
    show_default=True,
    help="Directory to write to; each format has its own below it.",
)
@options("release", "store")
def export(form: str, out: Path, **flags: Any) -> None:  # noqa: ANN401
    """Write the graph in a FORMAT of other worlds, with a report and checksums."""
    settings = Settings(**flags)
    chosen = registry.FORMATS if form == "all" else (registry.find(form),)
    _make_ready(settings.release)
    found = Release.of(open_store(settings.release, settings.store))
    for path in registry.save(out, found, chosen):
        click.echo(path)


@main.command()
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=10, show_default=True)
@click.option("--memory", type=click.IntRange(50), default=1000, show_default=True, help="MB.")
@options("release", "store")
def mcp(seconds: float, memory: int, **flags: Any) -> None:  # noqa: ANN401
    """Answer language-model agents over standard input and output (Model Context Protocol).

    A query that takes more seconds or memory is stopped and refused.
    """
    if find_spec("mcp") is None:
        raise errors.MissingExtraError("mcp", "the MCP SDK")
    from kg.confined import ConfinedStore, Limits  # noqa: PLC0415 (forks; POSIX only)

    settings = Settings(**flags)
    _make_ready(settings.release)
    opened = open_store(settings.release, settings.store)
    store = ConfinedStore(opened, Limits(seconds, memory))  # before there are threads
    from api import mcp_server  # noqa: PLC0415 (an extra)
    from kg.context import Context  # noqa: PLC0415

    mcp_server.server(store, Context(paths.ONTOLOGY / "context.jsonld")).run("stdio")


@main.command()
@click.argument("target")
@options("release")
def push(target: str, release: Path) -> None:
    """Load the release into the engine at TARGET, and prove that it holds it.

    TARGET is an address such as sparql+http://localhost:8890/#engine=virtuoso; DRUGKG_STORE_USER,
    DRUGKG_STORE_PASSWORD and DRUGKG_STORE_TOKEN keep what is secret out of it.
    """
    from kg import engines  # noqa: PLC0415 (no other command needs it)
    from kg.engines.push import push as load  # noqa: PLC0415

    endpoint = engines.Endpoint(engines.read(target))
    _make_ready(release)
    with Progress() as say:
        done = load(endpoint, release, say)
    click.echo(
        f"{endpoint.address} holds {done.quads:,} quads: {done.sent} graphs sent, "
        f"{done.kept} there already, {done.dropped} old ones dropped; "
        f"{done.rewritten} literals in another form"
    )


def _refuse_elsewhere(settings: Settings) -> None:
    """Raise UsageError if *settings* ask of an engine elsewhere what cannot be had there."""
    if settings.empty or settings.default_graph == "standard":
        raise click.UsageError(
            "an engine elsewhere is served with a release and its union: "
            "--empty and --default-graph standard are for a graph of this program"
        )
    in_parts = bool(settings.update_token) and read(settings.store).writes == "parts"
    if in_parts and settings.workers > 1:
        raise click.UsageError(
            "an engine that is written to in parts (writes=parts) takes one writer: --workers 1"
        )


def _make_ready(release: Path) -> None:
    if kg.is_stale(release):
        with Progress() as say:
            say(f"{release} is missing or older than the facts; building it")
            kg.build(release, say)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    return name, value


def _width() -> int:
    import shutil  # noqa: PLC0415 (a table on a terminal only)

    return shutil.get_terminal_size().columns


def _show(violations: Iterable[errors.Violation]) -> None:
    for violation in violations:
        click.echo(violation)


def _pointed(error: errors.MalformedQueryError) -> str:
    """Return the line at fault with a caret below the place, or nothing if none is known."""
    if error.column is None or error.column > len(error.excerpt) + 1:
        return ""
    line = error.excerpt.replace("\t", " ")
    return f"\n  {line}\n  {'^':>{error.column}}"


main.add_command(ingest)
