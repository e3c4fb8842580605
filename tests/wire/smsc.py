"""A message centre (SMSC) that speaks SMPP 3.4 over real TCP, and misbehaves when told to.

It shares no code with the client: what both got wrong in the same way would pass unseen.
"""

import asyncio
import contextlib
import itertools
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.wire import gsm_alphabet

PASSWORD = "s3cret8!"
THROTTLED, QUEUE_FULL, BAD_DESTINATION, SYSTEM_ERROR = 0x58, 0x14, 0x0B, 0x08
SECONDS = 20.0


@dataclass
class Submitted:
    """One ``submit_sm`` as it came, and the id under which it was taken (empty: it was not)."""

    source: str
    to: str
    content: bytes = field(repr=False)
    coding: int
    esm_class: int
    registered: int
    payload: bool
    id: str = ""

    @property
    def text(self) -> str:
        """What a telephone would show of it."""
        body = self.content[self.content[0] + 1 :] if self.esm_class & 0x40 else self.content
        return body.decode("utf-16-be") if self.coding == 8 else gsm_alphabet.read(body)

    @property
    def part(self) -> tuple[int, int, int]:
        """Reference, how many, which."""
        assert self.content[:3] == b"\x05\x00\x03"
        return self.content[3], self.content[4], self.content[5]


