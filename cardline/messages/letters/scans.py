"""Letters that come in: scanned by the staff, cleaned, tied to a holder, handed over (A5, C1)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cardline.cards.model import Language
from cardline.core.errors import Invalid, NotFound
from cardline.core.home import home
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.messages import files as file_actions
from cardline.messages.arrivals import Arrival, Box, Handovers
from cardline.messages.file_model import Cleaned, StoredFile
from cardline.messages.letters import scan_store as store
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import ScannedLetter
from cardline.messages.written import open_written

_KINDS = frozenset({"pdf", "jpeg", "png"})
_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Scans:
    """The scans of one letter, safe to keep; ``content`` names them as they were sent."""

    pages: tuple[tuple[Cleaned, bool], ...]
    content: str


class ScanRefused(Invalid):
    """A scan is refused; ``code`` says why, the message which one."""

    def __init__(self, name: str, verdict: Verdict) -> None:
        super().__init__(f"{name[:80]} cannot be kept: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]


async def clean(given: Sequence[tuple[str, bytes]], *, config: LetterConfig) -> Scans:
    """Make the scans of a letter safe; one that is refused refuses all. Opens no transaction.

    Raises :class:`ScanRefused`, also for what is neither PDF nor a picture, and ``Invalid`` for a
    letter without any.
    """
    pages: list[tuple[Cleaned, bool]] = []
    digest = hashlib.sha256()

    async def take(cleaned: Cleaned, scanned: bool) -> None:
        pages.append((cleaned, scanned))

    for name, content in given:
        verdict = await file_actions.receive(config.files, name=name, content=content, then=take)
        if verdict.allowed and pages[-1][0].kind not in _KINDS:
            verdict = file_actions.refused(config.files.policy, "file-kind", "content")
        if not verdict.allowed:
            raise ScanRefused(name, verdict)
        digest.update(hashlib.sha256(content).digest())
    if not pages:
        raise Invalid("a letter needs at least one scan: PDF, JPEG or PNG")
    return Scans(tuple(pages), digest.hexdigest())


async def take_in(
    tx: Transaction,
    scans: Scans,
    *,
    box: Box,
    holder: HolderId | None,
    sender: str,
    subject: str,
    language: Language,
    received_on: date,
    posting: str,
    config: LetterConfig,
    handovers: Handovers,
    by: Staff,
    at: datetime,
) -> ScannedLetter:
    """Take a letter in: an interaction of the one history, and a task where nobody takes it over.

    The same scans are one letter, however often they are sent. ``received_on``: the day on which it
    reached the bank, from which clocks run; never to come. Raises ``Invalid``.
    """
    known = await store.by_content(tx, scans.content)
    if known is not None:
        return known
    subject = mask_secrets(" ".join(subject.split())).text[:_SUBJECT]
    if not subject:
        raise Invalid("say in a few words what the letter is about")
    if received_on > at.astimezone(home().zone).date():
        raise Invalid("a letter cannot have come on a day that is still to come")
    interaction = await open_written(
        tx, "letter", holder=holder, language=language, source="letter", by=by.actor, at=at
    )
    letter = ScannedLetter(
        id=new_id("li-"),
        interaction=interaction,
        box=box,
        holder=holder,
        sender=mask_secrets(" ".join(sender.split())).text[:_SUBJECT],
        subject=subject,
        language=language,
        received_on=received_on,
        posting=posting.strip()[:40],
        taken=False,
        scanned_by=by.number,
        at=at,
    )
    await store.add(tx, letter, content=scans.content)
    files = [
        await file_actions.keep(
            tx,
            config.files,
            cleaned,
            scanned=scanned,
            owner=letter.id,
            stream=interaction,
            by=by.actor,
            at=at,
        )
        for cleaned, scanned in scans.pages
    ]
    body: JsonObject = {"letter": letter.id, "holder": holder, "box": box, "files": len(files)}
    body |= {"received_on": received_on.isoformat(), "content": scans.content}
    await desk.note(tx, interaction, "letter.received", body, at=at, by=by.actor)
    if await handovers.offer(tx, _arrival(letter, files)):
        await store.set_taken(tx, letter.id)
        return replace(letter, taken=True)
    await tasks.open_task(
        tx,
        source=_task_of(letter.id),
        kind="other",
        what=config.words[home().language].scanned.format(subject=subject),
        due_at=at + config.answer_within,
        by=by.actor,
        at=at,
        interaction=interaction,
        holder=holder,
        matter="general",
    )
    return letter


async def one(
    tx: Transaction, letter: str, *, by: Staff, at: datetime
) -> tuple[ScannedLetter, list[StoredFile]]:
    """Return a letter that came in with its scans; who looks is journaled. Raises ``NotFound``.

    An agent finds those that he scanned himself, and those whose task is his, or nobody's yet.
    """
    found = await _readable(tx, letter, by)
    body: JsonObject = {"letter": found.id, "role": by.role}
    await desk.note(tx, found.interaction, "letter.looked-at", body, at=at, by=by.actor)
    return found, await file_actions.files_of(tx, found.id)


async def scan_of(
    tx: Transaction, letter: str, file: str, *, by: Staff, at: datetime
) -> StoredFile:
    """Return one scan; journaled. Raises ``NotFound``."""
    found = await _readable(tx, letter, by)
    kept = await file_actions.find(tx, file, owner=found.id)
    body: JsonObject = {"letter": found.id, "file": file, "role": by.role}
    await desk.note(tx, found.interaction, "letter.scan-opened", body, at=at, by=by.actor)
    return kept


async def of_interaction(tx: Transaction, interaction: str, *, by: Staff) -> list[ScannedLetter]:
    """Return the letters that are a conversation, as far as one of the staff may read them."""
    found = await store.of_interactions(tx, [interaction])
    return [one for one in found if await _may_read(tx, one, by)]


async def _readable(tx: Transaction, letter: str, by: Staff) -> ScannedLetter:
    found = await store.by_id(tx, letter)
    if found is None or not await _may_read(tx, found, by):
        raise NotFound("there is no such letter, or it is a colleague's")
    return found


async def _may_read(tx: Transaction, letter: ScannedLetter, by: Staff) -> bool:
    """An agent reads what he scanned himself, and what is a task of his, or of nobody yet."""
    if by.role != "agent" or letter.scanned_by == by.number:
        return True
    return await tasks.may_work(tx, _task_of(letter.id), by=by)


def _task_of(letter: str) -> str:
    """Return the source of the task that a letter leaves at the desk."""
    return f"letter-in:{letter}"


def _arrival(letter: ScannedLetter, files: Sequence[StoredFile]) -> Arrival:
    return Arrival(
        door="letter",
        id=letter.id,
        box=letter.box,
        interaction=letter.interaction,
        sender=letter.sender,
        sender_name=letter.sender,
        holder=letter.holder,
        registered=False,
        by_staff=True,
        subject=letter.subject,
        text="",
        files=tuple(files),
        language=letter.language,
        again=False,
        answers=None,
        about=None,
        at=letter.at,
        received_on=letter.received_on,
    )
