"""What acceptance is measured against: aiosmtpd as it comes, with a handler that does nothing, in a process of its own."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from aiosmtpd.smtp import SMTP


class Nothing:
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Nothing(), loop=loop), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def empty_server() -> Iterator[int]:
    """Its port, while it runs."""
    command = [sys.executable, "-m", "tests.bench.empty_server"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve())
