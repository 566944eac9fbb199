"""Name each setting once: its default, its environment variable and its command-line flag."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from kg.store import Mode

Command = TypeVar("Command", bound=Callable[..., Any])
PREFIX: Final = "DRUGKG_"

_PATH: Final = click.Path(file_okay=False, path_type=Path)
_MODE: Final = click.Choice(["auto", "memory", "disk"])


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
    store: Mode = field(
        default="auto",
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
    rewrite: bool = field(
        default=True,
        metadata={"help": "Evaluate queries in an equivalent form where that is faster."},
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
