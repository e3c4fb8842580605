"""Letters that leave: through the gate, numbered, printed, posted, and what comes back."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Holder, Language
from cardline.core.clock import SHANGHAI
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.letters.model import Addressee, Enclosure, LetterConfig, QueuedLetter
from cardline.messages.model import Values
from cardline.outreach.model import Purpose


def addressee_of(holder: Holder) -> Addressee | None:
    """Return the address that the bank has of a holder; ``None`` where it has none."""
    raise NotImplementedError


async def send_letter(
    tx: Transaction,
    *,
    config: LetterConfig,
    key: str,
    template: str,
    values: Values,
    holder: HolderId | None,
    to: Addressee,
    language: Language,
    stream: str,
    at: datetime,
    purpose: Purpose | None = None,
    zone: ZoneInfo = SHANGHAI,
    solicited: bool = False,
    wait: bool = False,
    registered: bool = False,
    enclosures: Sequence[Enclosure] = (),
) -> QueuedLetter:
    """Ask the gate, number a letter, and queue it for printing (rows A5, D1).

    As ``messages.actions.send_sms``: ``key`` makes a repeat harmless. ``registered``: it goes by
    registered post and is posted only with the number of its posting. The steps ``printed``,
    ``posted`` (with carrier, number and time: the proof of notice) and ``returned`` are told to
    ``config.outcomes`` under ``key`` and ``stream``. Without a ``holder`` only an answer
    (``solicited``) may leave.
    """
    raise NotImplementedError
