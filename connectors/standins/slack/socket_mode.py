"""Socket Mode: the WebSocket over which an app receives what happens, and acknowledges it.

In: parcels (`carry`), connections (`serve`). Out: one envelope over one of the open connections, and the app's ack. With no
connection open a parcel waits, up to `queue_for` seconds. https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import itertools
import json
import secrets
import uuid

from aiohttp import WSMsgType, web

from connectors.standins.slack.delivery import Ack, NotTaken, Parcel
from connectors.standins.slack.state import Json


class SocketMode:
    """The app's open connections, and the envelopes that wait for an ack."""

    def __init__(self, app_id: str, ack_within: float, queue_for: float) -> None:
        self.app_id = app_id
        self.ack_within = ack_within
        self.queue_for = queue_for
        self.connections: list[web.WebSocketResponse] = []
        self.envelopes: list[Json] = []
        """Every envelope sent, oldest first."""
        self._tickets: set[str] = set()
        self._transports: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Ack]]] = {}
        self._connected = asyncio.Event()
        self._turn = itertools.count()
        self._deaf_to = 0

    def new_ticket(self) -> str:
        """A ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return ticket

    def ignore_acks(self, count: int) -> None:
        """Behave as if the next `count` acks had never arrived."""
        self._deaf_to += count

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="ticket_expired")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        self.connections.append(socket)
        self._transports[socket] = request.transport
        await socket.send_json(self._hello())
        self._connected.set()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._take(frame.data)
        finally:
            self._forget(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "standin", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.app_id},
        }

    def _take(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        envelope_id = frame.get("envelope_id") if isinstance(frame, dict) else None
        if envelope_id not in self._waiting:
            return
        if self._deaf_to:
            self._deaf_to -= 1
            return
        _, answered = self._waiting.pop(envelope_id)
        if not answered.done():
            answered.set_result(Ack(frame.get("payload") or None))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self.connections:
            self.connections.remove(socket)
        self._transports.pop(socket, None)
        if not self.connections:
            self._connected.clear()
        for owner, answered in tuple(self._waiting.values()):
            if owner is socket and not answered.done():
                answered.set_exception(NotTaken("connection_closed"))

    async def carry(self, parcel: Parcel) -> Ack:
        """Send one envelope and wait for its ack."""
        patience = self.queue_for if parcel.kind == "events_api" else self.ack_within
        socket = await self._some_connection(patience)
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind != "events_api",
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason or ""}
        answered: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = (socket, answered)
        self.envelopes.append(envelope)
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self.ack_within):
                return await answered
        except TimeoutError:
            raise NotTaken("timeout") from None
        except ConnectionError:
            raise NotTaken("connection_closed") from None
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def _some_connection(self, patience: float) -> web.WebSocketResponse:
        try:
            async with asyncio.timeout(patience):
                while not self.connections:
                    await self._connected.wait()
        except TimeoutError:
            raise NotTaken("no_connection", final=True) from None
        return self.connections[next(self._turn) % len(self.connections)]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to go and come back, as Slack does every few hours; the app is the one who closes."""
        for socket in tuple(self.connections):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "standin"}}
            )

    def drop(self) -> None:
        """Cut every connection without a word."""
        for socket in tuple(self.connections):
            transport = self._transports.get(socket)
            self._forget(socket)
            if transport is not None:
                transport.abort()
