"""Key 6, was that really you: what we sent to this number, and whose a number is (rows E1, E2)."""

from zoneinfo import ZoneInfo

from cardline.core.home import home
from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.model import Done, Utterance
from cardline.trust import actions as trust
from cardline.trust.model import Answer, ByNumber, OfficialKind, Proof

_TOLD = 2
"""Contacts that are told; who wants more asks a person or looks at their own pages."""

_OUTCOMES = {Answer.YES: "ours", Answer.NO: "not_ours", Answer.CANNOT_TELL: "unclear"}


async def recent_contacts(acting: Acting) -> Done:
    """Tell what went to the number that calls; ``unknown`` where that number is not believed.

    Nothing but time, way and staff number: whoever has this telephone in hand may listen.
    """
    caller, at = acting.caller, acting.at
    number = caller.proofs.caller
    if number is None:
        return Done("unknown", lines=(Utterance("verify_hidden"),))
    config = acting.services.identity.sms.trust
    holder = await acting.services.bank.holder_by_phone(acting.tx, phone=number)
    asker = ByNumber(number, holder.id if holder else None)
    found = await trust.contacts_of(acting.tx, asker, since=at - config.policy.recent)
    await trust.journal_told(
        acting.tx, found[:_TOLD], stream=caller.interaction, by=caller.actor, at=at
    )
    if not found:
        hours = int(config.policy.recent.total_seconds() // 3600)
        return Done("none", lines=(Utterance("verify_none", {"hours": hours}),))
    zone = ZoneInfo(holder.zone) if holder else home().zone
    lines = [line for one in found[:_TOLD] for line in _told(one, zone)]
    return Done("told", lines=tuple(lines))


async def check_number(acting: Acting) -> Done:
    """Tell whether a number that was keyed in is the bank's."""
    keyed = acting.do.collected["claimed_number"]
    found = await trust.check_official(
        acting.tx,
        OfficialKind.NUMBER,
        keyed,
        config=acting.services.identity.sms.trust,
        at=acting.at,
    )
    outcome = _OUTCOMES[found.answer]
    return Done(outcome, lines=(Utterance(f"number_{outcome}", {"number": keyed}),))


def _told(proof: Proof, zone: ZoneInfo) -> list[Utterance]:
    local = proof.at.astimezone(zone)
    way = "verify_called" if proof.channel == "call" else "verify_written"
    moment = local.time().replace(second=0, microsecond=0, tzinfo=None)
    lines = [Utterance(way, {"day": local.date(), "at": moment})]
    if proof.staff is not None and proof.staff.number.isdecimal():
        lines.append(Utterance("verify_staff", {"number": proof.staff.number}))
    return lines
