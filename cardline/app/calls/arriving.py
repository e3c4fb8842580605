"""Calls that ring: written down, recognised where the number is believed, answered (row A1)."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from cardline.app.calls.opening import new_interaction
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.networks import is_inside
from cardline.core.phone import PhoneNumber, parse_phone
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.services import Services
from cardline.identity import actions as identity
from cardline.identity.model import Proofs, subject_of
from cardline.ports.line.commands import Answer, Refuse
from cardline.ports.line.events import Event, Incoming
from cardline.trust import caller_identity

if TYPE_CHECKING:
    from cardline.app.calls.registry import Calls

log = structlog.get_logger()

OPEN_SECONDS = 8.0


class Arriving:
    """New calls of a node until somebody serves them."""

    def __init__(self, calls: "Calls") -> None:
        self._calls = calls
        self._early: dict[str, list[Event]] = {}

    @property
    def _services(self) -> Services:
        return self._calls.services

    def waits(self, call: str) -> bool:
        """True for a call that is not yet served."""
        return call in self._early

    def keep(self, event: Event) -> None:
        """Keep what happens to a call before it is served."""
        self._early[event.call].append(event)

    async def incoming(self, event: Incoming) -> None:
        """Open a call that rings, and answer it; a fault refuses it."""
        if self._calls.is_known(event.call):
            return
        self._early[event.call] = []
        conversation: Conversation | None = None
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                conversation = await self._open(event)
        except Exception:
            log.exception("a call cannot be opened; the trunk may try elsewhere", call=event.call)
            await self._services.line.send(Refuse(call=event.call, status=503))
        finally:
            early = self._early.pop(event.call, [])
        if conversation is None:
            return
        self._calls.start(conversation)
        for later in early:
            conversation.post(later)
        await self._services.line.send(Answer(call=event.call))

    async def _open(self, event: Incoming) -> Conversation | None:
        at = datetime.fromtimestamp(event.at, UTC)
        number = parse_phone(event.from_user)
        trusted = number if self._trusted(event.source) else None
        shown = number or event.from_user
        caller = Caller(InteractionId(new_id("i")), number, shown, line_user=event.from_user)
        judge = self._services.caller_identity
        signed = (
            judge.judge(
                event.identity,
                caller=event.from_user,
                called=event.to_user,
                at=at,
                date=event.date,
            )
            if judge and event.identity
            else None
        )

        async def work(tx: Transaction) -> bool:
            caller.proofs = Proofs(caller=trusted)
            if trusted:
                caller.holder = await self._services.bank.holder_by_phone(tx, phone=trusted)
            opened = await desk.open_interaction(
                tx,
                new_interaction(
                    caller,
                    CallId(event.call),
                    door="phone",
                    to_number=event.to_user,
                    line=self._calls.line,
                    flow=self._services.flow,
                    at=at,
                ),
                source=event.source,
            )
            if not opened:
                earlier = await desk.find_by_call(tx, event.call)
                if earlier is None or earlier.closed_at or earlier.answered_at:
                    return False
                # We were away while it rang: the line tells it again, and it goes on here.
                caller.interaction = earlier.id
            if signed is not None:
                await caller_identity.keep_verdict(tx, caller.interaction, signed, at=at)
            if trusted:
                await self._recognise(tx, caller, trusted, at)
                await desk.save_proofs(tx, caller.interaction, caller.proofs)
            return True

        if not await self._services.database.run(work):
            return None  # the line told us twice
        return Conversation(self._services, caller=caller, call=CallId(event.call))

    async def _recognise(
        self, tx: Transaction, caller: Caller, number: PhoneNumber, at: datetime
    ) -> None:
        holder = caller.holder or await self._services.bank.holder_by_phone(tx, phone=number)
        if holder is None:
            return
        caller.holder = holder
        caller.proofs = caller.proofs.claiming(holder.id)
        cards = await self._services.bank.cards_of(tx, holder_id=holder.id)
        proof = await identity.prove_number(
            tx,
            subject=subject_of(holder, cards),
            caller=number,
            config=self._services.identity,
            stream=caller.interaction,
            by=caller.actor,
            at=at,
        )
        caller.proofs = caller.proofs.with_proof(proof)

    def _trusted(self, source: str) -> bool:
        return is_inside(source.rpartition(":")[0], self._calls.settings.trusted_networks)
