"""One session with the message centre: from its bind to its end, whoever ends it.

A request is answered, or the session says honestly what is known of it: it never left
(:class:`NotSent`), or it left and its answer did not come (:class:`NoAnswer`).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import structlog

from cardline.adapters.smpp import pdu
from cardline.adapters.smpp.pdu import Command, Status, Unit
from cardline.core.masking import Secret

log = structlog.get_logger()

_LAST: Final = 0x7FFFFFFF
"""Sequence numbers run from 1 to here (3.2)."""
_REMEMBERED: Final = 256
"""Requests given up whose answer may still come."""


class NotSent(ConnectionError):
    """The request never left, or came back unread: it can be made again."""


class NoAnswer(ConnectionError):
    """The request left and no answer came: nobody here knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one session."""

    answer: float = 10.0
    """For the answer to a request."""
    quiet: float = 30.0
    """Without a word from the other side, after which it is asked whether it is there."""
    farewell: float = 2.0
    """For the answer to our unbind."""


Deliver = Callable[[bytes], Awaitable[int]]
"""Takes the body of a ``deliver_sm`` and returns the status that answers it."""
Late = Callable[[str, Unit], Awaitable[None]]
"""Told of an answer that came after its request was given up, by the label of that request."""


class Session:
    """Speaks over one connection; :meth:`run` reads until it ends."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        deliver: Deliver,
        late: Late,
        timing: Timing,
        waiting: int = 100,
    ) -> None:
        """``waiting``: texts that may wait here; the next one is told that the queue is full."""
        self._reader = reader
        self._writer = writer
        self._deliver = deliver
        self._late = late
        self._timing = timing
        self._asked: dict[int, asyncio.Future[Unit]] = {}
        self._given_up: dict[int, str] = {}
        self._sequence = 0
        self._arrived: asyncio.Queue[Unit] = asyncio.Queue(waiting)
        self._heard = asyncio.Event()
        self.over = False

    async def run(self) -> str:
        """Read until the session ends; returns why. What waits for an answer is told."""
        tasks = [asyncio.create_task(work) for work in (self._read(), self._take(), self._watch())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            self.over = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(NoAnswer("the session ended before the answer"))
            self._writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._writer.wait_closed()

    async def bind(self, *, system_id: str, password: Secret, system_type: str) -> int:
        """Ask for the session; returns the status. To be called beside :meth:`run`."""
        body = pdu.bind(system_id=system_id, password=password, system_type=system_type)
        return (await self.ask(Command.BIND_TRANSCEIVER, body)).status

    async def ask(self, command: Command, body: bytes = b"", *, label: str = "") -> Unit:
        """Make a request and return its answer. Raises :class:`NotSent` or :class:`NoAnswer`.

        ``label``: by which an answer that comes too late is told.
        """
        if self.over or self._writer.is_closing():
            raise NotSent("the session is over")
        self._sequence = self._sequence % _LAST + 1
        sequence = self._sequence
        answer: asyncio.Future[Unit] = asyncio.get_running_loop().create_future()
        self._asked[sequence] = answer
        try:
            self._writer.write(Unit(command, Status.OK, sequence, body).packed())
            # From here on it may have left: what fails now leaves its fate open.
            async with asyncio.timeout(self._timing.answer):
                await self._writer.drain()
                return await answer
        except NoAnswer:
            raise
        except TimeoutError:
            if label:
                self._remember(sequence, label)
            raise NoAnswer(f"no answer in {self._timing.answer:g} s") from None
        except OSError as error:
            raise NoAnswer(f"the connection broke: {type(error).__name__}") from None
        finally:
            del self._asked[sequence]
            if answer.done() and not answer.cancelled():
                answer.exception()  # read, so that nobody misses it

    async def leave(self) -> None:
        """Unbind, for so long as the other side is given to answer."""
        with contextlib.suppress(NotSent, NoAnswer, TimeoutError):
            async with asyncio.timeout(self._timing.farewell):
                await self.ask(Command.UNBIND)

    def _remember(self, sequence: int, label: str) -> None:
        self._given_up[sequence] = label
        if len(self._given_up) > _REMEMBERED:
            del self._given_up[next(iter(self._given_up))]

    # ------------------------------------------------------------ reading

    async def _read(self) -> str:
        try:
            while True:
                unit = await self._next()
                self._heard.set()
                if ended := await self._obey(unit):
                    return ended
        except asyncio.IncompleteReadError as error:
            return "cut off within a unit" if error.partial else "closed by the other side"
        except pdu.BrokenUnit as error:
            return f"what came is no SMPP: {error}"
        except OSError as error:
            return f"the connection broke: {type(error).__name__}"

    async def _next(self) -> Unit:
        head = await self._reader.readexactly(pdu.HEADER.size)
        length, command, status, sequence = pdu.HEADER.unpack(head)
        if not pdu.HEADER.size <= length <= pdu.MOST_OCTETS:
            raise pdu.BrokenUnit(f"a unit of {length} octets")
        body = await self._reader.readexactly(length - pdu.HEADER.size)
        return Unit(command, status, sequence, body)

    async def _obey(self, unit: Unit) -> str:
        """Do what a unit asks; returns why the session ends with it, or nothing."""
        if unit.command & pdu.RESPONSE:
            await self._answered(unit)
        elif unit.command == Command.ENQUIRE:
            await self._reply(unit)
        elif unit.command == Command.DELIVER:
            try:
                self._arrived.put_nowait(unit)
            except asyncio.QueueFull:
                await self._reply(unit, Status.QUEUE_FULL, b"\0")
        elif unit.command == Command.UNBIND:
            await self._reply(unit)
            return "ended by the other side"
        else:
            await self._write(Unit(Command.NACK, Status.BAD_COMMAND, unit.sequence))
        return ""

    async def _answered(self, unit: Unit) -> None:
        answer = self._asked.get(unit.sequence)
        if answer is not None and not answer.done():
            answer.set_result(unit)
        elif label := self._given_up.pop(unit.sequence, ""):
            try:
                await self._late(label, unit)
            except Exception as error:
                log.error("a late answer could not be written", fault=type(error).__name__)

    async def _take(self) -> str:
        """Take texts and receipts one after another, so that a sender's keep their order."""
        while True:
            unit = await self._arrived.get()
            try:
                status = await self._deliver(unit.body)
            except pdu.BrokenUnit as error:
                log.warning("an SMPP message that cannot be read", why=str(error))
                status = Status.NEVER
            except Exception as error:  # the other side keeps it and tries again
                log.error("an SMPP message could not be taken", fault=type(error).__name__)
                status = Status.TRY_AGAIN
            try:
                await self._reply(unit, status, b"\0")
            except OSError as error:
                return f"the connection broke: {type(error).__name__}"

    async def _watch(self) -> str:
        """Ask a quiet other side whether it is there; returns where it is not."""
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(self._timing.quiet):
                    await self._heard.wait()
            except TimeoutError:
                try:
                    await self.ask(Command.ENQUIRE)
                except (NotSent, NoAnswer) as error:
                    return f"quiet for too long: {error}"

    async def _reply(self, unit: Unit, status: int = Status.OK, body: bytes = b"") -> None:
        await self._write(Unit(unit.command | pdu.RESPONSE, status, unit.sequence, body))

    async def _write(self, unit: Unit) -> None:
        self._writer.write(unit.packed())
        async with asyncio.timeout(self._timing.answer):
            await self._writer.drain()
