"""What a verdict rested on, as plain JSON: for its hash, and to judge it again (row D8).

Neither a number nor a name is in it: of the number only whether there is one, and what is known of
it. The same facts give the same bytes, whatever order they were read in.
"""

import hashlib
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject
from cardline.outreach.model import (
    NO_FACTS,
    NO_WISHES,
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    NumberFacts,
    Outcome,
    Past,
    Purpose,
    Recipient,
    Wishes,
    Withdrawal,
)

SOME_NUMBER = PhoneNumber("+")
"""Stands for the number of a contact that is judged again."""
_SOMEBODY = HolderId("somebody")


def facts_of(contact: Contact, recipient: Recipient, *, now: datetime) -> JsonObject:
    """Write down what a verdict rests on; what is empty is left out."""
    number, wishes = recipient.number, recipient.wishes
    facts: JsonObject = {
        "at": _text(now),
        "purpose": contact.purpose.value,
        "channel": contact.channel.value,
        "numbered": contact.to is not None,
        "solicited": contact.solicited,
        "campaign": contact.campaign,
        "agent_held": contact.agent_held,
        "known": recipient.known,
        "zone": recipient.zone.key,
        "consents": sorted(
            [one.purpose.value, one.channel.value, _text(one.since), _text(one.until), one.source]
            for one in recipient.consents
        ),
        "withdrawals": sorted(
            [one.purpose.value, _text(one.at), one.source, one.channel.value if one.channel else ""]
            for one in recipient.withdrawals
        ),
        "blocks": sorted(
            [one.kind.value, _text(one.since), _text(one.until)] for one in recipient.blocks
        ),
        "past": sorted(
            [
                one.purpose.value,
                _text(one.at),
                one.channel.value,
                one.outcome.value if one.outcome else "",
                one.here,
            ]
            for one in recipient.past
        ),
        "number_rejected": recipient.number_rejected,
    }
    if number != NO_FACTS:
        facts["number"] = [
            _text(one) for one in (number.known_since, number.confirmed_at, number.scrubbed_at)
        ]
    if wishes != NO_WISHES:
        facts["wishes"] = {
            "kinds_off": sorted(wishes.kinds_off),
            "channels_off": sorted(wishes.channels_off),
            "opens": wishes.opens.isoformat() if wishes.opens else "",
            "closes": wishes.closes.isoformat() if wishes.closes else "",
            "days_off": sorted(wishes.days_off),
            "most_week": wishes.most_week,
            "most_month": wishes.most_month,
            "paused_until": _text(wishes.paused_until),
            "campaigns_off": sorted(wishes.campaigns_off),
        }
    return {name: value for name, value in facts.items() if value not in (None, [], "", False)}


def fingerprint(facts: JsonObject) -> str:
    """Return SHA-256 over the facts in canonical JSON (keys sorted), in hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()


def judged_from(facts: JsonObject) -> tuple[Contact, Recipient, datetime]:
    """Return contact, recipient and time that were judged, ready to be judged again.

    Raises ``KeyError`` or ``ValueError`` for facts that are none.
    """
    contact = Contact(
        purpose=Purpose(facts["purpose"]),
        channel=Channel(facts["channel"]),
        to=SOME_NUMBER if facts.get("numbered") else None,
        holder=_SOMEBODY if facts.get("known") else None,
        solicited=bool(facts.get("solicited")),
        campaign=facts.get("campaign"),
        agent_held=bool(facts.get("agent_held")),
    )
    number = facts.get("number")
    recipient = Recipient(
        known=bool(facts.get("known")),
        zone=ZoneInfo(facts["zone"]),
        consents=tuple(
            Consent(Purpose(one[0]), Channel(one[1]), _time(one[2]), _maybe(one[3]), one[4])
            for one in facts.get("consents", ())
        ),
        withdrawals=tuple(
            Withdrawal(Purpose(one[0]), _time(one[1]), one[2], Channel(one[3]) if one[3] else None)
            for one in facts.get("withdrawals", ())
        ),
        blocks=tuple(
            Block(BlockKind(one[0]), _time(one[1]), _maybe(one[2]))
            for one in facts.get("blocks", ())
        ),
        past=tuple(
            Past(
                Purpose(one[0]),
                _time(one[1]),
                Channel(one[2]),
                Outcome(one[3]) if one[3] else None,
                bool(one[4]),
            )
            for one in facts.get("past", ())
        ),
        number=NumberFacts(*map(_maybe, number)) if number else NO_FACTS,
        wishes=_wishes(facts["wishes"]) if "wishes" in facts else NO_WISHES,
        number_rejected=bool(facts.get("number_rejected")),
    )
    return contact, recipient, _time(facts["at"])


def _wishes(written: dict[str, Any]) -> Wishes:
    return Wishes(
        kinds_off=frozenset(map(Purpose, written["kinds_off"])),
        channels_off=frozenset(map(Channel, written["channels_off"])),
        opens=time.fromisoformat(written["opens"]) if written["opens"] else None,
        closes=time.fromisoformat(written["closes"]) if written["closes"] else None,
        days_off=frozenset(written["days_off"]),
        most_week=written["most_week"],
        most_month=written["most_month"],
        paused_until=_maybe(written["paused_until"]),
        campaigns_off=frozenset(written["campaigns_off"]),
    )


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
