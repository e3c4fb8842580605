"""Complaints of the demonstration: a handful by different doors, each somewhere else on its way.

Once a home, through the actions of the desk itself and with the times at which they were done, so
that every screen of complaints has something to show and every step its journal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cardline.complaints import actions
from cardline.complaints.actions import Stepped, Working
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complainant, ComplaintId, Door, Intake, Reach
from cardline.complaints.telling_model import NoticeAbout
from cardline.complaints.work_model import Decision, Outcome, Remedy, RemedyKind
from cardline.core.actor import SYSTEM, Actor
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.yaml_text import parse_yaml
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal, read_kinds
from cardline.sim.demo_people import holder_id

_STREAM = "demo:complaints"
_MADE = "demo.complaints-made"
Told = dict[str, Any]


@dataclass(frozen=True)
class _Floor:
    """Who handles complaints in the demonstration, and when it is made."""

    config: ComplaintConfig
    staff: dict[str, Staff]
    """By what the file calls them: ``lead``, ``compliance``."""
    now: datetime

    def working(self, who: str, at: datetime) -> Working:
        """Return somebody of the staff at work, at that time."""
        return Working(self.staff[who], self.config, at)


@cache
def demo_complaints() -> Told:
    """Return what was complained of and what was done since (``demo_complaints.yaml``)."""
    raw: Told = parse_yaml(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return raw


async def make_demo_complaints(tx: Transaction, config: ComplaintConfig, *, now: datetime) -> bool:
    """Make them; False where they were made, under another pack, or where nobody serves for it."""
    told = demo_complaints()
    pack, _, _ = config.policy.version.partition("/")
    if told["pack"] != pack or await read_kinds(tx, [_STREAM], [_MADE]):
        return False
    hired = {one.number: one for one in await desk_staff.all_staff(tx)}
    if not {told["lead"], told["compliance"]} <= hired.keys():
        return False
    serving = {who: hired[told[who]] for who in ("lead", "compliance")}
    floor = _Floor(config, serving, now)
    for number, one in enumerate(told["complaints"], start=1):
        await _make(tx, floor, one, key=f"demo/{number}")
    await _correct(tx, floor, told["corrective"])
    body: JsonObject = {"complaints": len(told["complaints"])}
    await journal(tx, stream=_STREAM, kind=_MADE, by=SYSTEM, body=body, at=now)
    return True


async def _make(tx: Transaction, floor: _Floor, one: Told, *, key: str) -> None:
    came = floor.now - timedelta(days=one["days"])
    door = Door(one["door"])
    intake = Intake(
        key=key,
        door=door,
        complainant=_who(one),
        statement=one["statement"],
        demand=one["demand"],
        subjects=tuple(one["subjects"]),
        outside_reference=one.get("number", ""),
    )
    by = floor.staff["lead"].actor if door in _TAKEN_DOWN else Actor("caller")
    case = await actions.receive(tx, intake, config=floor.config, by=by, at=came)
    for step in one.get("steps", ()):
        at = came + timedelta(days=step["after"])
        done = await _ACTS[step["do"]](tx, floor.working(step.get("by", "lead"), at), case.id, step)
        assert done.verdict.allowed, (case.id, step, done.verdict.codes)
    if one["door"] != Door.FORM.value and not one.get("steps"):
        await actions.acknowledge(tx, case.id, config=floor.config, by=SYSTEM, at=came)


_TAKEN_DOWN = (Door.AGENT, Door.CHAT, Door.LETTER, Door.REGULATOR, Door.ASSOCIATION)


def _who(one: Told) -> Complainant:
    if "holder" in one:
        return Complainant(holder_id=holder_id(one["holder"]))
    who = one["who"]
    reach = Reach(who.get("phone", ""), who.get("email", ""), who.get("address", ""))
    return Complainant(None, who.get("name", ""), "", reach)


# ---------------------------------------------------------------- what the staff did


async def _assign(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    to = demo_complaints()[step.get("to", "lead")]
    return await actions.assign(tx, work, case, to=to)


async def _accept(tx: Transaction, work: Working, case: ComplaintId, _: Told) -> Stepped:
    return await actions.accept(tx, work, case)


async def _refuse(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    return await actions.refuse(tx, work, case, reason=step["reason"], why=step["why"])


async def _ask(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    return await actions.ask_department(
        tx, work, case, department=step["department"], what=step["what"], days=step["days"]
    )


async def _decide(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    """Decide; what is to be paid goes to the first account of the complainant."""
    remedies = [Remedy(RemedyKind.APOLOGY)]
    if "correction" in step:
        remedies.append(Remedy(RemedyKind.CORRECTION, step["correction"]))
    holder = (await actions.find(tx, case)).complainant.holder_id
    if "compensation" in step and holder is not None:
        account = (await work.config.bank.accounts_of(tx, holder_id=holder))[0]
        amount = Fen(step["compensation"])
        remedies.append(Remedy(RemedyKind.COMPENSATION, "", amount, account.id))
    decision = Decision(
        Outcome(step["outcome"]), step["findings"], step["basis"], step["reasons"], tuple(remedies)
    )
    return await actions.decide(tx, work, case, decision)


async def _tell(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    """Tell the complainant by hand, with what shows it: nothing leaves the demonstration."""
    found = await actions.find(tx, case)
    about: NoticeAbout = "refusal" if found.refusal else "answer"
    return await actions.notify(
        tx,
        work,
        case,
        about=about,
        channel=step["channel"],
        text=step["text"],
        contents=work.config.policy.answer_contents,
        proof_kind=work.config.policy.notice_proofs[step["channel"]],
        proof=step["proof"],
    )


async def _remedy(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    """Carry out what was decided; there is no money in it."""
    whole = await actions.whole(tx, case, config=work.config, at=work.at)
    for remedy in whole.decisions[-1].decision.remedies:
        done = await actions.do_remedy(tx, work, remedy.id, result=step["result"])
    return done


async def _opinion(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    return await actions.follow_up(
        tx,
        case,
        satisfied=step["satisfied"],
        words=step["words"],
        config=work.config,
        by=work.actor,
        at=work.at,
    )


async def _classify(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    found = await actions.find(tx, case)
    return await actions.classify(
        tx,
        work,
        case,
        product=step["product"],
        issue=step["issue"],
        severity=step["severity"],
        causes=tuple(step["causes"]),
        subjects=found.subjects,
        persons=(),
    )


async def _again(tx: Transaction, work: Working, case: ComplaintId, step: Told) -> Stepped:
    return await actions.ask_reexamination(
        tx,
        case,
        why=step["why"],
        in_writing=True,
        config=work.config,
        by=Actor("caller"),
        at=work.at,
    )


async def _close(tx: Transaction, work: Working, case: ComplaintId, _: Told) -> Stepped:
    return await actions.close(tx, work, case)


_ACTS: dict[str, Callable[..., Any]] = {
    "assign": _assign,
    "accept": _accept,
    "refuse": _refuse,
    "ask": _ask,
    "decide": _decide,
    "tell": _tell,
    "remedy": _remedy,
    "opinion": _opinion,
    "classify": _classify,
    "again": _again,
    "close": _close,
}


async def _correct(tx: Transaction, floor: _Floor, told: Told) -> None:
    """One corrective action against a frequent cause, under way."""
    work = floor.working("lead", floor.now - timedelta(days=told["days"]))
    due_on = (floor.now + timedelta(days=told["due"])).date()
    await actions.open_corrective(
        tx,
        work,
        cause=told["cause"],
        what=told["what"],
        owner=floor.staff["lead"].number,
        due_on=due_on,
    )
