"""What the complainant sees of a complaint, and what they may still do with it (rows C4, A7).

Whoever calls has shown whose it is: by the session of the holder, or by the code that came with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from cardline.cards.model import Holder, Language
from cardline.complaints import actions
from cardline.complaints.actions import Stepped
from cardline.complaints.clock_model import ClockRule, ComplaintPolicy, Task
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.files import keep_files, masked
from cardline.complaints.doors.model import Line, Seen
from cardline.complaints.doors.rules import may_add
from cardline.complaints.model import ComplaintId, Grade
from cardline.complaints.packing import subject_of
from cardline.complaints.rules.speaking import may_hear
from cardline.complaints.telling_model import ForComplainant
from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId, InteractionId
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.evidence.actions import read_streams
from cardline.evidence.model import Entry
from cardline.evidence.packs.model import Subject
from cardline.portal.keeping import SafeFile

Act = Literal["facts", "opinion", "reexamination", "withdrawal", "authority"]
"""What a complainant may do with a complaint of theirs."""
_LEAST: Final = 4
"""Characters of an addition; what is shorter came with files, or says little."""
_THEIRS: Final = frozenset(
    {
        "complaint.facts-added",
        "complaint.reexamination-asked",
        "complaint.reopened",
        "complaint.followed-up",
    }
)
_OURS: Final = frozenset({"acceptance", "refusal", "extension", "answer", "reexamination"})
_SHOWN: Final = 100
_OPEN_TO_ALL: Final = ("facts", "authority")
"""What whoever speaks for somebody may do before they have shown that they may."""
_DONE: Final = {
    "facts": "added",
    "authority": "authority-sent",
    "reexamination": "again-done",
    "withdrawal": "withdrawn",
    "opinion-yes": "said-yes",
    "opinion-no": "said-no",
}
DONE: Final = frozenset(_DONE.values())
"""What a page may say was done."""
_UNIT_DAYS: Final = {"days": 1, "weeks": 7, "working-days": 1}


@dataclass(frozen=True, slots=True)
class Said:
    """What a complainant says later. ``key``: the same for a repeat of the same form."""

    key: str
    text: str = ""
    satisfied: bool = False
    files: Sequence[SafeFile] = ()
    kept: tuple[str, ...] = ()
    """Ids of files that are kept already."""
    identity: Sequence[SafeFile] = ()
    """Of an authority: who they are; ``files`` is the authority itself."""
    principal: str = ""
    until: date | None = None


async def view_of(
    tx: Transaction,
    reference: str,
    *,
    holder: HolderId | None,
    config: DoorConfig,
    at: datetime,
) -> ForComplainant:
    """Return state, next date and person. Raises ``NotFound`` where it is another holder's."""
    return await actions.view_for(
        tx, ComplaintId(reference), holder=holder, config=config.complaints, at=at
    )


async def seen(
    tx: Transaction,
    reference: str,
    *,
    holder: HolderId | None,
    config: DoorConfig,
    at: datetime,
) -> Seen:
    """Return a complaint whole, with all that went to and fro. Raises ``NotFound``.

    ``holder`` ``None``: whoever has the code. Speaks they for somebody else and have not shown that
    they may, they see where it is, and nothing of what was found, decided or told (CMP 14).
    """
    view = await view_of(tx, reference, holder=holder, config=config, at=at)
    stream = f"complaint:{view.id}"
    entries = (await read_streams(tx, [stream])).get(stream, [])
    lacks = await _lacks(tx, view.id, holder=holder, config=config, at=at)
    if lacks:
        entries = [one for one in entries if not one.by.startswith("holder")]
    lines = tuple(line for entry in entries for line in line_of(entry))
    if lacks:
        view = replace(
            view,
            answer=None,
            outcome=None,
            may_withdraw=False,
            may_ask_reexamination_until=None,
        )
        lines = tuple(line for line in lines if line.by == "complainant")
    return Seen(view, lines, lacks, await _spoken_for(tx, view.id, holder=holder))


async def _lacks(
    tx: Transaction,
    case_id: ComplaintId,
    *,
    holder: HolderId | None,
    config: DoorConfig,
    at: datetime,
) -> tuple[str, ...]:
    if holder is not None:
        return ()
    case = await actions.find(tx, case_id)
    return may_hear(case, config.complaints.policy, now=at).codes


async def _spoken_for(tx: Transaction, case_id: ComplaintId, *, holder: HolderId | None) -> bool:
    return holder is None and (await actions.find(tx, case_id)).proxy is not None


async def pack_of(
    tx: Transaction,
    reference: str,
    *,
    holder: Holder,
    language: Language,
    most: int,
    config: DoorConfig,
    at: datetime,
) -> Subject:
    """Return what a pack about a holder's own complaint is about. Raises ``NotFound``."""
    view = await view_of(tx, reference, holder=holder.id, config=config, at=at)
    one = await actions.find(tx, view.id)
    return subject_of(one, holder, audience="holder", most=most, language=language)


async def of_holder(
    tx: Transaction, holder: HolderId, *, config: DoorConfig, at: datetime
) -> list[ForComplainant]:
    """Return the complaints of a holder, newest first, by whatever door they came."""
    return [
        await view_of(tx, one.id, holder=holder, config=config, at=at)
        for one in await actions.of_holder(tx, holder, limit=_SHOWN)
    ]


