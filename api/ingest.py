"""Offer ``drugkg ingest``: read documents into claims, and say what was not understood."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from api.progress import Progress

if TYPE_CHECKING:  # every command starts with this module, and few read documents
    from kg.ingest import bulk

_FILE: Final = click.Path(exists=True, path_type=Path)
_OUT: Final = click.Path(file_okay=False, path_type=Path)
_SHOWN: Final = 30  # of the reasons in a report

Command = TypeVar("Command", bound=Callable[..., None])


@click.group()
def ingest() -> None:
    """Read labels, leaflets and tables into claims."""


def _options(command: Command) -> Command:
    decorators = (
        click.argument("where", type=_FILE),
        click.option(
            "--out",
            type=_OUT,
            default=Path("read"),
            show_default=True,
            help="Directory of the claims.",
        ),
        click.option("--report", is_flag=True, help="List why something was not understood."),
        click.option(
            "--jobs",
            type=click.IntRange(1),
            default=os.cpu_count() or 1,
            show_default="processors",
            help="Processes.",
        ),
        click.option(
            "--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True
        ),
        click.option(
            "--master", default="local[*]", show_default=True, help="Address of the Spark master."
        ),
        click.option(
            "--link/--no-link", default=True, show_default=True, help="Link names to terms."
        ),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


def _add(kind: str, what: str) -> None:
    def read(  # noqa: PLR0913, PLR0917 (one for each option)
        where: Path,
        out: Path,
        report: bool,  # noqa: FBT001
        jobs: int,
        engine: str,
        master: str,
        link: bool,  # noqa: FBT001
    ) -> None:
        from kg.ingest import bulk, partition  # noqa: PLC0415 (as above)

        tasks, doubles = bulk.plan(bulk.files(where, kind), kind, is_linked=link)
        if not tasks:
            raise click.ClickException(f"no *{partition.SUFFIXES[kind]} file lies in {where}")
        with Progress() as say:
            chosen = bulk.local(min(jobs, len(tasks))) if engine == "local" else _spark(master)
            summary = bulk.run(tasks, out, chosen, say, doubles)
        _show(summary, out)
        if report:
            _list(bulk.reasons(out))
        if summary.faults:
            raise click.exceptions.Exit(1)

    read.__doc__ = f"Read {what} at WHERE, a file or a directory."
    ingest.command(kind)(_options(read))


def _spark(master: str) -> bulk.Engine:
    from kg.ingest import spark  # noqa: PLC0415 (it needs Java and PySpark)

    return spark.engine(master)


_add("spl", "US labels in SPL")
_add("openfda", "label records of openFDA")
_add("leaflet", "EU package leaflets in FHIR Shorthand")
_add("epi", "electronic product information, FHIR bundles,")


def _show(summary: bulk.Summary, out: Path) -> None:
    from kg.ingest import bulk  # noqa: PLC0415 (as above)

    for path, fault in summary.faults:
        click.echo(f"{path}: {fault}", err=True)
    click.echo(
        f"{summary.files} files: {summary.read} read, {summary.unchanged} unchanged,"
        f" {summary.doubles} that repeat another, {len(summary.faults)} refused"
    )
    for name, count in sorted(summary.counts.items()):
        click.echo(f"{count:>9,} {name}")
    click.echo(f"claims: {out / bulk.CLAIMS}; what was not understood: {out / bulk.REPORT}")


def _list(reasons: Counter[tuple[str, str]]) -> None:
    for (what, reason), count in reasons.most_common(_SHOWN):
        click.echo(f"{count:>9,} {what}: {reason}")
    rest = reasons.most_common()[_SHOWN:]
    if rest:
        click.echo(f"{sum(count for _, count in rest):>9,} for {len(rest)} other reasons")


@ingest.command("release")
@click.argument("parts", nargs=-1, required=True, type=_FILE)
@click.option("--out", type=_OUT, required=True, help="Directory of the release.")
@click.option(
    "--check/--no-check", default=True, show_default=True, help="Check claims against the shapes."
)
def assemble(parts: tuple[Path, ...], out: Path, *, check: bool) -> None:
    """Make a release of the curated facts and of what was read into PARTS.

    PARTS are directories that ``drugkg ingest`` has written, or files of N-Quads.
    """
    from kg.ingest import assembled  # noqa: PLC0415 (as above)

    with Progress() as say:
        manifest = assembled.assemble(parts, out, say, is_checked=check)
    read = sum(graph.startswith(assembled.READ) for graph in manifest.graphs)
    click.echo(f"release: {out}; documents read by machine, beside the curated facts: {read:,}")
    click.echo(f"serve it: drugkg serve --release {out}")


@ingest.command("sider")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the claims, N-Quads; without it rows are only counted.",
)
@click.option("--report", is_flag=True, help="List each row that is not loaded.")
def read_sider(file: Path, out: Path | None, *, report: bool) -> None:
    """Read a table of side effects in the form of SIDER 4.1.

    What is read is licensed CC BY-NC-SA 4.0 and stays on this machine.
    """
    from kg.ingest import sider  # noqa: PLC0415 (as above)

    with Progress() as say:
        summary = sider.load(file, out, say)
    if report:
        for row in summary.rejected:
            click.echo(f"line {row.line}: {row.reason}: {row.raw}")
    click.echo(f"{summary.lines:,} rows, {summary.loaded:,} loaded, {len(summary.rejected):,} not:")
    for reason, count in Counter(row.reason for row in summary.rejected).most_common():
        click.echo(f"{count:>9,} {reason}")


@ingest.command("meddra")
@click.argument("claims", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("dictionary", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def code(claims: Path, dictionary: Path, out: Path) -> None:
    """Give effects in CLAIMS the codes of a licensee's own DICTIONARY of MedDRA.

    The codes go to a file of their own, since only licensees may share them.
    """
    from kg.ingest import meddra  # noqa: PLC0415 (as above)

    click.echo(f"{meddra.load(claims, dictionary, out)} codes in {out}")


@ingest.command("gold")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def measure(file: Path) -> None:
    """Compare effects in tables with those that people annotated (TAC 2017)."""
    from kg.ingest import gold  # noqa: PLC0415 (as above)

    found = gold.evaluate(file)
    click.echo(
        f"{found.labels} labels, {found.with_tables} with tables that were read;"
        f" {found.observations:,} observations, {found.unread:,} times not understood"
    )
    for name, score in (
        ("all labels, strict", found.strict),
        ("all labels, lenient", found.lenient),
        ("labels with tables, strict", found.strict_with_tables),
        ("labels with tables, lenient", found.lenient_with_tables),
    ):
        click.echo(
            f"{name:<28} precision {score.precision:.3f}  recall {score.recall:.3f}"
            f"  F1 {score.f1:.3f}"
        )
