"""Whom a conversation is about, as an agent says, and looks at what is masked (rows A2, F4)."""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Holder
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId, InteractionId, new_id
from cardline.core.live import SUPERVISORS, tell, to_agents
from cardline.core.masking import mask_phone, mask_secrets
from cardline.core.phone import PhoneNumber, parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import claim_store, store
from cardline.desk.interactions.look_model import Look, Looked
from cardline.desk.interactions.model import Interaction
from cardline.desk.model import DeskPolicy, Field
from cardline.desk.rules import may_unmask
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal, read_kinds
from cardline.evidence.looks.actions import record_look, record_stay
from cardline.evidence.looks.model import ListenPolicy, What
from cardline.evidence.sealing.model import Erased
from cardline.identity.model import Proof, Proofs

_CHAT_ACCEPTED = "chat.accepted"
"""Chats of before they had legs: who took part stands in their journal."""
_MOST_FOUND = 5
"""Two tails fit a handful of holders at most; who finds more asks on."""


@dataclass(frozen=True, slots=True)
class Found:
    """Holders who fit a search, and how many cards with those tails there were."""

    holders: tuple[Holder, ...]
    more: bool = False


async def search(
    tx: Transaction,
    *,
    phone: str = "",
    card_tail: str = "",
    id_tail: str = "",
    bank: CoreBank,
    by: Staff,
    at: datetime,
) -> Found:
    """Find holders by the registered number, or by both tails; a name is not enough.

    Every search is journaled. Raises ``Invalid`` for anything but exactly one of the two.
    """
    if bool(phone) == bool(card_tail or id_tail) or bool(card_tail) != bool(id_tail):
        raise Invalid("search by the telephone number, or by the tails of card and identity number")
    found = await (_by_phone(tx, bank, phone) if phone else _by_tails(tx, bank, card_tail, id_tail))
    number = parse_phone(phone) if phone else None
    body: JsonObject = {"by": "phone" if phone else "tails", "found": len(found.holders)}
    if number:
        body["number"] = mask_phone(number)
    body["holders"] = [holder.id for holder in found.holders]
    await journal(
        tx, stream=f"staff:{by.number}", kind="desk.searched", by=by.actor, body=body, at=at
    )
    for holder in found.holders:
        await record_look(tx, who=by.actor, role=by.role, what="search", holder=holder.id, at=at)
    return found


async def _by_phone(tx: Transaction, bank: CoreBank, phone: str) -> Found:
    number = parse_phone(phone)
    if number is None:
        raise Invalid("this is no telephone number")
    holder = await bank.holder_by_phone(tx, phone=number)
    return Found((holder,) if holder else ())


async def _by_tails(tx: Transaction, bank: CoreBank, card_tail: str, id_tail: str) -> Found:
    cards = await bank.cards_matching(tx, card_tail=card_tail, id_tail=id_tail)
    names = list(dict.fromkeys(card.holder_id for card in cards))
    holders = [await bank.holder(tx, holder_id=one) for one in names[:_MOST_FOUND]]
    return Found(tuple(one for one in holders if one), len(names) > _MOST_FOUND)


async def claim(
    tx: Transaction,
    interaction: str,
    holder: HolderId | None,
    *,
    bank: CoreBank,
    by: Staff,
    at: datetime,
) -> Proofs:
    """Say whom a conversation is about, ``None`` for nobody known; return the proofs under it.

    It proves nothing and takes nothing away: proofs stay those of the holder for whom they were
    given. Raises ``NotFound`` for no such holder, and for a conversation in which the agent does
    not take part.
    """
    found = await party_only(tx, interaction, by)
    return await claim_written(tx, found.id, holder, bank=bank, by=by, at=at)


async def claim_written(
    tx: Transaction,
    interaction: InteractionId,
    holder: HolderId | None,
    *,
    bank: CoreBank,
    by: Staff,
    at: datetime,
) -> Proofs:
    """Say the same of a conversation that whoever calls this may read. Raises ``NotFound``."""
    locked = await claim_store.lock(tx, interaction)
    if locked is None:
        raise NotFound("there is no such conversation")
    if holder is not None and await bank.holder(tx, holder_id=holder) is None:
        raise NotFound("there is no such holder")
    proofs = locked.proofs.claiming(holder)
    await claim_store.save_claim(tx, locked.id, proofs)
    await journal(
        tx,
        stream=locked.id,
        kind="desk.claimed",
        by=by.actor,
        body={"holder": holder, "was": locked.holder_id},
        at=at,
    )
    to = SUPERVISORS | to_agents(*await store.agents_of(tx, locked.id))
    tell(tx, kind="interaction", id=locked.id, to=to, data={"state": "claimed"})
    return proofs


