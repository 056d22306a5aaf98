"""The content of one mail while it comes in: small ones in memory, big ones on disk, too big ones nowhere."""

from __future__ import annotations

import tempfile
from typing import IO

_IN_MEMORY = (
    1_000_000  # bytes: most mails are smaller, and a thousand connections at once may have that much each
)


class Content:
    """Takes pieces until `limit` bytes; what is over it or finds no room on disk is dropped, so that the rest can be read to its end."""

    def __init__(self, limit: int) -> None:
        self.size = 0
        self.disk_failure: OSError | None = None
        self._limit = limit
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None

    @property
    def too_big(self) -> bool:
        return self.size > self._limit

    @property
    def heavy(self) -> bool:
        """So big that only a few may be in memory at once."""
        return self._file is not None

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.too_big or self.disk_failure is not None:
            self.close()
            return
        self._pieces.append(piece)
        if self._file is not None or self.size > _IN_MEMORY:
            self._write_out()

    def _write_out(self) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - `close` closes it
            self._file.write(b"".join(self._pieces))
            self._pieces.clear()
        except OSError as failure:
            self.disk_failure = failure
            self.close()

    def read(self) -> bytes:
        """All of it. Raises OSError when the disk gives it back no more."""
        if self._file is None:
            return b"".join(self._pieces)
        self._file.seek(0)
        content = self._file.read()
        if len(content) != self.size:
            raise OSError("the spooled mail is incomplete")
        return content

    def close(self) -> None:
        """Lets go of it; for a spooled mail that frees the disk."""
        self._pieces.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
