"""Where to listen, whom to reach, where on disk: addresses, URLs, paths, databases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationInfo

from deskd.config.expected import expected, text_of


@dataclass(frozen=True, slots=True)
class Listen:
    """A TCP address (`host`, `port`; port 0 lets the system choose), or a Unix socket's `path`."""

    host: str = ""
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


_LISTEN = re.compile(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:/\[\]]+)):([0-9]{1,5})", re.ASCII)
_LISTEN_FORM = "an address such as 127.0.0.1:8025, [::1]:8025 or /run/deskd/lmtp.sock"


def parse_listen(value: object, info: ValidationInfo) -> Listen:
    """`127.0.0.1:8025`, `[::1]:8025`, or the path of a Unix socket."""
    if isinstance(value, str) and "/" in value:
        return Listen(path=parse_path(value, info))
    return _parse_tcp(value, _LISTEN_FORM)


def parse_tcp(value: object) -> Listen:
    """As `parse_listen`, without Unix sockets: what a browser or another host must reach."""
    return _parse_tcp(value, "an address such as 127.0.0.1:8080 or [::1]:8080")


def _parse_tcp(value: object, form: str) -> Listen:
    remedy = f"say on which address too: 127.0.0.1:{value}" if isinstance(value, int) else ""
    text = text_of(value, form, remedy)
    match = _LISTEN.fullmatch(text)
    if not match:
        bare = re.fullmatch(r":?([0-9]{1,5})", text, re.ASCII)
        raise expected(form, f"say on which address too: 127.0.0.1:{bare[1]}" if bare else "")
    if int(match[3]) > 65535:
        raise expected("a port up to 65535")
    return Listen(match[1] or match[2], int(match[3]))


def parse_url(value: object) -> str:
    """An http or https address."""
    form = "an address that begins with https:// or http://"
    text = text_of(value, form)
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f]", text):
        raise expected(form)
    return text


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f]+@[^\s@<>()\[\],;:\\\"\x00-\x1f]+")


def parse_address(value: object) -> str:
    """`support@acme.example`, without a name or brackets."""
    form = "a mail address such as support@acme.example"
    text = text_of(value, form)
    if not _ADDRESS.fullmatch(text) or len(text) > 254:
        inner = re.search(r"<([^<>]+)>", text)
        raise expected(form, f"write the address alone: {inner[1]}" if inner else "")
    return text


def parse_path(value: object, info: ValidationInfo) -> Path:
    """A path; a relative one starts at the folder of the file it is written in (`info.context["folder"]`)."""
    text = str(value) if isinstance(value, Path) else text_of(value, "a path")
    if not text or "\x00" in text:
        raise expected("a path")
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / text


def parse_paths(value: object, info: ValidationInfo) -> tuple[Path, ...]:
    """A path or a list of them."""
    if isinstance(value, tuple | list) and value:
        return tuple(parse_path(item, info) for item in value)
    if not isinstance(value, str):
        raise expected("a folder or a list of folders")
    return (parse_path(value, info),)


def parse_database(value: object, info: ValidationInfo) -> str:
    """A database's URL: SQLite with the path made absolute, or PostgreSQL by way of psycopg."""
    form = "sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
    text = text_of(value, form)
    scheme, separator, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        path, question, query = rest[1:].partition("?")
        if path in ("", ":memory:") or "\x00" in path:
            raise expected("sqlite:///PATH, a file", "a desk in memory would lose all it acknowledged")
        return f"sqlite:///{parse_path(path, info).absolute()}{question}{query}"
    if scheme in ("postgresql+psycopg", "postgresql", "postgres") and separator and rest:
        return f"postgresql+psycopg://{rest}"
    raise expected(form)