@dataclass
class Smsc:
    """The centre. Counters say what it does to the next requests."""

    port: int = 0
    ids: Callable[[int], str] = lambda number: f"{number:08X}"
    bind_statuses: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Of the next ``submit_sm``: anything but 0 is refused with that."""
    silent: int = 0
    """So many are taken and never answered."""
    cut: int = 0
    """So many are taken, and the connection is cut before the answer."""
    cut_within: int = 0
    """The same in the middle of the answer."""
    receipt_first: bool = False
    """The receipt comes before the answer."""
    receipts: str = ""
    """State that each message's receipt tells by itself; empty: none comes."""
    took: list[Submitted] = field(default_factory=list)
    refused: list[Submitted] = field(default_factory=list)
    binds: list[tuple[str, str]] = field(default_factory=list)
    unbinds: int = 0
    enquiries: int = 0
    outstanding: int = 0
    most_outstanding: int = 0
    mute: bool = False
    """It reads, and says nothing."""
    hold: asyncio.Event | None = None
    """No answer before it is set."""
    late: list[bytes] = field(default_factory=list)
    """Answers that were kept back; see :meth:`answer_late`."""
    answers: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _writer: asyncio.StreamWriter | None = None
    _sequence: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(0xA1))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    # ------------------------------------------------------------ what tests do

    async def deliver(
        self,
        sender: str,
        text: str | bytes,
        *,
        coding: int | None = None,
        esm_class: int = 0,
        ton: int = 1,
        options: bytes = b"",
    ) -> int:
        """Deliver a text or a receipt; returns the status that answers it."""
        if isinstance(text, str):
            plain = text.isascii()
            content = text.encode("ascii" if plain else "utf-16-be")
            coding = (1 if plain else 8) if coding is None else coding
        else:
            content, coding = text, coding or 0
        body = b"\0" + bytes([ton, 1]) + sender.encode() + b"\0" + b"\0\x01" + b"10690000000\0"
        body += bytes([esm_class, 0, 0]) + b"\0\0" + bytes([0, 0, coding, 0, len(content)])
        return await self.ask(0x05, body + content + options)

    async def tell(self, id_: str, state: str, *, error: str = "000", tlv: bool = False) -> int:
        """Send a receipt, as words or as optional parameters."""
        body, options = self._receipt(id_, state, error, tlv=tlv)
        return await self.deliver("8615400000000", body, esm_class=0x04, options=options)

    async def ask(self, command: int, body: bytes = b"") -> int:
        """Make a request of our own; returns the status of its answer."""
        sequence = next(self._sequence)
        self.answers[sequence] = asyncio.get_running_loop().create_future()
        self.write(command, 0, sequence, body)
        async with asyncio.timeout(SECONDS):
            return await self.answers[sequence]

    def write(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        """Send one unit to whoever spoke last."""
        self.raw(_unit(command, status, sequence, body))

    def raw(self, octets: bytes) -> None:
        """Send whatever octets."""
        assert self._writer is not None, "nobody is connected"
        self._writer.write(octets)

    def drop(self) -> None:
        """Cut the connection."""
        if self._writer is not None:
            self._writer.transport.abort()

    def answer_late(self) -> None:
        """Send the answers that were kept back."""
        while self.late:
            self.raw(self.late.pop(0))

    # ------------------------------------------------------------ what it does

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client."""
        own = asyncio.current_task()
        assert own is not None
        self._tasks.add(own)
        with contextlib.suppress(
            asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError
        ):
            while True:
                head = await reader.readexactly(16)
                length, command, status, sequence = struct.unpack(">IIII", head)
                body = await reader.readexactly(length - 16)
                self._writer = writer
                if not self.mute:
                    self._obey(command, status, sequence, body)
        writer.close()

    def _obey(self, command: int, status: int, sequence: int, body: bytes) -> None:
        if command & 0x80000000:
            if (answer := self.answers.pop(sequence, None)) is not None:
                answer.set_result(status)
        elif command == 0x09:
            system_id, password, *_ = body.split(b"\0")
            self.binds.append((system_id.decode(), password.decode()))
            told = self.bind_statuses.pop(0) if self.bind_statuses else 0
            told = told or (0 if password.decode() == PASSWORD else 0x0E)
            self.write(0x80000009, told, sequence, b"SMSC\0")
        elif command == 0x04:
            self._submit(sequence, body)
        elif command == 0x06:
            self.unbinds += 1
            self.write(0x80000006, 0, sequence)
        elif command == 0x15:
            self.enquiries += 1
            self.write(0x80000015, 0, sequence)

    def _submit(self, sequence: int, body: bytes) -> None:
        one = _read(body)
        status = self.statuses.pop(0) if self.statuses else 0
        if status:
            self.refused.append(one)
            self.write(0x80000004, status, sequence)
            return
        one.id = self.ids(next(self._numbers))
        self.took.append(one)
        answer = _unit(0x80000004, 0, sequence, one.id.encode() + b"\0")
        if self.silent:
            self.silent -= 1
            self.late.append(answer)
        elif self.cut:
            self.cut -= 1
            self.drop()
        elif self.cut_within:
            self.cut_within -= 1
            self.raw(answer[:20])
            assert self._writer is not None
            self._writer.close()
        else:
            self.outstanding += 1
            self.most_outstanding = max(self.most_outstanding, self.outstanding)
            assert self._writer is not None
            task = asyncio.create_task(self._answer(one, answer, self._writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, one: Submitted, answer: bytes, writer: asyncio.StreamWriter) -> None:
        if self.hold is not None:
            await self.hold.wait()
        self.outstanding -= 1
        with contextlib.suppress(ConnectionError, TimeoutError):
            if self.receipt_first:
                await self.tell(one.id, self.receipts)
            writer.write(answer)
            if self.receipts and not self.receipt_first:
                await self.tell(one.id, self.receipts)

    @staticmethod
    def _receipt(id_: str, state: str, error: str, *, tlv: bool) -> tuple[bytes, bytes]:
        if not tlv:
            words = f"id:{id_} sub:001 dlvrd:001 submit date:2611270800 done date:2611270801 "
            return f"{words}stat:{state} err:{error} text:".encode(), b""
        number = {"DELIVRD": 2, "UNDELIV": 5, "ENROUTE": 1}[state]
        named = id_.encode() + b"\0"
        options = struct.pack(">HH", 0x001E, len(named)) + named
        options += struct.pack(">HHB", 0x0427, 1, number)
        return b"", options + struct.pack(">HHBH", 0x0423, 3, 3, int(error))


@asynccontextmanager
async def smsc(context: ssl.SSLContext | None = None) -> AsyncIterator[Smsc]:
    """Run a centre on a port of its own; over TLS with what it shows there."""
    centre = Smsc()
    server = await asyncio.start_server(centre.serve, "127.0.0.1", 0, ssl=context)
    centre.port = server.sockets[0].getsockname()[1]
    try:
        yield centre
    finally:
        server.close()
        centre.drop()
        for task in list(centre._tasks):
            task.cancel()
        await asyncio.gather(*centre._tasks, return_exceptions=True)


def _unit(command: int, status: int, sequence: int, body: bytes) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def _read(body: bytes) -> Submitted:
    _, rest = body.split(b"\0", 1)
    source, rest = rest[2:].split(b"\0", 1)
    to, rest = rest[2:].split(b"\0", 1)
    esm_class, _, _, validity, schedule, registered, _, coding, _, length = rest[:10]
    assert (validity, schedule) == (0, 0)
    content, options = rest[10 : 10 + length], rest[10 + length :]
    payload = False
    while options:
        tag, size = struct.unpack(">HH", options[:4])
        if tag == 0x0424:
            assert not content, "a message and a payload at once"
            content, payload = options[4 : 4 + size], True
        options = options[4 + size :]
    return Submitted(source.decode(), to.decode(), content, coding, esm_class, registered, payload)