async def by_word(
    tx: Transaction, reference: str, word: Secret, *, config: DoorConfig, at: datetime
) -> ComplaintId | None:
    """Return the complaint that a code opens. A reference that had too many wrong ones rests.

    Wrong codes are counted for references that nobody has too: nothing tells which there are.
    """
    reference = reference[: door_store.REFERENCE]
    policy = config.policy
    since = at - policy.lookup_within
    await door_store.lock_key(tx, f"lookup:{reference}")
    right = await actions.opens(tx, reference, word, config=config.complaints)
    if await door_store.misses(tx, reference, since=since) >= policy.lookup_tries:
        return None
    if right:
        return ComplaintId(reference)
    await door_store.add_miss(tx, reference, forget=since, at=at)
    return None


async def follow(
    tx: Transaction,
    act: Act,
    reference: str,
    said: Said,
    *,
    holder: HolderId | None,
    by: Actor,
    config: DoorConfig,
    at: datetime,
) -> tuple[str, str]:
    """Do what a complainant asks for; returns the first reason against it, and what was done.

    The same form twice does it once. Raises ``NotFound`` for another holder's complaint.
    """
    view = await view_of(tx, reference, holder=holder, config=config, at=at)
    lacks = await _lacks(tx, view.id, holder=holder, config=config, at=at)
    if lacks and act not in _OPEN_TO_ALL:
        return lacks[0], ""
    done = _DONE[f"opinion-{'yes' if said.satisfied else 'no'}" if act == "opinion" else act]
    text = masked(said.text)
    files = len(said.files) + len(said.kept)
    if act == "authority":
        files += len(said.identity)
        if not await _spoken_for(tx, view.id, holder=holder):
            raise NotFound("there is no such page")
    if act in ("facts", "reexamination", "authority"):
        at_once = config.files_at_once if not said.kept else files
        verdict = may_add(text, files=files, files_at_once=at_once, policy=config.policy)
        if not verdict.allowed:
            return verdict.codes[0], ""
    if not await door_store.once(tx, f"{view.id}:{act}:{said.key}", at=at):
        return "", done
    stepped = await _step(tx, act, view.id, text, said, by=by, config=config, at=at)
    if not stepped.verdict.allowed:
        return stepped.verdict.codes[0], ""
    return "", done


async def _step(
    tx: Transaction,
    act: Act,
    case: ComplaintId,
    text: str,
    said: Said,
    *,
    by: Actor,
    config: DoorConfig,
    at: datetime,
) -> Stepped:
    engine, language = config.complaints, (await actions.find(tx, case)).language
    if act == "facts":
        kept = await keep_files(
            tx, InteractionId(f"complaint:{case}"), said.files, config=config, by=by, at=at
        )
        words = text if len(text) >= _LEAST else config.texts.say("said.more", language, text=text)
        return await actions.add_facts(
            tx, case, text=words, files=(*said.kept, *kept), config=engine, by=by, at=at
        )
    if act == "authority":
        return await _shown(tx, case, said, by=by, config=config, at=at)
    if act == "reexamination":
        return await actions.ask_reexamination(
            tx, case, why=text, in_writing=True, config=engine, by=by, at=at
        )
    if act == "opinion":
        return await actions.follow_up(
            tx, case, satisfied=said.satisfied, words=text, config=engine, by=by, at=at
        )
    why = config.texts.say("said.withdrawn", language)
    return await actions.withdraw(tx, case, why=why, config=engine, by=by, at=at)


async def _shown(
    tx: Transaction, case: ComplaintId, said: Said, *, by: Actor, config: DoorConfig, at: datetime
) -> Stepped:
    """Keep what shows that somebody may speak; whoever handles it looks at it."""
    beside = InteractionId(f"complaint:{case}")
    files = await keep_files(tx, beside, said.files, config=config, by=by, at=at)
    own = await keep_files(tx, beside, said.identity, config=config, by=by, at=at)
    shown = actions.Shown(files, own, principal=masked(said.principal), until=said.until)
    return await actions.show_authority(
        tx, case, shown, checked=False, config=config.complaints, by=by, at=at
    )


def line_of(entry: Entry) -> Iterator[Line]:
    """Yield what an entry of a complaint's journal says to its complainant, if anything."""
    body = entry.body
    text = str(body.get("text", "")).strip()
    files = len(body.get("files", ()))
    if entry.kind == "complaint.received":
        yield Line("complainant", entry.at, text, str(body.get("demand", "")).strip(), files)
    elif entry.kind in _THEIRS and (text or files):
        yield Line("complainant", entry.at, text, files=files)
    elif entry.kind == "complaint.told" and body.get("about") in _OURS and text:
        yield Line("bank", entry.at, text)


def days_of(config: DoorConfig) -> tuple[int, int, int]:
    """Return the days of a simple and of a complex answer, and for asking for a re-examination.

    Raises ``LookupError`` where the pack has no such clock: then nobody says a number.
    """
    policy = config.complaints.policy
    answers = [one for one in policy.clocks if one.task is Task.ANSWER and one.whose == "bank"]
    order = [grade.grade for grade in policy.grades]
    answers.sort(key=lambda one: order.index(one.grade) if one.grade in order else 0)
    ask = [one for one in policy.clocks if one.task is Task.ASK_REEXAMINATION]
    return _in_days(answers[0]), _in_days(answers[min(1, len(answers) - 1)]), _in_days(ask[0])


def days(config: DoorConfig) -> int:
    """Return in how many days an answer comes as a rule, whatever it is about."""
    policy = config.complaints.policy
    return min(
        _in_days(one)
        for one in policy.clocks
        if one.task is Task.ANSWER
        and one.whose == "bank"
        and one.grade in (None, first(policy))
        and not one.subjects
        and not one.doors
    )


def first(policy: ComplaintPolicy) -> Grade:
    """Return the grade with which every complaint begins."""
    return policy.grades[0].grade


def _in_days(rule: ClockRule) -> int:
    return rule.length * _UNIT_DAYS[rule.unit]
