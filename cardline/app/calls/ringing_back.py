"""Calls that somebody has asked for (row A3)."""

from typing import TYPE_CHECKING

import structlog

from cardline.app.calls.opening import new_interaction
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.phone import PhoneNumber, national
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call import outside
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.ringing_back import take_callback
from cardline.hotline.services import Services
from cardline.identity.model import Proofs
from cardline.ports.line.commands import Place
from cardline.routing import actions as routing
from cardline.routing.model import Offer
from cardline.trust import actions as trust

if TYPE_CHECKING:
    from cardline.app.calls.registry import Calls

log = structlog.get_logger()

RING_SECONDS = 30.0


class RingingBack:
    """Call-backs of a node."""

    def __init__(self, calls: "Calls") -> None:
        self._calls = calls

    @property
    def _services(self) -> Services:
        return self._calls.services

    async def call(self, offer: Offer) -> None:
        """Call whoever asked for it, where the gate still lets us."""
        if not self._calls.settings.trunk:
            log.error("a call-back is due, but no trunk is set", interaction=offer.interaction)
            await self._give_up(offer)
            return
        number = PhoneNumber(offer.number)
        caller = Caller(
            InteractionId(new_id("i")), number, number, line_user=self._services.shown_number
        )
        call = CallId(new_id("c"))
        at = self._services.clock()

        async def work(tx: Transaction) -> str:
            earlier = await desk.find(tx, offer.interaction)
            outcome = await take_callback(tx, self._services, offer, call, earlier, at=at)
            if outcome != "rings":
                return outcome
            interaction = new_interaction(
                caller,
                call,
                door="callback",
                to_number=self._services.shown_number,
                line=self._calls.line,
                flow=self._services.flow,
                at=at,
                continues=offer.interaction,
            )
            await desk.open_interaction(tx, interaction, source="call-back")
            if earlier:
                caller.language = earlier.language
                if earlier.holder_id:
                    caller.holder = await self._services.bank.holder(
                        tx, holder_id=earlier.holder_id
                    )
                    # Whoever picks up may be another: what was proven then is not proven now.
                    caller.proofs = Proofs(claimed=earlier.holder_id, caller=number)
            await trust.leave_proof(
                tx,
                key=trust.call_key(call),
                channel="call",
                to=number,
                holder=caller.holder.id if caller.holder else None,
                purpose="service",
                shown_number=self._services.shown_number,
                staff=await outside.shown_staff(tx, offer.agent),
                at=at,
                stream=caller.interaction,
            )
            return outcome

        outcome = await self._services.database.run(work)
        if outcome == "refused":
            log.warning("a call-back may not be made", interaction=offer.interaction)
            await self._give_up(offer)
        if outcome != "rings":
            return
        conversation = Conversation(self._services, caller=caller, call=call, callback=offer)
        self._calls.start(conversation)
        await self._services.line.send(
            Place(
                call=call,
                target=self._calls.settings.trunk.replace("{number}", national(number)),
                from_user=self._services.shown_number,
                ring_seconds=RING_SECONDS,
                headers=outside.signature(
                    self._services, to=number, purpose="callback", call=conversation
                ),
            )
        )

    async def _give_up(self, offer: Offer) -> None:
        at = self._services.clock()

        async def work(tx: Transaction) -> None:
            await routing.leave_queue(tx, interaction=offer.interaction, outcome="message", at=at)

        await self._services.database.run(work)
