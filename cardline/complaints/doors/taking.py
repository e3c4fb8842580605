"""Taking a complaint that somebody wrote in a form, logged in or not (rows C1, A7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.model import Holder
from cardline.complaints import actions, store
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.files import keep_files, masked
from cardline.complaints.doors.model import Written
from cardline.complaints.doors.rules import (
    may_hand_in,
    people_of,
    speakers_of,
    staff_numbers,
)
from cardline.complaints.doors.words import hash_of, new_word
from cardline.complaints.model import Complainant, Complaint, Door, Intake, Joint, Proxy, Reach
from cardline.core.actor import Actor
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.masking import Secret
from cardline.core.phone import parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.identity.model import Proofs
from cardline.portal.keeping import SafeFile
from cardline.portal.rules import clean_text

STRANGER = Actor("caller")
"""Whoever fills the public form in."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A form that was handed in: the complaint, or why not."""

    verdict: Verdict
    complaint: Complaint | None = None
    word: Secret | None = None
    """Of the public form: told now and never again."""
    again: bool = False
    """The same form had been handed in before."""


async def hand_in(
    tx: Transaction,
    written: Written,
    *,
    holder: Holder | None,
    proofs: Proofs,
    files: Sequence[SafeFile],
    authority: Sequence[SafeFile] = (),
    identity: Sequence[SafeFile] = (),
    config: DoorConfig,
    at: datetime,
) -> HandedIn:
    """Take a form in: one interaction, its files, one complaint, however often it is sent.

    ``holder``: who is logged in; ``None``: the public form, which gets a word to look it up.
    ``authority``, ``identity``: what a proxy shows of the right to speak, and of themselves.
    Nothing that was typed reaches a table before secrets are taken out of it (row E5).
    """
    written = _cleaned(written, known=holder is not None)
    key = f"{'portal' if holder else 'form'}:{holder.id if holder else ''}:{written.key}"
    await door_store.lock_key(tx, key)
    before = await store.same(tx, key=key, likeness=None)
    verdict = may_hand_in(
        written,
        files=len(files) + len(authority) + len(identity),
        files_at_once=config.files_at_once,
        representatives=config.complaints.policy.representatives,
        policy=config.policy,
    )
    if before is not None:
        return HandedIn(replace(verdict, refusals=()), before, again=True)
    if not verdict.allowed:
        return HandedIn(verdict)
    by = Actor("holder", holder.id) if holder else STRANGER
    interaction = InteractionId(new_id("i"))
    await desk.open_interaction(
        tx, _interaction(interaction, written, holder, proofs, at), source="complaint", by=by
    )
    kept = await keep_files(tx, interaction, files, config=config, by=by, at=at)
    right = await keep_files(tx, interaction, authority, config=config, by=by, at=at)
    own = await keep_files(tx, interaction, identity, config=config, by=by, at=at)
    complaint = await actions.receive(
        tx,
        _intake(key, written, holder, interaction, (kept, right, own), config),
        config=config.complaints,
        by=by,
        at=at,
    )
    if complaint.joined_to:  # the engine writes into the conversation of the first one
        body: JsonObject = {"complaint": complaint.id, "joined_to": complaint.joined_to}
        await desk.note(tx, interaction, "complaint.repeated", body, at=at, by=by)
    await desk.close_interaction(tx, interaction, outcome="complaint", at=at)
    word = None
    if holder is None:
        # The page tells the reference at once; a holder is told by message as well.
        await actions.acknowledge(tx, complaint.id, config=config.complaints, by=by, at=at)
        word = new_word()
        await door_store.put_word(tx, complaint.id, word_hash=hash_of(word), at=at)
    return HandedIn(verdict, complaint, word)


def _cleaned(written: Written, *, known: bool) -> Written:
    return replace(
        written,
        name=_one_line(written.name),
        staff=_one_line(written.staff),
        email=_one_line(written.email),
        address=_one_line(written.address),
        statement=masked(written.statement),
        demand=masked(written.demand),
        speaker=masked(written.speaker),
        phone=clean_text(written.phone),
        identity_tail=clean_text(written.identity_tail)[-4:],
        known=known,
    )


def _one_line(typed: str) -> str:
    return masked(typed).replace("\n", " ")


def _intake(
    key: str,
    written: Written,
    holder: Holder | None,
    interaction: InteractionId,
    files: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    config: DoorConfig,
) -> Intake:
    kept, authority, identity = files
    phone = parse_phone(written.phone) if written.phone else None
    reach = Reach(phone or "", written.email, written.address)
    proxy, joint = None, None
    complainant = Complainant(holder_id=holder.id if holder else None, reach=reach)
    if holder is None and written.who != "anonymous":
        # Of a proxy the way is theirs: who is spoken for is reached through them.
        complainant = Complainant(None, written.name, written.identity_tail, reach)
        if written.who == "proxy":
            proxy = Proxy(written.speaker, reach, authority, identity, written.heir)
        if written.who == "joint":
            joint = Joint(people_of(written), speakers_of(written))
    elif holder is None:
        complainant = Complainant()
    numbers = staff_numbers(written.staff)
    statement = written.statement
    if written.staff and written.staff != "".join(numbers):
        said = config.texts.say("said.staff", written.language, staff=written.staff)
        statement = f"{statement}\n{said}"
    return Intake(
        key=key,
        door=Door.PORTAL if holder else Door.FORM,
        complainant=complainant,
        statement=statement,
        demand=written.demand,
        subjects=("contacts",) if written.about_contacts else (),
        persons=numbers,
        files=(*kept, *authority, *identity),
        interaction=interaction,
        language=written.language,
        zone=holder.zone if holder else str(config.complaints.policy.zone),
        proxy=proxy,
        joint=joint,
    )


def _interaction(
    interaction: InteractionId,
    written: Written,
    holder: Holder | None,
    proofs: Proofs,
    at: datetime,
) -> Interaction:
    return Interaction(
        id=interaction,
        door="message",
        call=CallId(""),
        line="",
        from_number=holder.phone if holder else "",
        to_number="",
        holder_id=holder.id if holder else None,
        language=written.language,
        opened_at=at,
        answered_at=None,
        closed_at=None,
        outcome=None,
        flow_version="",
        state={},
        proofs=proofs,
        continues=None,
    )
