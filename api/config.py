"""Name each setting once: its default, its environment variable and its command-line flag."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar

import click

from kg.engines import read
from kg.errors import AddressError

Command = TypeVar("Command", bound=Callable[..., Any])
DefaultGraph: TypeAlias = Literal["union", "standard"]
PREFIX: Final = "DRUGKG_"

_PATH: Final = click.Path(file_okay=False, path_type=Path)


class _StoreType(click.Choice[str]):
    """Take a place for the graph, or the address of an engine elsewhere."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 (as the method it overrides)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401
        if not isinstance(value, str) or ":" not in value:
            return super().convert(value, param, ctx)
        try:
            read(value)
        except AddressError as error:  # without the text, which may hold a password
            raise click.BadParameter(str(error), ctx, param) from error
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        inside = (super().get_metavar(param, ctx) or "").strip("[]")
        return f"[{inside}|sparql+http(s)://…]"


_MODE: Final = _StoreType(["auto", "memory", "disk"])


@dataclass(frozen=True)
class Settings:
    """Say how to serve; a flag beats the environment, which beats the default."""

    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on."})
    port: int = field(
        default=8000, metadata={"help": "Port to listen on.", "type": click.IntRange(1, 65535)}
    )
    release: Path = field(
        default=Path("release"), metadata={"help": "Directory of the release.", "type": _PATH}
    )
    store: str = field(
        default="auto",
        repr=False,  # an address may hold a password
        metadata={
            "help": "Where the graph is while it is asked; auto is memory up to 200,000 quads.",
            "type": _MODE,
        },
    )
    workers: int = field(
        default=1, metadata={"help": "Processes that answer.", "type": click.IntRange(1)}
    )
    max_request_bytes: int = field(
        default=10_000_000,
        metadata={"help": "Longest request body that is read.", "type": click.IntRange(1)},
    )
    update_token: str = field(
        default="", metadata={"help": "Token that a client must have to write; none: no writing."}
    )
    writable_all: bool = field(
        default=False,
        metadata={"help": "Let graphs of the release be written to.", "is_flag": True},
    )
    empty: bool = field(
        default=False, metadata={"help": "Start with no release at all.", "is_flag": True}
    )
    default_graph: DefaultGraph = field(
        default="union",
        metadata={
            "help": "What the default graph holds: the union of the named graphs, or its own.",
            "type": click.Choice(["union", "standard"]),
        },
    )
    journal: Path | None = field(
        default=None,
        metadata={
            "help": "Directory for what is written, else a file by the release.",
            "type": _PATH,
        },
    )
    deadline: float = field(
        default=30.0,
        metadata={"help": "Seconds that a query may take.", "type": click.FloatRange(0.01)},
    )
    query_memory: int = field(
        default=512,
        metadata={"help": "Megabytes that a query may take.", "type": click.IntRange(16)},
    )
    max_bytes: int = field(
        default=1_073_741_824,
        metadata={"help": "Longest answer, in bytes.", "type": click.IntRange(1)},
    )
    max_rows: int = field(
        default=0, metadata={"help": "Most rows of an answer; 0: any.", "type": click.IntRange(0)}
    )
    executors: int = field(
        default=8,
        metadata={"help": "Queries that run side by side at first.", "type": click.IntRange(2)},
    )
    demoted: int = field(
        default=4,
        metadata={"help": "Slow queries that run on behind these.", "type": click.IntRange(1)},
    )
    client_queries: int = field(
        default=6,
        metadata={"help": "Of these, queries of one client.", "type": click.IntRange(1)},
    )
    queue: int = field(
        default=64, metadata={"help": "Queries that wait for a place.", "type": click.IntRange(1)}
    )
    slow_query: float = field(
        default=1.0,
        metadata={"help": "Seconds from which a query is logged.", "type": click.FloatRange(0)},
    )
    services: str = field(
        default="",
        metadata={"help": "Addresses that SERVICE may ask, with spaces between them."},
    )
    rate_limit: float = field(
        default=0.0,
        metadata={"help": "Requests a second of one client; 0: any.", "type": click.FloatRange(0)},
    )
    grace: float = field(
        default=10.0,
        metadata={"help": "Seconds for running answers at a stop.", "type": click.FloatRange(0)},
    )
    rewrite: bool = field(
        default=True,
        metadata={"help": "Evaluate queries in an equivalent form where that is faster."},
    )
    near: bool = field(
        default=True,
        metadata={"help": "Answer queries of bounded cost in the process that took the request."},
    )
    cache_bytes: int = field(
        default=64 * 1024 * 1024,
        metadata={
            "help": "Room for answers that each process keeps; 0 keeps none.",
            "type": click.IntRange(0),
        },
    )


def options(*names: str, flag: str | None = None) -> Callable[[Command], Command]:
    """Return a decorator that gives a command the flags of the settings *names*.

    *flag* is another spelling for a setting that stands alone.
    """
    by_name = {setting.name: setting for setting in fields(Settings)}

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            command = click.option(
                flag or _spelled(by_name[name]),
                name,
                default=by_name[name].default,
                envvar=PREFIX + name.upper(),
                show_default=True,
                show_envvar=True,
                **by_name[name].metadata,
            )(command)
        return command

    return decorate


def _spelled(setting: "Field[Any]") -> str:
    name = setting.name.replace("_", "-")
    is_switch = setting.default is True
    return f"--{name}/--no-{name}" if is_switch else f"--{name}"
