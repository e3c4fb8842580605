"""Evidence packs on an installation: whom they are about, sealing before they are made (row F2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cardline.app.evidence.roots import seal
from cardline.app.wiring import Parts
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Language
from cardline.complaints.actions import noticing as complaints
from cardline.complaints.model import ComplaintId
from cardline.complaints.packing import subject_of
from cardline.core.clock import utc_now
from cardline.core.errors import Invalid, NotFound
from cardline.core.home import home
from cardline.core.phone import parse_phone
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.evidence.packs import making
from cardline.evidence.packs.actions import all_of
from cardline.evidence.packs.making import Made, Order
from cardline.evidence.packs.model import Audience, Subject
from cardline.evidence.policy import EvidencePolicy


class Known(Protocol):
    """What must be known of an installation to say whom a pack is about."""

    @property
    def bank(self) -> CoreBank: ...
    @property
    def evidence(self) -> EvidencePolicy: ...


async def subject_of_phone(
    tx: Transaction,
    known: Known,
    phone: str,
    *,
    audience: Audience = "holder",
    language: Language | None = None,
) -> Subject:
    """Return the subject of a pack of all of a holder's. Raises ``NotFound`` and ``Invalid``."""
    number = parse_phone(phone)
    if number is None:
        raise Invalid(f"{phone} is no telephone number")
    holder = await known.bank.holder_by_phone(tx, phone=number)
    if holder is None:
        raise NotFound("no holder has this registered number")
    return all_of(holder, audience=audience, policy=known.evidence, language=language)


async def subject_of_interactions(
    tx: Transaction, known: Known, ids: Sequence[str], *, language: Language | None = None
) -> Subject:
    """Return the subject of an auditor's pack about some conversations of one person.

    Raises ``NotFound`` for one that is not there, ``Invalid`` where they are about several people.
    """
    found = []
    for one in dict.fromkeys(ids):
        interaction = await desk.find(tx, one)
        if interaction is None:
            raise NotFound(f"there is no interaction {one}; see: cardline interaction list")
        found.append(interaction)
    holders = {one.holder_id for one in found}
    if len(holders) != 1:
        raise Invalid("these interactions are about several people: make a pack for each")
    holder_id = holders.pop()
    holder = await known.bank.holder(tx, holder_id=holder_id) if holder_id else None
    numbers = {number for one in found if (number := parse_phone(one.from_number))}
    return Subject(
        holder_id,
        language or (holder.language if holder else home().language),
        "auditor",
        known.evidence.pack_interactions,
        tuple(one.id for one in found),
        numbers=frozenset(numbers | ({holder.phone} if holder else set())),
    )


async def subject_of_complaint(
    tx: Transaction, known: Known, reference: str, *, language: Language | None = None
) -> Subject:
    """Return the subject of an auditor's pack about a complaint, with the conversation that it was
    made in. Raises ``NotFound``.
    """
    one = await complaints.find(tx, ComplaintId(reference))
    holder_id = one.complainant.holder_id
    holder = await known.bank.holder(tx, holder_id=holder_id) if holder_id else None
    return subject_of(
        one,
        holder,
        audience="auditor",
        most=known.evidence.pack_interactions,
        language=language,
    )


async def make_ordered(parts: Parts, order: Order, *, path: Path) -> Made:
    """Seal the journal, so that all of it up to this moment is proven, and make the pack.

    Raises ``NoKeyError`` where nothing can be signed on this machine.
    """
    await seal(parts, at=utc_now(), due_only=False)
    return await making.make(parts.database, order, config=parts.packs, path=path, at=utc_now())
