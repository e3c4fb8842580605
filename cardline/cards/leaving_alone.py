"""What an agent does so that somebody is left alone: stops marketing, marks who needs care (D2)."""

from dataclasses import dataclass

from cardline.cards.serving import NobodyClaimed, Serving, claimant, talks
from cardline.core.errors import Invalid
from cardline.core.home import home
from cardline.core.phone import parse_phone
from cardline.core.transaction import Transaction
from cardline.messages.actions import send_sms
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind

_SOURCE = "agent"


@dataclass(frozen=True, slots=True)
class Stopped:
    """``already``: it had been stopped before, nothing was written and nobody was told again."""

    already: bool
    told: bool


async def stop_marketing(tx: Transaction, serving: Serving) -> Stopped:
    """Withdraw from marketing for whoever the agent talks with; proves nothing, works at once.

    For the holder who is claimed and the number that calls, or for the bare number. It is confirmed
    once, by SMS. Raises ``Invalid`` where neither holder nor number is known.
    """
    await talks(tx, serving)
    try:
        holder = (await claimant(tx, serving)).holder
    except NobodyClaimed:
        holder = None
    number = parse_phone(serving.interaction.from_number)
    if holder is None and number is None:
        raise Invalid("say first whom this is about: neither holder nor number is known")
    new = await outreach.stop_marketing(
        tx,
        holder=holder.id if holder else None,
        phone=number or (holder.phone if holder else None),
        source=_SOURCE,
        stream=serving.stream,
        by=serving.by,
        at=serving.at,
    )
    to = holder.phone if holder else number
    if not new or to is None:
        return Stopped(already=not new, told=False)
    queued = await send_sms(
        tx,
        config=serving.identity.sms,
        holder=holder.id if holder else None,
        to=to,
        template="marketing_stopped",
        values={},
        language=holder.language if holder else home().language,
        key=f"{serving.stream}/marketing-stopped",
        stream=serving.stream,
        at=serving.at,
        solicited=True,
    )
    return Stopped(already=False, told=queued.verdict.allowed)


async def mark_vulnerable(tx: Transaction, serving: Serving, *, wanted: bool) -> bool:
    """Mark that the claimed holder needs care, or take the mark away; false where it is so already.

    Why is not written: the mark says only that nobody sells to them or presses them.
    """
    await talks(tx, serving)
    holder = (await claimant(tx, serving)).holder
    kind = BlockKind.VULNERABLE
    stands = await outreach.is_blocked(tx, holder=holder.id, kind=kind, at=serving.at)
    if stands is wanted:
        return False
    if wanted:
        await outreach.block(
            tx,
            kind=kind,
            holder=holder.id,
            phone=None,
            source=_SOURCE,
            stream=serving.stream,
            by=serving.by,
            at=serving.at,
        )
    else:
        await outreach.unblock(
            tx,
            kind=kind,
            holder=holder.id,
            phone=None,
            stream=serving.stream,
            by=serving.by,
            at=serving.at,
        )
    return True
