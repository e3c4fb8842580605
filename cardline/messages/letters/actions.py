"""Letters that leave: through the gate, numbered, into the queue (rows A5, D1)."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from psycopg.types.json import Jsonb

from cardline.cards.model import Holder, Language
from cardline.core.errors import Invalid, NotFound
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.messages import outbox
from cardline.messages.catalogue import MASK
from cardline.messages.forms import Filled, fill
from cardline.messages.letters import store
from cardline.messages.letters.catalogue import number_of
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import WAKE_CHANNEL, Addressee, Enclosure, QueuedLetter
from cardline.messages.model import MessageId, MessageState, Values
from cardline.outreach.model import Channel, Purpose

WAY = outbox.Way("letter", "letter", Channel.LETTER, WAKE_CHANNEL, MessageState.PRINTED)

MOST_LINES = 6
"""Lines that show in the window of the envelope, the name among them."""
_LONGEST_LINE = 60


def addressee_of(holder: Holder) -> Addressee | None:
    """Return the address that the bank has of a holder; ``None`` where it has none."""
    return addressed(holder.name, holder.address or "")


def addressed(name: str, address: str) -> Addressee | None:
    """Return an address as it was written down, line by line; ``None`` for an empty one."""
    lines = tuple(one.strip() for one in re.split(r"[\n;；]", address) if one.strip())
    return Addressee(name, lines) if lines else None


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
    zone: ZoneInfo | None = None,
    solicited: bool = False,
    wait: bool = False,
    registered: bool = False,
    enclosures: Sequence[Enclosure] = (),
    facts: Sequence[tuple[str, str]] = (),
    outside: str = "",
    author: str | None = None,
) -> QueuedLetter:
    """Ask the gate, number a letter, and queue it for printing (rows A5, D1).

    As ``messages.actions.send_sms``: ``key`` makes a repeat harmless. ``registered``: it goes by
    registered post and is posted only with the number of its posting. ``facts`` are further lines
    beside the address, ``outside`` a box at the end: how to go on elsewhere. The steps ``printed``,
    ``posted`` (with carrier, number and time: the proof of notice) and ``returned`` are told to
    ``config.outcomes`` under ``key`` and ``stream``. Without a ``holder`` only an answer
    (``solicited``) may leave. A form with free text needs its ``author``; a second person approves
    it first (``drafts``). Raises ``Invalid`` for an address that does not fit the window.
    """
    zone = zone or home().zone
    form = config.forms.get(template)
    if form is None or purpose not in (None, form.purpose):
        raise Invalid(f"the catalogue has no letter {template!r} of that purpose")
    if form.free and author is None:
        raise Invalid("a letter in somebody's own words has an author, and is approved first")
    own = {"hotline": config.hotline, "site": config.base_url}
    filled = fill(form, values=values, own=own, language=language, zone=zone)
    shown = fill(form, values=values, own=own, language=language, zone=zone, masked=True)
    whole = content_of(filled, facts, outside)
    return await _queue(
        tx,
        config=config,
        content=content_of(shown, facts, outside),
        sealed=None if shown == filled else whole,
        columns={
            "enclosures": Jsonb(
                [
                    {"id": one.file.id, "owner": one.file.owner, "name": one.name}
                    for one in enclosures
                ]
            ),
            "author": author,
        },
        to=to,
        registered=registered,
        draft=outbox.Draft(
            key=key,
            holder=holder,
            purpose=form.purpose,
            template=template,
            language=language,
            zone=zone,
            stream=stream,
            solicited=solicited,
            shown=config.sender[language],
            text=f"{shown.subject}\n\n{shown.text}",
            address=in_one_line(to),
            wait=wait,
        ),
        at=at,
    )


async def send_again(
    tx: Transaction,
    letter: str,
    *,
    config: LetterConfig,
    to: Addressee,
    registered: bool,
    at: datetime,
) -> QueuedLetter:
    """Send a letter that came back once more, word for word, to another address.

    It has a number and a date of its own. Raises ``NotFound`` and, where it did not come back,
    ``Invalid``.
    """
    old = await store.by_id(tx, letter, lock=True)
    if old is None:
        raise NotFound("there is no such letter")
    if old.state is not MessageState.RETURNED:
        raise Invalid("only a letter that came back is sent again")
    row = await store.whole(tx, letter)
    content: JsonObject = row["content"]
    if not content:
        raise Invalid("what this letter said was erased: its time was over")
    filled = Filled(content["subject"], tuple(content["paragraphs"]))
    if MASK in filled.text:
        raise Invalid("this letter held a code, which is kept nowhere: have a new one sent")
    return await _queue(
        tx,
        config=config,
        content=content,
        columns={"enclosures": Jsonb(row["enclosures"]), "author": old.author, "again": old.id},
        to=to,
        registered=registered,
        draft=outbox.Draft(
            key=f"{old.key}/again/{await store.repeats(tx, letter) + 1}",
            holder=old.holder,
            purpose=Purpose(old.purpose),
            template=old.template,
            language=old.language,
            zone=ZoneInfo(row["zone"]),
            stream=old.stream,
            solicited=row["solicited"],
            shown=config.sender[old.language],
            text=f"{filled.subject}\n\n{filled.text}",
            address=in_one_line(to),
        ),
        at=at,
    )


async def _queue(
    tx: Transaction,
    *,
    config: LetterConfig,
    content: JsonObject,
    columns: dict[str, object],
    to: Addressee,
    registered: bool,
    draft: outbox.Draft,
    at: datetime,
    sealed: JsonObject | None = None,
) -> QueuedLetter:
    """``sealed``: what is printed, where ``content`` has its secrets masked."""
    check_address(to)
    number = ""

    async def own(message: MessageId, state: MessageState) -> dict[str, object]:
        nonlocal number
        numbered: dict[str, object] = {}
        if state is MessageState.QUEUED:
            year = at.astimezone(home().zone).year
            serial = await store.next_serial(tx, year=year)
            number = number_of(config.words[draft.language], year=year, serial=serial)
            numbered = {"year": year, "serial": serial, "number": number}
            if sealed is not None:
                whole = msgspec.json.encode(sealed).decode()
                numbered["sealed"] = config.seal.close(whole, message=message)
        return {
            "address": draft.address,
            "addressee": Jsonb({"name": to.name, "lines": list(to.lines)}),
            "content": Jsonb(content),
            "registered": registered,
            **columns,
            **numbered,
        }

    queued = await outbox.put(tx, WAY, draft, own, policy=config.policy, at=at)
    if not number and queued.state is not MessageState.REFUSED:
        known = await store.by_id(tx, queued.id)
        number = known.number if known else ""
    return QueuedLetter(queued.id, number, queued.state, queued.verdict)


def check_address(to: Addressee) -> None:
    """Raises ``Invalid`` for an address that does not fit the window of the envelope."""
    lines = (to.name, *to.lines)
    if not to.name.strip() or not to.lines:
        raise Invalid("a letter needs a name and an address")
    if len(lines) > MOST_LINES or any(len(one) > _LONGEST_LINE or "\n" in one for one in lines):
        raise Invalid(
            f"an address has at most {MOST_LINES} lines of {_LONGEST_LINE} characters: "
            "what does not show in the window does not arrive"
        )


def in_one_line(to: Addressee) -> str:
    """Return an address as it stands in proofs."""
    return " ".join((*to.lines, to.name))


def content_of(filled: Filled, facts: Sequence[tuple[str, str]], outside: str) -> JsonObject:
    """Return what a letter says, as it is kept."""
    return {
        "subject": filled.subject,
        "paragraphs": list(filled.paragraphs),
        "facts": [list(one) for one in facts],
        "outside": outside.strip(),
    }
