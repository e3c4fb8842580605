"""Complaints that somebody of the staff takes down: in a conversation, or handed on from outside.

Complaining is open to every caller, whatever plan or warning there is, and asks for no proof.
"""

from dataclasses import dataclass, field
from datetime import datetime

from cardline.cards.serving import Serving, took_part
from cardline.complaints import actions
from cardline.complaints.doors import store as door_store
from cardline.complaints.doors.codes import acknowledge_stranger
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.following import view_of
from cardline.complaints.doors.rules import unclear
from cardline.complaints.model import Complainant, Complaint, Door, Intake, Joint, Language, Proxy
from cardline.complaints.rules.intake import still_needed
from cardline.complaints.rules.opening import opens_by_code
from cardline.complaints.telling_model import ForComplainant
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId, InteractionId
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.core.verdict import judge
from cardline.desk.staff.model import Staff

OUTSIDE = (Door.REGULATOR, Door.PBC, Door.ASSOCIATION)


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What somebody of the staff wrote down. ``key``: the same for a repeat of the same."""

    key: str
    statement: str
    demand: str = ""
    subjects: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    who: Complainant = field(default_factory=Complainant)
    """Of a holder nothing but the id is kept: the bank has the rest."""
    proxy: Proxy | None = None
    joint: Joint | None = None
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Taken:
    """A complaint as it was taken down; ``still_needed``: what the complainant is yet asked for."""

    complaint: Complaint
    view: ForComplainant
    still_needed: tuple[str, ...]
    code: Secret | None = None
    """Of whoever has no log-in: said to them now, and shown to nobody again."""


async def in_conversation(
    tx: Transaction, act: Serving, told: TakenDown, *, config: DoorConfig
) -> Taken:
    """Take a complaint down in a call or a chat; of the claimed holder, else of whom they named.

    Returns it with what is said to the complainant: the reference, the next date, and on the
    telephone the code of whoever has no log-in. That counts as acknowledged. Raises ``NotServing``
    for an agent who was not in it, ``NotReceivable``.
    """
    await took_part(tx, act)
    ways = [told.who.reach, *([told.proxy.reach] if told.proxy else [])]
    heard = judge(
        config.policy.version, [why for way in ways for why in unclear(way.phone, way.email)]
    )
    if not heard.allowed:  # whoever is on the telephone can say it once more
        raise actions.NotReceivable(heard)
    claimed = act.interaction.proofs.claimed
    holder = await act.bank.holder(tx, holder_id=claimed) if claimed else None
    who = Complainant(holder_id=holder.id, reach=told.who.reach) if holder else told.who
    door = Door.CHAT if act.interaction.door == "chat" else Door.AGENT
    intake = _intake(
        told,
        key=f"agent:{act.interaction.id}:{told.key}",
        door=door,
        who=who,
        zone=holder.zone if holder else str(config.complaints.policy.zone),
        interaction=act.interaction.id,
        received_at=None,
        reference="",
    )
    complaint = await actions.receive(tx, intake, config=config.complaints, by=act.by, at=act.at)
    await actions.acknowledge(tx, complaint.id, config=config.complaints, by=act.by, at=act.at)
    code = None
    if opens_by_code(complaint) and door is Door.AGENT:
        code = await actions.tell_code(
            tx, complaint.id, way="said", first=True, config=config.complaints, by=act.by, at=act.at
        )
    elif opens_by_code(complaint):  # what is written in a chat stays in it
        await _told_once(tx, complaint, config, act.at)
    view = await view_of(tx, complaint.id, holder=None, config=config, at=act.at)
    return Taken(complaint, view, still_needed(intake), code)


async def handed_on(
    tx: Transaction,
    told: TakenDown,
    *,
    door: Door,
    number: str,
    received_at: datetime,
    holder: HolderId | None,
    by: Staff,
    config: DoorConfig,
    at: datetime,
) -> Taken:
    """Record a transfer notice of a regulator, the central bank or an association (CMP 33).

    The clock runs from ``received_at``, when the notice reached the bank. The same ``number`` of
    the same sender is one complaint. Raises ``Invalid`` for another door or without a number,
    ``NotReceivable`` for what cannot be.
    """
    number = number.strip()
    if door not in OUTSIDE or not number:
        raise Invalid("say who handed it on, and the number of their notice")
    who = told.who if holder is None else Complainant(holder_id=holder)
    intake = _intake(
        told,
        key=f"{door.value}:{number}",
        door=door,
        who=who,
        zone=str(config.complaints.policy.zone),
        interaction=None,
        received_at=received_at,
        reference=number,
    )
    complaint = await actions.receive(tx, intake, config=config.complaints, by=by.actor, at=at)
    if opens_by_code(complaint):
        await _told_once(tx, complaint, config, at)
    view = await view_of(tx, complaint.id, holder=None, config=config, at=at)
    return Taken(complaint, view, still_needed(intake))


async def _told_once(
    tx: Transaction, complaint: Complaint, config: DoorConfig, at: datetime
) -> None:
    """Send reference and code to the ways that were given; the same again sends nothing."""
    if await door_store.once(tx, f"acknowledged:{complaint.id}", at=at):
        await acknowledge_stranger(tx, complaint, config=config, at=at)


def _intake(
    told: TakenDown,
    *,
    key: str,
    door: Door,
    who: Complainant,
    zone: str,
    interaction: str | None,
    received_at: datetime | None,
    reference: str,
) -> Intake:
    return Intake(
        key=key,
        door=door,
        complainant=who,
        statement=told.statement,
        demand=told.demand,
        subjects=told.subjects,
        persons=told.persons,
        interaction=InteractionId(interaction) if interaction else None,
        language=told.language,
        zone=zone,
        proxy=told.proxy,
        joint=told.joint,
        received_at=received_at,
        outside_reference=reference,
    )
