"""E-mail that leaves: through the gate into the outbox, and on to the relay."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.clock import SHANGHAI
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.messages.arrivals import Box
from cardline.messages.mail.model import Attachment, MailConfig
from cardline.messages.model import Queued, Values
from cardline.outreach.model import Purpose
from cardline.trust.model import StaffShown


async def send_mail(
    tx: Transaction,
    *,
    config: MailConfig,
    key: str,
    template: str,
    values: Values,
    holder: HolderId | None,
    to: str,
    language: Language,
    stream: str,
    at: datetime,
    purpose: Purpose | None = None,
    zone: ZoneInfo = SHANGHAI,
    solicited: bool = False,
    wait: bool = False,
    lapses_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    box: Box = "general",
    answers: str | None = None,
    staff: StaffShown | None = None,
) -> Queued:
    """Ask the gate and write an e-mail into the outbox; it leaves after the commit (rows A5, D1).

    As ``messages.actions.send_sms``: ``key`` makes a repeat harmless, ``wait`` queues for later
    what the gate lets pass later, ``solicited`` answers what the person has asked. Without a
    ``holder`` only such an answer may leave. ``box``: whose address stands in From. ``answers``:
    id of the e-mail that came in and is answered. ``attachments`` are files that are kept. What
    becomes of it is told to ``config.outcomes`` under ``key`` and ``stream``. Reasons beside the
    gate's: ``address-bad`` (what was sent there came back), ``address-unfit`` (no address).
    """
    raise NotImplementedError
