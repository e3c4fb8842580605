"""Handing notices to e-mail and post, and hearing what became of them (CMP 21).

An e-mail proves itself when the relay has taken it, a letter with the number of its posting. What
comes back, or never leaves, is laid before somebody: the complainant has not been told.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.model import Holder
from cardline.complaints import work_store
from cardline.complaints.actions.noticing import prove_carried
from cardline.complaints.actions.stepping import MATTER, stream_of
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import Complaint, Notice
from cardline.complaints.words import line
from cardline.core.actor import SYSTEM
from cardline.core.errors import Invalid
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk import tasks as desk_tasks
from cardline.evidence.actions import journal
from cardline.messages.letters.actions import addressee_of, send_letter
from cardline.messages.mail.actions import send_mail
from cardline.messages.model import MessageState, Values
from cardline.messages.outcomes import MessageOutcome
from cardline.outreach.model import Channel

FORM = "complaint_answered"
_PROOFS = {Channel.SMS: "message", Channel.EMAIL: "message", Channel.LETTER: "posting"}


async def carry(
    tx: Transaction,
    case: Complaint,
    notice: Notice,
    holder: Holder,
    *,
    config: ComplaintConfig,
    at: datetime,
) -> str | None:
    """Send an answer by e-mail or registered letter; return the message that carries it.

    ``None`` where the bank has no address of that kind, or sends no such thing: then it is told by
    hand and its proof entered. Raises ``Invalid`` where the gate lets nothing go there.
    """
    values: Values = {
        "reference": case.id,
        "received": case.timeline.received_at,
        "answer": notice.text,
    }
    if notice.channel == "email" and config.mail is not None and holder.email:
        sent = await send_mail(
            tx,
            config=config.mail,
            key=notice.id,
            template=FORM,
            values=values,
            holder=holder.id,
            to=holder.email,
            language=holder.language,
            stream=stream_of(case.id),
            at=at,
            zone=ZoneInfo(holder.zone),
            solicited=True,
            wait=True,
            box="complaints",
        )
        return _queued(sent.id, sent.state)
    to = addressee_of(holder)
    if notice.channel == "letter" and config.letters is not None and to is not None:
        letter = await send_letter(
            tx,
            config=config.letters,
            key=notice.id,
            template=FORM,
            values=values,
            holder=holder.id,
            to=to,
            language=holder.language,
            stream=stream_of(case.id),
            at=at,
            zone=ZoneInfo(holder.zone),
            solicited=True,
            wait=True,
            registered=True,
        )
        return _queued(letter.id, letter.state)
    return None


def _queued(message: str, state: MessageState) -> str:
    if state is not MessageState.QUEUED:
        raise Invalid("nothing may go to this address now; choose another way")
    return message


async def take_outcome(
    tx: Transaction, outcome: MessageOutcome, *, config: ComplaintConfig
) -> None:
    """Hear what became of a message; of one that carries a notice it proves it, or tells of it.

    Journals ``complaint.proven``, or ``complaint.not-arrived`` with a task of the desk.
    """
    if outcome.arrived is None:
        return
    if outcome.arrived:
        await prove_carried(
            tx,
            outcome.message,
            kind=_PROOFS.get(outcome.channel, ""),
            reference=str(outcome.facts.get("posting") or ""),
            told_at=outcome.at,
            config=config,
            at=outcome.at,
        )
        return
    found = await work_store.carrying(tx, outcome.message)
    if found is None:
        return
    case, notice, handler = found
    body: JsonObject = {"notice": notice, "channel": outcome.channel, "fate": outcome.fate}
    body["carried_by"] = outcome.message
    await journal(
        tx,
        stream=stream_of(case),
        kind="complaint.not-arrived",
        by=SYSTEM,
        body={**body, "handler": handler},
        at=outcome.at,
    )
    await desk_tasks.open_task(
        tx,
        source=f"complaint-notice:{notice}",
        kind="other",
        what=line("not-arrived", case=case),
        due_at=outcome.at,
        by=SYSTEM,
        at=outcome.at,
        matter=MATTER,
    )
