"""Letters in somebody's own words: written by one, read and let go by another (four eyes)."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.home import home
from cardline.core.ids import AgentId, HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.staff import actions as staff
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages.forms import Filled, fill
from cardline.messages.letters import draft_store as store
from cardline.messages.letters.actions import check_address, send_letter
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Addressee, LetterDraft, QueuedLetter

_FORM = "free"
_MOST_WAITING = 200


class NotBySame(Conflict):
    """Who wrote a letter does not let it go."""

    code = "four-eyes"


async def write(
    tx: Transaction,
    *,
    subject: str,
    text: str,
    holder: HolderId | None,
    to: Addressee,
    language: Language,
    registered: bool,
    stream: str | None,
    by: Staff,
    at: datetime,
    zone: ZoneInfo | None = None,
    instead_of: str | None = None,
) -> LetterDraft:
    """Write a letter that waits for a second person; secrets are taken out of it (row E5).

    ``stream``: what it belongs to; without it, it is its own. ``instead_of``: the draft that was
    sent back and is written anew. Raises ``Invalid`` for an empty letter and for an address that
    does not fit the window; ``NotFound`` where nothing of theirs was sent back by that name.
    """
    zone = zone or home().zone
    check_address(to)
    if instead_of is not None:
        await drop(tx, instead_of, by=by, at=at)
    subject, text = mask_secrets(subject.strip()).text, mask_secrets(text.strip()).text
    if not subject or not text:
        raise Invalid("a letter needs a subject and a text")
    name = new_id("ld-")
    draft = LetterDraft(
        id=name,
        holder=holder,
        addressee=to,
        language=language,
        zone=zone.key,
        subject=subject,
        text=text,
        registered=registered,
        stream=stream or (f"holder:{holder}" if holder else name),
        author=by.number,
        written_at=at,
    )
    await store.add(tx, draft)
    body: JsonObject = {"draft": draft.id, "holder": holder, "instead_of": instead_of}
    await journal(tx, stream=draft.stream, kind="letter.drafted", by=by.actor, body=body, at=at)
    return draft


async def approve(
    tx: Transaction, draft: str, *, config: LetterConfig, by: Staff, at: datetime
) -> QueuedLetter:
    """Let a letter go: from here on it is like every other, and asks the gate.

    Raises ``NotFound``; ``NotBySame`` for its author; ``Conflict`` where it was decided before.
    """
    found = await _undecided(tx, draft, by)
    queued = await send_letter(
        tx,
        config=config,
        key=found.id,
        template=_FORM,
        values={"subject": found.subject, "text": found.text},
        holder=found.holder,
        to=found.addressee,
        language=found.language,
        stream=found.stream,
        at=at,
        zone=ZoneInfo(found.zone),
        solicited=found.holder is None,  # nobody but who has written to us gets one
        wait=True,
        registered=found.registered,
        author=found.author,
    )
    await store.decide(
        tx, found.id, state="approved", by=by.number, why="", letter=queued.id, at=at
    )
    body: JsonObject = {"draft": found.id, "letter": queued.id, "author": found.author}
    await journal(tx, stream=found.stream, kind="letter.approved", by=by.actor, body=body, at=at)
    return queued


async def reject(
    tx: Transaction, draft: str, *, why: str, config: LetterConfig, by: Staff, at: datetime
) -> LetterDraft:
    """Send a letter back to its author with the reason, as a task. Raises as :func:`approve` does.

    It stays among what waits for its author until they write it anew or drop it.
    """
    found = await _undecided(tx, draft, by)
    why = mask_secrets(why.strip()).text
    if not why:
        raise Invalid("say what is wrong with the letter")
    await store.decide(tx, found.id, state="rejected", by=by.number, why=why, letter=None, at=at)
    body: JsonObject = {"draft": found.id, "author": found.author}
    await journal(tx, stream=found.stream, kind="letter.rejected", by=by.actor, body=body, at=at)
    what = config.words[home().language].sent_back.format(subject=found.subject, why=why)
    author = await _agent(tx, found.author)
    if author is not None:
        await tasks.open_task(
            tx, source=_source(found.id), kind="other", what=what, due_at=at + config.answer_within,
            by=by.actor, at=at, holder=found.holder, agent=author,
        )  # fmt: skip
    decided = await store.by_id(tx, found.id)
    assert decided is not None, "a draft that was just decided"
    return decided


async def drop(tx: Transaction, draft: str, *, by: Staff, at: datetime) -> None:
    """Settle a draft of one's own that was sent back; its task is done. Safe again.

    Raises ``NotFound`` where nothing of theirs was sent back by that name.
    """
    found = await store.by_id(tx, draft, lock=True)
    if found is None or found.author != by.number or found.state != "rejected":
        raise NotFound("there is no such draft of yours that was sent back")
    await store.settle(tx, found.id, at=at)
    await tasks.settle_sources(tx, [_source(found.id)], at=at, by=by.actor)


async def waiting(tx: Transaction, *, reader: Staff) -> list[LetterDraft]:
    """Return what waits, oldest first: an agent's own, or all for who may decide.

    Of what was sent back everybody sees their own.
    """
    author = reader.number if reader.role == "agent" else None
    return await store.waiting(tx, author=author, reader=reader.number, limit=_MOST_WAITING)


async def one(tx: Transaction, draft: str, *, reader: Staff) -> LetterDraft:
    """Return a draft: an agent reads his own alone. Raises ``NotFound``."""
    found = await store.by_id(tx, draft)
    if found is None or (reader.role == "agent" and found.author != reader.number):
        raise NotFound("there is no such draft")
    return found


def filled(draft: LetterDraft, *, config: LetterConfig) -> Filled:
    """Return a draft as it would be printed."""
    return fill(
        config.forms[_FORM],
        values={"subject": draft.subject, "text": draft.text},
        own={"hotline": config.hotline, "site": config.base_url},
        language=draft.language,
        zone=ZoneInfo(draft.zone),
    )


async def _agent(tx: Transaction, number: str) -> AgentId | None:
    """Return under which id somebody has tasks of their own; none where they have left."""
    with suppress(NotFound):
        return (await staff.find(tx, number)).agent_id
    return None


def _source(draft: str) -> str:
    return f"letter-draft:{draft}"


async def _undecided(tx: Transaction, draft: str, by: Staff) -> LetterDraft:
    found = await store.by_id(tx, draft, lock=True)
    if found is None:
        raise NotFound("there is no such draft")
    if found.author == by.number:
        raise NotBySame("somebody else reads a letter before it goes")
    if found.state != "waiting":
        raise Conflict("this draft has been decided")
    return found
