"""What a holder sets: pages, statements, marketing, being left alone (rows A7, D2, D5)."""

from datetime import datetime

from cardline.cards.model import Holder
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind, Channel, Consent, Purpose
from cardline.portal import session_store as store
from cardline.portal.model import HolderSession, Preferences
from cardline.portal.sessions import actor_of

SOURCE = "portal"


async def preferences_of(tx: Transaction, *, holder: HolderId) -> Preferences:
    """Return what a holder has chosen, or what holds where nothing was."""
    return await store.preferences(tx, holder=holder) or Preferences()


async def choose(
    tx: Transaction, session: HolderSession, chosen: Preferences, *, at: datetime
) -> None:
    """Keep what the holder has chosen; unchanged choices are not journaled again."""
    holder = session.holder.id
    if await store.preferences(tx, holder=holder) == chosen:
        return
    await store.put_preferences(tx, chosen, holder=holder, at=at)
    body: JsonObject = {"language": chosen.language, "large": chosen.large}
    body |= {"delivery": chosen.delivery, "holder": holder}
    by = actor_of(holder)
    await journal(tx, stream=session.id, kind="portal.chosen", by=by, body=body, at=at)


async def marketing_consents(tx: Transaction, *, holder: Holder, at: datetime) -> list[Consent]:
    """Return the consents to marketing that hold now, with their date and source (row D2)."""
    return await outreach.consents_in_force(
        tx, holder=holder.id, phone=holder.phone, purpose=Purpose.MARKETING, at=at
    )


async def set_marketing(
    tx: Transaction,
    session: HolderSession,
    *,
    channel: Channel,
    wanted: bool,
    everywhere: bool,
    wording: str,
    at: datetime,
) -> None:
    """Give consent for one channel in so many words, or withdraw, at once.

    ``everywhere``: a withdrawal is for all channels, else for this one alone. ``wording``: what the
    holder read when agreeing; it is kept with the consent (PIPL 14). What is so already is not
    written again.
    """
    holder = session.holder.id
    held = await marketing_consents(tx, holder=session.holder, at=at)
    has = any(one.channel is channel for one in held)
    if wanted and not has:
        await outreach.give_consent(
            tx,
            holder=holder,
            purpose=Purpose.MARKETING,
            channel=channel,
            source=SOURCE,
            wording=wording,
            stream=session.id,
            by=actor_of(holder),
            at=at,
        )
    elif not wanted:
        await outreach.withdraw(
            tx,
            purpose=Purpose.MARKETING,
            channel=None if everywhere else channel,
            holder=holder,
            phone=session.holder.phone,
            source=SOURCE,
            stream=session.id,
            by=actor_of(holder),
            at=at,
        )


async def is_left_alone(tx: Transaction, *, holder: HolderId, at: datetime) -> bool:
    """True where only what protects the holder may reach them."""
    return await outreach.is_blocked(tx, holder=holder, kind=BlockKind.NO_CONTACT, at=at)


async def set_left_alone(
    tx: Transaction, session: HolderSession, *, wanted: bool, at: datetime
) -> None:
    """Let only what protects the holder reach them, or everything again; the gate obeys."""
    holder, by = session.holder.id, actor_of(session.holder.id)
    if wanted == await is_left_alone(tx, holder=holder, at=at):
        return
    kind = BlockKind.NO_CONTACT
    if wanted:
        await outreach.block(
            tx, kind=kind, holder=holder, phone=None, source=SOURCE, stream=session.id, by=by, at=at
        )
    else:
        await outreach.unblock(
            tx, kind=kind, holder=holder, phone=None, stream=session.id, by=by, at=at
        )
