"""``ports.Sms`` by SMPP: keeps one session, sends by it, takes texts and receipts from it."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b

import structlog

from cardline.adapters.smpp import pdu
from cardline.adapters.smpp.book import Book, Tell
from cardline.adapters.smpp.charset import Short, shorts
from cardline.adapters.smpp.joining import Joiner
from cardline.adapters.smpp.options import SmppOptions
from cardline.adapters.smpp.pdu import Command, Party, Status, Text, Unit
from cardline.adapters.smpp.receipts import receipt_of
from cardline.adapters.smpp.session import NoAnswer, NotSent, Session
from cardline.core.masking import Secret
from cardline.messages.model import FateUnknown, RejectedByGateway

log = structlog.get_logger()

_WAIT = frozenset({Status.QUEUE_FULL, Status.THROTTLED})
"""Too fast for the centre: the same again after a rest."""
_LATER = frozenset(
    {
        *(Status.NOT_BOUND, Status.SYSTEM, Status.SUBMIT_FAILED, Status.TRY_AGAIN),
        # Ours to mend: no fault of this message.
        *(Status.BAD_SOURCE, Status.BAD_SERVICE_TYPE),
        *(Status.BAD_SOURCE_TON, Status.BAD_SOURCE_NPI),
    }
)
_INTERNATIONAL, _ISDN = 1, 1
_RECEIPT_PLEASE = 1
"""``registered_delivery``: tell how it ended, whatever the end (5.2.17)."""
_SETTLE_SECONDS = 2.0


class SmscAway(ConnectionError):
    """There is no session, or the centre is busy: the message waits for its next turn."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text that came in, whole. ``message``: our id of it, the same where it repeats."""

    message: str
    sender: str
    text: str


Hear = Callable[[Incoming], Awaitable[None]]


