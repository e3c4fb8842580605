"""The answer to a text that asks whether a call or message was ours (rows E1, E2).

It goes back to the number that asks: whoever forges the sender of a text does not read it.
"""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.model import Holder
from cardline.core.actor import Actor
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.messages.model import SmsConfig, Values
from cardline.trust import actions as trust
from cardline.trust.model import Answer, ByNumber, Claim, OfficialKind


@dataclass(frozen=True, slots=True)
class Reply:
    """Which message answers, and what fills it in."""

    template: str
    values: Values


async def verified(
    tx: Transaction,
    *,
    number: str,
    asked_from: PhoneNumber,
    holder: Holder | None,
    config: SmsConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Reply:
    """Say whether a number is ours and whether it was us, or what we sent of late.

    Nothing here depends on who is a customer: only on what went to the number that asks.
    """
    asker = ByNumber(asked_from, holder.id if holder else None)
    since = at - config.trust.policy.recent
    recent = await trust.contacts_of(tx, asker, since=since)
    hours = int(config.trust.policy.recent.total_seconds() // 3600)
    if number:
        found = await trust.check_official(
            tx, OfficialKind.NUMBER, number, config=config.trust, at=at
        )
        claim = Claim(number=number)
        checked = await trust.check_contact(
            tx, claim, asker, config=config.trust, at=at, stream=stream, by=by
        )
        last = checked.proof
        if last is not None and last.at >= since and not last.solicited:
            return Reply(f"verify_was_{_way(last.channel)}", {"when": last.at})
        word = {Answer.YES: "ours", Answer.NO: "not_ours"}.get(found.answer, "unclear")
        return Reply(f"verify_number_{word}", {"number": number})
    await trust.journal_told(tx, recent[:1], stream=stream, by=by, at=at)
    if not recent:
        return Reply("verify_nothing", {"hours": hours})
    last = recent[0]
    return Reply(f"verify_was_{_way(last.channel)}", {"when": last.at})


def _way(channel: str) -> str:
    return "call" if channel == "call" else "message"
