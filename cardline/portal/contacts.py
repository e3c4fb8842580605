"""Every contact of a holder, whatever the door, found, told and searched (rows A5, A7, D5)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.desk.interactions import history as interactions
from cardline.desk.interactions.model import Interaction, Recording
from cardline.evidence.actions import journal, read_streams
from cardline.messages import history as texts_history
from cardline.messages.chat.model import ChatMessage
from cardline.messages.model import ReceivedText, SentText
from cardline.portal import writing
from cardline.portal.by_post import posted_in, posted_to
from cardline.portal.model import Contact, HolderSession, Look, Told, Wanted
from cardline.portal.sessions import actor_of
from cardline.portal.telling import about_in, agents_in, looks_in, story_of
from cardline.portal.texts import Texts

_TALKS = ("phone", "callback", "campaign", "chat", "message", "email", "letter", "app")
_DOORS = {
    "calls": ("phone", "callback", "campaign"),
    "texts": ("sms-out", "sms-in"),
    "emails": ("email", "email-out"),
    "letters": ("letter", "letter-out"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was looked for."""

    contacts: tuple[Contact, ...]
    total: int
    page: int
    pages: int
    years: tuple[int, ...]
    """Years in which there were contacts, newest first: the choice of the filter."""


async def find_contacts(
    tx: Transaction,
    *,
    holder: HolderId,
    wanted: Wanted,
    zone: ZoneInfo,
    texts: Texts,
    language: Language,
    each: int,
    most: int,
) -> Found:
    """Return one page of the contacts that fit, newest first.

    A text is looked for in everything that the holder can read of a contact, whatever its case;
    several words must all be there.
    """
    heads = await _heads(tx, holder=holder, most=most)
    years = tuple(sorted({one.at.astimezone(zone).year for one in heads}, reverse=True))
    fitting = [one for one in heads if _fits(one, wanted, zone)]
    words = wanted.text.casefold().split()
    if words:
        told = await _told(tx, fitting, holder=holder)
        fitting = [
            one for one in told if all(word in _read(one, texts, language) for word in words)
        ]
    pages = max(1, -(-len(fitting) // each))
    page = min(max(1, wanted.page), pages)
    shown = fitting[(page - 1) * each : page * each]
    if not words:
        shown = await _told(tx, shown, holder=holder)
    return Found(tuple(shown), len(fitting), page, pages, years)


async def all_contacts(tx: Transaction, *, holder: HolderId, most: int) -> list[Contact]:
    """Return every contact whole, newest first: for the holder's own copy."""
    return await _told(tx, await _heads(tx, holder=holder, most=most), holder=holder)


async def contacts_from(
    tx: Transaction, found: Sequence[Interaction], *, holder: HolderId
) -> list[Contact]:
    """Return these interactions whole; whoever calls has looked whose they are."""
    return await _told(tx, [_from_interaction(one) for one in found], holder=holder)


async def one_contact(tx: Transaction, contact: str, *, holder: HolderId, most: int) -> Contact:
    """Return one contact whole. Raises ``NotFound`` where it is not this holder's."""
    interaction = await interactions.interaction_of(tx, contact, holder=holder)
    if interaction is not None:
        return (await _told(tx, [_from_interaction(interaction)], holder=holder))[0]
    for one in await _texts(tx, holder=holder, most=most):
        if one.id == contact:
            return one
    raise NotFound("there is no such contact")


async def recording_of(tx: Transaction, contact: str, *, holder: HolderId) -> Recording:
    """Return the recording of one's own contact. Raises ``NotFound``."""
    mine = await interactions.interaction_of(tx, contact, holder=holder)
    found = await interactions.recordings_of(tx, [contact]) if mine else {}
    if contact not in found:
        raise NotFound("there is no recording of this contact, or not yet")
    return found[contact]


async def looks_at(tx: Transaction, *, holder: HolderId, most: int) -> list[tuple[Look, str]]:
    """Return who looked at the holder's data, newest first, each with the contact or nothing."""
    known = [one.id for one in await interactions.interactions_of(tx, holder=holder, limit=most)]
    streams = await read_streams(tx, [*known, f"holder:{holder}"])
    numbers = await interactions.staff_numbers(tx)
    found = [
        (look, stream if stream in known else "")
        for stream, entries in streams.items()
        for look in looks_in(entries, numbers)
    ]
    return sorted(found, key=lambda one: one[0].at, reverse=True)


async def journal_listening(
    tx: Transaction, contact: str, session: HolderSession, *, download: bool, at: datetime
) -> None:
    """Write that the holder listens to a recording of their own, or takes a copy."""
    await journal(
        tx,
        stream=contact,
        kind="portal.downloaded" if download else "portal.listened",
        by=actor_of(session.holder.id),
        body={"session": session.id},
        at=at,
    )


async def _heads(tx: Transaction, *, holder: HolderId, most: int) -> list[Contact]:
    found = [
        _from_interaction(one)
        for one in await interactions.interactions_of(tx, holder=holder, limit=most)
    ]
    found += await _texts(tx, holder=holder, most=most)
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:most]


async def _texts(tx: Transaction, *, holder: HolderId, most: int) -> list[Contact]:
    sent = await texts_history.texts_to(tx, holder=holder, limit=most)
    received = await texts_history.texts_from(tx, holder=holder, limit=most)
    return [
        *(_from_sent(one) for one in sent),
        *(_from_received(one) for one in received),
        *(await posted_to(tx, holder=holder, most=most)),
    ]


async def _told(tx: Transaction, heads: Sequence[Contact], *, holder: HolderId) -> list[Contact]:
    ids = [one.id for one in heads if one.door in _TALKS]
    entries = await read_streams(tx, ids)
    recordings = await interactions.recordings_of(tx, ids)
    numbers = await interactions.staff_numbers(tx)
    written = await writing.lines_of(tx, holder=holder, ids=ids)
    posted = await posted_in(tx, [one.id for one in heads if one.door in ("email", "letter")])
    told = []
    for head in heads:
        if head.id not in entries:
            told.append(head)
            continue
        own = entries[head.id]
        recording = recordings.get(head.id)
        subject, lines = written.get(head.id, ("", ()))
        subject = subject or next((one.subject for one in posted.get(head.id, ())), "")
        story = story_of(own, numbers)
        story += tuple(Told(line.at, line.by, text=line.text) for line in lines)
        story += tuple(Told(one.at, "holder", text=one.text) for one in posted.get(head.id, ()))
        if head.door == "chat":
            story += tuple(
                [_of_chat(one) for one in await texts_history.words_of_chat(tx, head.id)]
            )
        told.append(
            replace(
                head,
                subject=subject,
                about=about_in(own),
                agents=agents_in(own, numbers),
                seconds=recording.seconds if recording and not recording.erased_at else None,
                story=tuple(sorted(story, key=lambda line: line.at)),
                looks=looks_in(own, numbers),
            )
        )
    return told


def _of_chat(one: ChatMessage) -> Told:
    whose: dict[str, Literal["holder", "bank", "system"]] = {"holder": "holder", "system": "system"}
    return Told(one.at, whose.get(one.author, "bank"), text=one.text)


def _from_interaction(one: Interaction) -> Contact:
    return Contact(
        id=one.id,
        door=one.door,
        at=one.opened_at,
        ended_at=one.closed_at,
        outcome=one.outcome or "",
    )


def _from_sent(one: SentText) -> Contact:
    return Contact(
        id=one.id,
        door="sms-out",
        at=one.at,
        ended_at=one.sent_at,
        about=(f"sms-{one.purpose}",),
        outcome=f"sms-{one.state.value}",
        story=(Told(one.at, "bank", text=one.text),),
    )


def _from_received(one: ReceivedText) -> Contact:
    # The gateway's id may hold anything; this one can stand in an address.
    name = hashlib.sha256(one.message.encode()).hexdigest()[:20]
    return Contact(
        id=f"in-{name}", door="sms-in", at=one.at, story=(Told(one.at, "holder", text=one.text),)
    )


def _fits(one: Contact, wanted: Wanted, zone: ZoneInfo) -> bool:
    right_door = not wanted.door or one.door in _DOORS.get(wanted.door, (wanted.door,))
    return right_door and wanted.year in (None, one.at.astimezone(zone).year)


def _read(one: Contact, texts: Texts, language: Language) -> str:
    """Return all that a holder can read of a contact, in lower case."""
    parts = [one.subject, *one.agents, *(texts.about(code, language) for code in one.about)]
    for line in one.story:
        parts.append(line.text)
        if line.word is not None:
            parts.append(texts.word(line.word, language))
    return "\n".join(parts).casefold()
