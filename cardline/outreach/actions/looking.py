"""All that stands for and against contacts with somebody, for whoever talks with them (row D5)."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.outreach.actions.passing import recipient_of
from cardline.outreach.model import (
    NO_WISHES,
    Block,
    Channel,
    Consent,
    Contact,
    ContactPolicy,
    ContactRecord,
    Purpose,
    Recipient,
    Rejected,
    Wishes,
    Withdrawal,
)
from cardline.outreach.rules import may_contact
from cardline.outreach.store import contacts, wishes

_NUMBERED = frozenset({Channel.CALL, Channel.SMS})
_NO_KEY = "look"
"""No contact has it: nothing is left out of what counts."""


@dataclass(frozen=True, slots=True)
class Way:
    """What the gate would say now about one purpose by one channel."""

    purpose: Purpose
    channel: Channel
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Permissions:
    """What was decided about contacts with a holder or a bare number, and what follows from it.

    ``consents`` and ``blocks`` are those in force; ``withdrawals`` newest first.
    """

    consents: tuple[Consent, ...]
    withdrawals: tuple[Withdrawal, ...]
    blocks: tuple[Block, ...]
    wishes: Wishes
    rejected: tuple[Rejected, ...]
    ways: tuple[Way, ...]
    recent: tuple[ContactRecord, ...]


async def permissions_of(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    policy: ContactPolicy,
    at: datetime,
    zone: ZoneInfo | None = None,
    most: int = 10,
) -> Permissions:
    """Read it whole; no place is taken and nothing is written.

    A channel to which nothing leads (a call without a number, a letter without a holder) has no
    way. ``most``: contacts of late, those that the gate refused among them.
    """

    zone = zone or home().zone

    async def recipient(channel: Channel, to: PhoneNumber | None) -> Recipient:
        contact = Contact(Purpose.SERVICE, channel, to, holder)
        return await recipient_of(tx, contact, key=_NO_KEY, policy=policy, at=at, zone=zone)

    numbered = await recipient(Channel.CALL, phone) if phone else None
    other = await recipient(Channel.LETTER, None) if holder else None
    known = numbered or other
    ways = [
        _way(purpose, channel, recipient, holder, phone, policy, at)
        for channel in Channel
        for recipient in [numbered if channel in _NUMBERED else other]
        if recipient is not None
        for purpose in Purpose
    ]
    return Permissions(
        consents=tuple(
            one
            for one in (known.consents if known else ())
            if one.since <= at and (one.until is None or one.until > at)
        ),
        withdrawals=tuple(reversed(known.withdrawals)) if known else (),
        blocks=tuple(
            one
            for one in (known.blocks if known else ())
            if one.since <= at and (one.until is None or one.until > at)
        ),
        wishes=known.wishes if known else NO_WISHES,
        rejected=tuple(await wishes.rejected(tx, holder=holder)) if holder else (),
        ways=tuple(ways),
        recent=tuple(await contacts.records(tx, holder=holder, limit=most)) if holder else (),
    )


def _way(
    purpose: Purpose,
    channel: Channel,
    recipient: Recipient,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    policy: ContactPolicy,
    at: datetime,
) -> Way:
    to = phone if channel in _NUMBERED else None
    # As an agent dials: somebody is there for whoever answers.
    contact = Contact(purpose, channel, to, holder, agent_held=channel is Channel.CALL)
    return Way(purpose, channel, may_contact(contact, recipient, policy, now=at))
