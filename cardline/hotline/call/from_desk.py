"""What the desk tells a call that is up: an agent said whom it is about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from cardline.core.ids import HolderId
from cardline.hotline.call.entry import learn_whom

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ClaimedByAgent:
    """The claim stands in the records; keys from now on are judged for this holder."""

    holder: HolderId | None

    async def carry_out(self, conversation: "Conversation") -> None:
        """Read it; what was proven stays with those for whom it was."""
        caller = conversation.caller
        caller.question = None
        if self.holder is None:
            caller.holder = None
        try:
            await learn_whom(conversation)
        except Exception:
            log.exception("a claim did not reach its call", call=conversation.call)