async def keep_proof(tx: Transaction, interaction: InteractionId, proof: Proof) -> Proofs:
    """Keep what an agent proved in a conversation, beside what is there by now.

    Raises ``NotFound``, also where it has become about somebody else meanwhile.
    """
    locked = await claim_store.lock(tx, interaction)
    if locked is None or locked.proofs.claimed != proof.holder:
        raise NotFound("this conversation is about nobody, or somebody else, by now")
    proofs = locked.proofs.with_proof(proof)
    await claim_store.save_claim(tx, locked.id, proofs)
    to = SUPERVISORS | to_agents(*await store.agents_of(tx, locked.id))
    tell(tx, kind="interaction", id=locked.id, to=to, data={"state": "proven"})
    return proofs


async def unmask(
    tx: Transaction,
    interaction: str,
    *,
    field: Field,
    reason: str,
    bank: CoreBank,
    policy: DeskPolicy,
    by: Staff,
    at: datetime,
) -> Looked:
    """Show one masked field of the holder whom a conversation is about; refused ones too count.

    The look is journaled with who, what and why, and kept for the holder's own history; the value
    is written nowhere. Raises ``NotFound`` for an agent who does not take part, for no
    conversation, and for a field that the bank does not keep.
    """
    found = await party_only(tx, interaction, by)
    holder = (
        await bank.holder(tx, holder_id=found.holder_id) if found.holder_id is not None else None
    )
    told = mask_secrets(reason.strip()).text
    verdict = may_unmask(field, told, role=by.role, party=holder is not None, policy=policy)
    value: str | None = None
    if verdict.allowed and holder is not None:
        value = _value(holder, field)
        look = Look(
            *(new_id("lk"), found.id, holder.id, field, told, by.number, by.role, at),
        )
        await claim_store.add_look(tx, look)
    await journal(
        tx,
        stream=found.id,
        kind="desk.unmasked" if verdict.allowed else "desk.unmask-refused",
        by=by.actor,
        body={"holder": found.holder_id, "field": field, "reason": told, "role": by.role},
        at=at,
        verdict=verdict,
    )
    return Looked(verdict, value)


def _value(holder: Holder, field: Field) -> str:
    match field:
        case "name":
            return holder.name
        case "phone":
            return holder.phone
        case "id_tail":
            return holder.id_tail
        case "address":
            if not holder.address:
                raise NotFound("the bank keeps no address of this holder")
            return holder.address


async def looks(tx: Transaction, holder: HolderId, *, limit: int = 100) -> list[Look]:
    """Return who looked at a holder's masked fields, newest first: for the holder's own history."""
    return await claim_store.looks(tx, holder, limit=limit)


async def looked(
    tx: Transaction,
    found: Interaction,
    *,
    what: What = "screen",
    by: Staff,
    policy: ListenPolicy,
    at: datetime,
) -> None:
    """Journal that somebody of the staff looks at a conversation (row F4), once for a stay.

    An agent's own looks while it goes on and is wrapped up belong to it: they are journaled when
    they come later.
    """
    ended = found.closed_at
    if by.role == "agent" and (ended is None or at < ended + policy.after_call):
        return
    await record_stay(
        tx,
        who=by.actor,
        role=by.role,
        what=what,
        holder=found.holder_id,
        at=at,
        policy=policy,
        within=found.id,
    )


async def party_only(
    tx: Transaction, interaction: str, by: Staff, *, ringing: bool = False
) -> Interaction:
    """Return a conversation to somebody who may work in it.

    An agent takes part in it, or has a task from it; ``ringing``: being rung is enough. Leads and
    others are not bound. Raises ``NotFound``, so that nobody learns what exists.
    """
    found = await store.by_id(tx, interaction)
    if found is None or not await _may_work(tx, found, by, ringing=ringing):
        raise NotFound("there is no such interaction, or you do not take part in it")
    if found.erased_at is not None:
        raise Erased("what was personal in this interaction was erased by the rules of retention")
    return found


async def serves_holder(tx: Transaction, holder: HolderId, by: Staff) -> bool:
    """True for an agent who has served this holder, and for everybody who is no agent."""
    if by.role != "agent":
        return True
    return by.agent_id is not None and await claim_store.has_served(tx, holder, by.agent_id)


async def _may_work(tx: Transaction, found: Interaction, by: Staff, *, ringing: bool) -> bool:
    if by.role != "agent":
        return True
    if by.agent_id is None:
        return False
    if await claim_store.takes_part(tx, found.id, by.agent_id, ringing=ringing):
        return True
    if found.door != "chat":
        return False
    accepted = await read_kinds(tx, [found.id], [_CHAT_ACCEPTED])
    return any(entry.by == str(by.actor) for entry in accepted)


def number_of(interaction: Interaction) -> PhoneNumber | None:
    """Return the number of a caller as a telephone number; ``None`` where it is withheld."""
    return parse_phone(interaction.from_number)


def streams_of(interaction: Interaction) -> list[InteractionId]:
    """Return the streams that tell a conversation: its own, and the one that it continues."""
    return [interaction.id, *([interaction.continues] if interaction.continues else [])]
