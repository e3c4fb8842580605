"""The bank's side of a call that it makes: the agent who is held for it, and its end (row D4)."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from cardline.core.ids import AgentId, LegId, new_id
from cardline.core.transaction import Transaction
from cardline.hotline.flows.model import QueueClosed
from cardline.outreach.campaigns import dialling
from cardline.outreach.campaigns.model import Outcome
from cardline.outreach.campaigns.rules.states import outcome_of
from cardline.routing import actions as routing

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation


class Outward:
    """What a conversation does besides where the bank has called; nothing for any other."""

    def __init__(self, conversation: "Conversation") -> None:
        self._call = conversation
        self._ringing = False
        self._connected = False
        self.taken_back = False
        """We have hung up while it rang."""
        self.status = 0
        """What the network said where nobody answered (SIP)."""

    async def to_agent(self) -> bool:
        """Ring the agent who is held; False where this call waits in the queue like any other.

        Nobody who was called waits in a queue for the bank: where the agent does not come the safe
        message is played, and the call counts as abandoned. Who has talked already is a caller.
        """
        call, errand = self._call, self._call.caller.errand
        if errand is None or self._connected:
            return False
        if errand.agent is not None and not self._ringing:
            self._ringing = True
            # A leg of its own each time: what comes late of the one before is nobody's any more.
            leg = LegId(new_id("l"))
            await call.talking.dial_promised(leg, agent=errand.agent, phone=errand.phone)
            return True
        at = call.now()

        async def work(tx: Transaction) -> None:
            await dialling.note_answered(tx, errand, abandoned=True, at=at)

        await call.services.database.run(work)
        await call.apply(QueueClosed())
        return True

    async def left(self) -> bool:
        """The person went elsewhere before the agent was there; False where this is no such call.

        The agent stays held and may be rung again: a phone that we stop ringing has refused nobody.
        """
        call = self._call
        if call.caller.errand is None or self._connected:
            return False
        self._ringing = False
        for leg in call.parties.ringing():
            leg.presence = "gone"
            await call.talking.hang_up(leg)
        return True

    async def connected(self, tx: Transaction, *, at: datetime) -> None:
        """Person and agent hear each other."""
        errand = self._call.caller.errand
        if errand is not None:
            self._connected = True
            await dialling.note_connected(tx, errand, at=at)

    async def over(
        self,
        tx: Transaction,
        *,
        cause: str,
        answered: bool,
        agents: Collection[AgentId],
        at: datetime,
    ) -> None:
        """The call is over: let the agent go who was held in vain, and write how it ended."""
        call, errand = self._call, self._call.caller.errand
        if errand is None:
            return
        await dialling.attempt_over(
            tx,
            errand,
            outcome=self._outcome(cause, answered=answered),
            policy=call.services.campaigns,
            at=at,
        )
        if errand.agent is not None and errand.agent not in agents:
            await routing.end_talk(
                tx,
                interaction=call.routed,
                agent=errand.agent,
                policy=call.services.routing,
                cause="failed",
                at=at,
            )

    def _outcome(self, cause: str, *, answered: bool) -> Outcome:
        if answered:
            return Outcome.HUNG_UP
        if self.taken_back:
            return Outcome.CANCELLED
        return Outcome.FAILED if cause == "line-failed" else outcome_of(self.status)
