"""A caller in the queue: entering, hearing the place, leaving (row A3)."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from cardline.cards.model import Language
from cardline.core.transaction import Transaction
from cardline.hotline.call.inputs import PlaceDue, QueueAgain
from cardline.hotline.flows.model import PlaceTold, QueueClosed
from cardline.routing import actions as routing

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

log = structlog.get_logger()

FIRST_PLACE_SECONDS = 4.0
RETRY_SECONDS = 3.0
FALLBACK_LANGUAGE: Language = "zh"


class Waiting:
    """The queue side of one conversation."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self._stay = 0
        self._called_back = False

    async def enter(self, matter: str, *, urgent: bool) -> None:
        """Wait for a person; a call-back that was promised has its agent already."""
        call = self._call
        self._stay += 1
        call.matter = matter
        if call.callback and not self._called_back:
            self._called_back = True
            promised = call.callback
            await call.talking.dial_promised(
                promised.leg, agent=promised.agent, phone=promised.phone
            )
            return
        if await call.outward.to_agent():
            return
        at = call.now()
        language = call.caller.spoken_language

        async def work(tx: Transaction) -> bool:
            waiter = await routing.enter_queue(
                tx,
                interaction=call.routed,
                call=call.call,
                matter=matter,
                language=language,
                urgent=urgent,
                caller_number=call.caller.shown_number,
                policy=call.services.routing,
                at=at,
            )
            closed = await routing.is_closed(
                tx,
                queue=waiter.queue,
                language=waiter.language,
                policy=call.services.routing,
                at=at,
            )
            if closed and urgent and language != FALLBACK_LANGUAGE:
                # Somebody who reports a theft is not left alone for want of the language.
                closed = await self._enter_again(tx, matter, at)
            if closed:
                await routing.leave_queue(tx, interaction=call.routed, outcome="message", at=at)
            await call.keeping.save(tx, call.state, at=at)
            return closed

        try:
            closed = await call.services.database.run(work)
        except Exception:
            log.exception("a caller could not be queued; trying again", call=call.call)
            call.later(RETRY_SECONDS, QueueAgain(matter, urgent, self._stay))
            return
        if closed:
            await call.apply(QueueClosed())
        else:
            call.later(FIRST_PLACE_SECONDS, PlaceDue(self._stay))

    async def _enter_again(self, tx: Transaction, matter: str, at: datetime) -> bool:
        call = self._call
        policy = call.services.routing
        await routing.enter_queue(
            tx,
            interaction=call.routed,
            call=call.call,
            matter=matter,
            language=FALLBACK_LANGUAGE,
            urgent=True,
            caller_number=call.caller.shown_number,
            policy=policy,
            at=at,
        )
        state = await routing.queue_state(tx, policy=policy, interaction=call.routed, at=at)
        return state is not None and state.closed

    async def again(self, due: QueueAgain) -> None:
        """Try once more to queue a caller who could not be queued."""
        if due.stay == self._stay and self._call.state.phase == "queue":
            await self.enter(due.matter, urgent=due.urgent)

    async def place_due(self, due: PlaceDue) -> None:
        """Tell the place if the caller still waits in the same stay; and then again."""
        call = self._call
        if due.stay != self._stay or call.state.phase != "queue":
            return
        call.later(call.services.routing.announce_every.total_seconds(), PlaceDue(self._stay))
        await self.tell_place()

    async def tell_place(self) -> None:
        """Say how many are ahead and how long it will take."""
        call = self._call
        at = call.now()

        async def work(tx: Transaction) -> PlaceTold | None:
            state = await routing.queue_state(
                tx, policy=call.services.routing, interaction=call.routed, at=at
            )
            if state is None or state.place is None:
                return None
            minutes = state.estimate.minutes if state.estimate else None
            possible = bool(call.services.trunk) and call.caller.number is not None
            return PlaceTold(state.place - 1, minutes, callback=possible)

        told = await call.services.database.run(work)
        if told and not call.parties.ringing():
            await call.apply(told)

    async def leave(self) -> None:
        """The caller chose something else; routing keeps the place for this interaction."""
        call = self._call
        self._stay += 1
        if await call.outward.left():
            return
        for leg in call.parties.ringing():
            await call.talking.hang_up(leg)
        if call.asks_callback:
            return  # the promise takes over the place; leaving the queue would lose it
        at = call.now()

        async def work(tx: Transaction) -> None:
            await routing.leave_queue(tx, interaction=call.routed, outcome="transferred", at=at)
            await call.keeping.save(tx, call.state, at=at)

        await call.services.database.run(work)
