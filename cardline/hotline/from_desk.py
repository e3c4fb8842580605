"""What the desk asks of a call that is up: whom it is about, and that an agent leaves it."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from cardline.core.errors import Conflict
from cardline.core.ids import AgentId, HolderId
from cardline.core.transaction import Transaction
from cardline.hotline import requests

if TYPE_CHECKING:
    from cardline.hotline.conversation import Conversation

log = structlog.get_logger()

ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ClaimedByAgent:
    """An agent said whom the call is about: keys from now on are judged for this holder."""

    holder: HolderId | None

    async def carry_out(self, conversation: "Conversation") -> None:
        """Put the claim in; what was proven stays with those for whom it was."""
        caller = conversation.caller

        async def work(tx: Transaction) -> None:
            holder = None
            if self.holder is not None:
                holder = await conversation.services.bank.holder(tx, holder_id=self.holder)
            caller.holder = holder
            caller.proofs = caller.proofs.claiming(self.holder)
            caller.question = None

        try:
            await conversation.services.database.run(work)
            await conversation.save()
        except Exception:
            log.exception("a claim did not reach its call", call=conversation.call)


async def leave(conversation: "Conversation", agent: AgentId) -> None:
    """End an agent's part of a call. Raises ``Conflict`` where he is not in it, or it is deaf."""
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    conversation.post(requests.Leave(agent=agent, answer=answer))
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await answer
    except TimeoutError:
        raise Conflict("the call does not answer; try again") from None