class SmppSms:
    """One node's session; :meth:`run` keeps it, :meth:`send` needs it."""

    def __init__(
        self,
        options: SmppOptions,
        *,
        password: Secret,
        book: Book,
        hear: Hear,
        tell: Tell,
        found: Callable[[str, str], Awaitable[None]],
    ) -> None:
        """``hear``: takes texts; ``tell``: is told what became of messages; ``found``: is told key
        and id of a message whose answer came after all."""
        self._options = options
        self._password = password
        self._book = book
        self._tell = tell
        self._found = found
        self._session: Session | None = None
        self._bound = asyncio.Event()
        self._window = asyncio.Semaphore(options.window)
        self._rest_until = 0.0
        self._breath = options.breath
        self._settle = asyncio.Event()
        self._joiner = Joiner(self._name_and_hear)
        self._hear = hear

    @property
    def bound(self) -> bool:
        """There is a session by which messages can leave."""
        return self._bound.is_set()

    # ------------------------------------------------------------ sending

    async def send(self, *, to: str, text: str, key: str) -> str:
        """Hand over one message, all its parts; a ``key`` that was taken before sends nothing.

        Returns the centre's id of the first part. Raises :class:`SmscAway` (nothing of it is under
        way that will not be remembered), ``RejectedByGateway``, or ``FateUnknown`` where a part
        left and nobody knows whether it was taken: it is never sent again.
        """
        try:
            parts = shorts(text, reference=_reference(key), long=self._options.long)
        except ValueError as error:
            raise RejectedByGateway(str(error)) from None
        try:
            async with asyncio.timeout(self._options.patience) as patience:
                for number, part in enumerate(parts):
                    await self._part(key, number, len(parts), _to(to), part, patience)
        except TimeoutError:
            raise SmscAway("no session with the message centre, or it takes nothing") from None
        found = await self._book.whole(key)
        assert found is not None, "every part was taken"
        return found

    async def _part(
        self, key: str, number: int, of: int, to: Party, part: Short, patience: asyncio.Timeout
    ) -> None:
        while True:
            async with self._window:
                await self._rest()
                await self._bound.wait()
                session = self._session
                assert session is not None, "bound"
                # What is under way is waited for, however little patience is left.
                ends = patience.when()
                patience.reschedule(None)
                if not await self._may_leave(key, number, of):
                    patience.reschedule(ends)
                    return
                status = await self._submit(session, key, number, to, part)
                patience.reschedule(ends)
            if status is None:
                continue  # the session was over before it left: wait for the next one
            if status == Status.OK:
                self._breath = self._options.breath
                return
            if status in _WAIT:
                self._slow_down()
                continue
            if status in _LATER:
                log.error("the message centre refuses for now", status=f"{status:#x}")
                raise SmscAway(f"the message centre answered {status:#x}")
            raise RejectedByGateway(f"the message centre answered {status:#x}")

    async def _may_leave(self, key: str, number: int, of: int) -> bool:
        begun = await self._book.begin(key, number, of=of)
        if begun == "busy":
            raise SmscAway("another one sends this message just now")
        if begun == "lost":
            raise FateUnknown("a part left, and no answer to it ever came")
        return begun == "go"

    async def _submit(
        self, session: Session, key: str, number: int, to: Party, part: Short
    ) -> int | None:
        """Let a part leave; returns the status that answers it, or ``None``: it did not leave."""
        source = self._options.source
        body = pdu.body_of(
            Text(
                source=Party(source.ton, source.npi, source.number),
                to=to,
                content=part.content,
                coding=part.coding,
                esm_class=pdu.HAS_HEADER if part.header else 0,
                registered=_RECEIPT_PLEASE,
            )
        )
        try:
            answer = await session.ask(Command.SUBMIT, body, label=f"{number}/{key}")
            taken = _id_in(answer)
        except NotSent:
            await self._book.not_taken(key, number)
            self._forget(session)
            return None
        except NoAnswer as error:
            await self._book.lost(key, number)
            raise FateUnknown(str(error)) from None
        if taken is None:
            await self._book.not_taken(key, number)
            return answer.status or Status.SYSTEM
        await self._book.taken(key, number, message_id=taken)
        self._settle.set()
        return Status.OK

    async def _rest(self) -> None:
        """Wait until the centre has had its rest."""
        await asyncio.sleep(max(0.0, self._rest_until - asyncio.get_running_loop().time()))

    def _slow_down(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._rest_until > now:
            return  # told by another part just before
        log.warning("the message centre is too slow for us", rest_seconds=self._breath)
        self._rest_until = now + self._breath
        self._breath = min(self._breath * 2, self._options.longest)

    # ------------------------------------------------------------ keeping the session

    async def run(self) -> None:
        """Keep a session for ever; ends with an unbind where it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep())
            group.create_task(self._keep_settling())
            group.create_task(self._joiner.run())

    async def _keep(self) -> None:
        failed = 0
        while True:
            try:
                why, was_bound = await self._once()
            except OSError as error:
                why, was_bound = f"cannot connect: {type(error).__name__}", False
            except Exception:
                log.exception("the SMPP session failed")
                why, was_bound = "a defect of ours", False
            failed = 0 if was_bound else failed + 1
            pauses = self._options.pauses
            pause = pauses[min(failed, len(pauses) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
            log.warning("no SMPP session", why=why, again_in_seconds=round(pause, 1))
            await asyncio.sleep(pause)

    async def _once(self) -> tuple[str, bool]:
        """Hold one session from connection to end; returns why it ended, and whether it bound."""
        options = self._options
        async with asyncio.timeout(options.timing.answer):
            reader, writer = await asyncio.open_connection(
                options.host, options.port, ssl=options.tls
            )
        session = Session(
            reader, writer, deliver=self._deliver, late=self._late, timing=options.timing
        )
        running = asyncio.create_task(session.run())
        try:
            status = await session.bind(
                system_id=options.system_id,
                password=self._password,
                system_type=options.system_type,
            )
            if status != Status.OK:
                return _why_unbound(status), False
            log.info("SMPP session", host=options.host, port=options.port)
            self._session = session
            self._bound.set()
            return await asyncio.shield(running), True
        except (NotSent, NoAnswer) as error:
            return str(error), False
        except asyncio.CancelledError:
            await session.leave()
            raise
        finally:
            self._forget(session)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    def _forget(self, session: Session) -> None:
        if self._session is session:
            self._session = None
            self._bound.clear()

    # ------------------------------------------------------------ what comes in

    async def _deliver(self, body: bytes) -> int:
        text = pdu.text_of(body)
        if not text.is_receipt:
            await self._joiner.take(text)
            return Status.OK
        receipt = receipt_of(text, ids=self._options.receipt_ids)
        if receipt is None:
            log.warning("a receipt that names no message")
        elif receipt.fate != "on-its-way":
            await self._book.receipt(receipt)
            self._settle.set()
        return Status.OK

    async def _name_and_hear(self, source: Party, to: Party, text: str) -> None:
        marks = (source.number.encode(), to.number.encode(), text.encode())
        sender = source.number
        if source.ton == _INTERNATIONAL and not sender.startswith("+"):
            sender = f"+{sender}"
        await self._hear(Incoming(await self._book.name(*marks), sender, text))

    async def _late(self, label: str, answer: Unit) -> None:
        """An answer after all: what was lost is found."""
        number, _, key = label.partition("/")
        taken = _id_in(answer)
        if taken is None:
            return
        await self._book.taken(key, int(number), message_id=taken)
        self._settle.set()
        if whole := await self._book.whole(key):
            await self._found(key, whole)

    async def _keep_settling(self) -> None:
        """Tell what became of messages, as soon as something is known and every few seconds."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SETTLE_SECONDS):
                    await self._settle.wait()
            self._settle.clear()
            try:
                await self._book.settle(self._tell)
            except Exception:
                log.exception("receipts could not be written down; trying again")
                await asyncio.sleep(1)


def _id_in(answer: Unit) -> str | None:
    """Return the id under which a message was taken; ``None`` where it was not."""
    if answer.command != Command.SUBMIT_RESP or answer.status != Status.OK:
        return None
    try:
        return pdu.message_id_of(answer.body) or "0"
    except pdu.BrokenUnit:
        return "0"  # taken, under an id that cannot be read: no receipt will find it


def _to(number: str) -> Party:
    return Party(_INTERNATIONAL, _ISDN, number.removeprefix("+"))


def _reference(key: str) -> int:
    """Return which whole the parts of a message belong to: the same at every try."""
    return blake2b(key.encode(), digest_size=1).digest()[0]


_UNBOUND = {
    Status.BAD_PASSWORD: "the password is wrong",
    Status.BAD_SYSTEM_ID: "the system id is wrong",
    Status.BIND_FAILED: "system id or password is wrong, or we may not bind",
    Status.ALREADY_BOUND: "there is a session of this system id already",
}


def _why_unbound(status: int) -> str:
    why = next((words for known, words in _UNBOUND.items() if known == status), "no reason given")
    return f"bind refused: {why} ({status:#x})"
