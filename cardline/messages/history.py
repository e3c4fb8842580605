"""What was texted to a holder, and by them (rows A7, D5)."""

from collections.abc import Sequence
from typing import Any

from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import Transaction
from cardline.messages import history_store
from cardline.messages.chat import message_store
from cardline.messages.chat.model import ChatMessage
from cardline.messages.letters import scan_store
from cardline.messages.letters import store as letter_store
from cardline.messages.letters.model import Letter, ScannedLetter
from cardline.messages.mail import inbound_store as mail_in_store
from cardline.messages.mail import store as mail_store
from cardline.messages.mail.model import InMail, SentMail
from cardline.messages.model import ReceivedText, SentText


async def texts_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentText]:
    """Return the short messages to a holder, newest first; secrets are masked for good."""
    return await history_store.sent(tx, holder=holder, limit=limit)


async def texts_from(tx: Transaction, *, holder: HolderId, limit: int) -> list[ReceivedText]:
    """Return the texts of a holder that were answered to them, newest first."""
    return await history_store.received(tx, holder=holder, limit=limit)


async def words_of_chat(tx: Transaction, chat: str) -> list[ChatMessage]:
    """Return what was written in a chat, in order, without notes between agents.

    Whoever calls has looked whose chat it is.
    """
    return await message_store.after(tx, InteractionId(chat), 0, staff=False)


async def mails_to(tx: Transaction, *, holder: HolderId, limit: int) -> list[SentMail]:
    """Return the e-mails to a holder, newest first; secrets are masked for good."""
    return await mail_store.sent_to(tx, holder=holder, limit=limit)


async def letters_to(
    tx: Transaction, *, holder: HolderId, limit: int
) -> list[tuple[Letter, dict[str, Any]]]:
    """Return the letters to a holder with what they say, newest first."""
    return await letter_store.of_holder(tx, holder=holder, limit=limit)


async def mails_in(tx: Transaction, interactions: Sequence[str]) -> dict[str, list[InMail]]:
    """Return what came by e-mail within interactions, oldest first; whoever calls knows whose."""
    found: dict[str, list[InMail]] = {}
    for mail in await mail_in_store.of_interactions(tx, interactions):
        found.setdefault(str(mail.interaction), []).append(mail)
    return found


async def scans_in(tx: Transaction, interactions: Sequence[str]) -> dict[str, ScannedLetter]:
    """Return the scanned letters that are these interactions; whoever calls knows whose."""
    return {str(one.interaction): one for one in await scan_store.of_interactions(tx, interactions)}
