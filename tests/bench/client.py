"""The SMTP client of the bench, in a process of its own: plain sockets and one epoll, so that it isn't what limits the server.

`python -m tests.bench.client '{"port": …, …}'` with the fields of `Job` sends its mails and prints a `Sent` as JSON. It pipelines only where the server
offers it (RFC 2920). All mails are built before the clock starts.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator
from dataclasses import asdict, dataclass, field

from tests.bench.mails import ADDRESS, Mail, large, mixed

Process = subprocess.Popen[str]

PATIENCE = 300.0  # seconds without any progress after which the client gives up


@dataclass(frozen=True, slots=True)
class Job:
    """What to send. `per_second`: mails a second, 0 for as fast as it goes; `size`: bytes of each mail, 0 for the mixed ones."""

    port: int
    mails: int
    connections: int
    label: str
    per_second: float = 0.0
    size: int = 0
    first: int = 0


@dataclass(slots=True)
class Sent:
    """`began` and `ended`: from before the first connection to after the last 250; `kept`: Message-ID -> when its 250 came; seconds since 1970."""

    began: float = 0.0
    ended: float = 0.0
    refused: int = 0
    kept: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def rate(self) -> float:
        """Mails a second that were answered 250."""
        return len(self.kept) / self.seconds


class Connection:
    """One connection and the dialogue on it."""

    def __init__(self, port: int, sent: Sent) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.free = False  # it waits for a mail to send
        self.mail: Mail | None = None
        self._sent = sent
        self._in = b""
        self._out = memoryview(b"")
        self._dialogue = self._speak()
        next(self._dialogue)

    def _speak(self) -> Generator[bytes, bytes, None]:
        """Yields what to say next (b"": only listen), is given each reply."""
        yield b""
        pipelining = b"PIPELINING" in (yield b"EHLO mx.customer.example\r\n")
        while True:
            self.free = True
            yield b""
            mail = self.mail
            assert mail is not None
            envelope = [
                f"MAIL FROM:<{mail.sender}>\r\n".encode(),
                f"RCPT TO:<{ADDRESS}>\r\n".encode(),
                b"DATA\r\n",
            ]
            if pipelining:
                envelope = [b"".join(envelope), b"", b""]
            for command in envelope:
                reply = yield command
            reply = yield mail.data.replace(b"\r\n.", b"\r\n..") + b".\r\n"
            if reply.startswith(b"250"):
                self._sent.kept[mail.rfc_id] = time.time()
            else:
                self._sent.refused += 1

    def begin(self, mail: Mail) -> None:
        self.free, self.mail = False, mail
        self._go_on(b"")

    def readable(self) -> None:
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError(f"the server hung up; it said {self._in!r}")
        self._in += got
        while not self.free and (end := _end_of_reply(self._in)):
            reply, self._in = self._in[:end], self._in[end:]
            self._go_on(reply)

    def _go_on(self, reply: bytes) -> None:
        said = self._dialogue.send(reply)
        if said:
            self._out = memoryview(bytes(self._out) + said)
            self.writable()

    def writable(self) -> None:
        try:
            self._out = self._out[self.socket.send(self._out) :]
        except BlockingIOError:
            return

    @property
    def wants(self) -> int:
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)


def _end_of_reply(received: bytes) -> int:
    """Where the first complete reply ends (RFC 5321 4.2.1); 0 when there is none."""
    start = 0
    while (end := received.find(b"\r\n", start)) >= 0:
        if received[start + 3 : start + 4] != b"-":
            return end + 2
        start = end + 2
    return 0


def send(job: Job) -> Sent:
    """Raises `TimeoutError` when the server answers nothing any more."""
    mails = deque(
        (large(job.size, job.label, number) for number in range(job.first, job.first + job.mails))
        if job.size
        else mixed(job.mails, job.label, job.first)
    )
    total = len(mails)
    sent = Sent(began=time.time())
    free: deque[Connection] = deque()
    selector = selectors.DefaultSelector()
    for _ in range(job.connections):
        connection = Connection(job.port, sent)
        selector.register(connection.socket, connection.wants, connection)
    while len(sent.kept) + sent.refused < total:
        while mails and free and (due := _due(job, total - len(mails), sent.began)) <= 0:
            connection = free.popleft()
            connection.begin(mails.popleft())
            selector.modify(connection.socket, connection.wants, connection)
        waiting = mails and free
        ready = selector.select(due if waiting else PATIENCE)
        if not ready and not waiting:
            raise TimeoutError(f"no answer within {PATIENCE:g} s, {len(sent.kept)} mails kept")
        for key, events in ready:
            connection = key.data
            if events & selectors.EVENT_WRITE:
                connection.writable()
            if events & selectors.EVENT_READ:
                connection.readable()
                if connection.free and connection not in free:
                    free.append(connection)
            if connection.wants != key.events:
                selector.modify(connection.socket, connection.wants, connection)
    sent.ended = time.time()
    return sent


def _due(job: Job, begun: int, began: float) -> float:
    """Seconds until the next mail may go."""
    return began + begun / job.per_second - time.time() if job.per_second else 0.0


def start(job: Job) -> Process:
    """Run a job in a process of its own; `result` gives what came of it."""
    command = [sys.executable, "-m", "tests.bench.client", json.dumps(asdict(job))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def result(process: Process) -> Sent:
    """Wait for it. Raises `RuntimeError` when the client failed."""
    told, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("the bench's SMTP client failed; what it says stands above")
    return Sent(**json.loads(told))


if __name__ == "__main__":
    print(json.dumps(asdict(send(Job(**json.loads(sys.argv[1]))))))
