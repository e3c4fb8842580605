"""What is known of every part of every message that went to the centre, and of every receipt.

Written before a part leaves and after its answer: whoever dies in between leaves a part of which
nobody knows whether it was taken, and the next one sees that instead of sending it twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Literal

import structlog

from cardline.adapters.smpp import store
from cardline.adapters.smpp.receipts import Receipt, same_id
from cardline.core.clock import Clock
from cardline.core.ids import new_id
from cardline.core.transaction import Database, Transaction

log = structlog.get_logger()

Begun = Literal["go", "taken", "busy", "lost"]
"""Send it; it was taken before; somebody is sending it just now; nobody knows what became of it."""

BUSY = timedelta(seconds=30)
"""After so long a part without an answer is nobody's: its sender gave up or died."""
SAME = timedelta(minutes=5)
"""A text equal to one that came in so short a time before is the same, delivered again."""
KEPT = timedelta(days=30)
"""How long parts and receipts are kept: longer than any centre tries."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a whole message, every part of it: ``error`` is the network's code."""

    key: str
    delivered: bool
    error: str


Tell = Callable[[Transaction, Delivery], Awaitable[bool]]
"""Told in the transaction that settles it; false: not yet, tell it again."""


class Book:
    """The parts and receipts of one installation, shared by all its nodes."""

    def __init__(self, database: Database, *, secret: bytes, clock: Clock) -> None:
        """``secret``: 32 bytes that keep what people texted from being guessed out of its mark."""
        self._database = database
        self._secret = secret
        self._clock = clock

    async def begin(self, key: str, part: int, *, of: int) -> Begun:
        """Write that a part is about to leave, where it may."""
        at = self._clock()
        async with self._database.transaction() as tx:
            if await store.begin(tx, key=key, part=part, of=of, at=at):
                return "go"
            known = await store.state_of(tx, key=key, part=part)
            if known is None:
                return "busy"  # taken back between the two statements: the next try sends it
            state, since = known
            if state == "sending" and at - since < BUSY:
                return "busy"
            if state == "sending":
                await store.set_lost(tx, key=key, part=part)
            return "taken" if state == "taken" else "lost"

    async def not_taken(self, key: str, part: int) -> None:
        """Write that a part certainly was not taken: it may leave again."""
        async with self._database.transaction() as tx:
            await store.forget(tx, key=key, part=part)

    async def lost(self, key: str, part: int) -> None:
        """Write that nobody knows whether a part was taken."""
        async with self._database.transaction() as tx:
            await store.set_lost(tx, key=key, part=part)

    async def taken(self, key: str, part: int, *, message_id: str) -> None:
        """Write under which id a part was taken."""
        async with self._database.transaction() as tx:
            await store.set_taken(tx, key=key, part=part, message_id=same_id(message_id))

    async def whole(self, key: str) -> str | None:
        """Return the id of the first part where every part was taken, else ``None``."""
        async with self._database.transaction() as tx:
            return await store.whole(tx, key=key)

    async def receipt(self, receipt: Receipt) -> None:
        """Keep a receipt, of whatever message; it may come before the answer of its own."""
        async with self._database.transaction() as tx:
            await store.add_receipt(
                tx,
                message_id=receipt.message_id,
                delivered=receipt.fate == "delivered",
                error=receipt.error,
                at=self._clock(),
            )

    async def settle(self, tell: Tell) -> int:
        """Tell what became of messages of which all is known by now; returns of how many.

        Each in a transaction of its own: one that cannot be told does not hold up the others.
        """
        at = self._clock()
        async with self._database.transaction() as tx:
            await store.match(tx)
            await store.drop_old(tx, before=at - KEPT, heard_before=at - SAME)
            decided = await store.decided(tx)
        told = 0
        for key, delivered, error in decided:
            try:
                async with self._database.transaction() as tx:
                    if await tell(tx, Delivery(key, delivered, error)):
                        await store.set_settled(tx, key=key, at=at)
                        told += 1
            except Exception as fault:
                log.error("a receipt could not be written down", fault=type(fault).__name__)
        return told

    async def name(self, *marks: bytes) -> str:
        """Return the id of a text that came in: the same one where the same came just before.

        SMPP gives a text no id, and a centre that did not hear our answer delivers it again.
        """
        digest = blake2b(key=self._secret, digest_size=16)
        for mark in marks:
            digest.update(len(mark).to_bytes(4, "big") + mark)
        at = self._clock()
        async with self._database.transaction() as tx:
            return await store.heard(
                tx, mark=digest.hexdigest(), message=new_id("smpp-"), at=at, since=at - SAME
            )
