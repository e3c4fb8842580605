"""Opening, following and closing interactions. Every step is journaled in the same transaction."""

from datetime import datetime

from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import AgentId, CallId, InteractionId, LegId
from cardline.core.live import SUPERVISORS, Audience, tell, to_agents
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import store
from cardline.desk.interactions.model import Interaction, Leg, LegPurpose, Monitoring
from cardline.evidence.actions import journal
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.model import SealedKey
from cardline.identity.model import Proofs


async def open_interaction(
    tx: Transaction, interaction: Interaction, *, source: str, by: Actor | None = None
) -> bool:
    """Open an interaction for who came; False where the call has one (a repeat).

    ``by``: who came, where it is not the number that calls.
    """
    if not await store.insert(tx, interaction):
        return False
    await journal(
        tx,
        stream=interaction.id,
        kind="interaction.opened",
        by=by or Actor("caller", interaction.from_number),
        body={
            "door": interaction.door,
            "call": interaction.call or None,
            "from": interaction.from_number,
            "to": interaction.to_number,
            "source": source,
            "holder": interaction.holder_id,
            "flow": interaction.flow_version,
            **({"continues": interaction.continues} if interaction.continues else {}),
        },
        at=interaction.opened_at,
        begins=True,
    )
    _tell(tx, interaction.id, SUPERVISORS, state="opened", door=interaction.door)
    return True


async def note(
    tx: Transaction,
    interaction: InteractionId,
    kind: str,
    body: JsonObject,
    *,
    at: datetime,
    by: Actor = SYSTEM,
) -> None:
    """Journal something that happened in an interaction and changes nothing else."""
    await journal(tx, stream=interaction, kind=kind, by=by, body=body, at=at)


async def save_progress(
    tx: Transaction,
    interaction: InteractionId,
    *,
    state: JsonObject,
    proofs: Proofs | None,
    language: str | None,
    answered: datetime | None,
    trail: list[JsonObject],
    at: datetime,
) -> None:
    """Keep where the call stands and journal what was said and pressed since the last time.

    ``proofs``: ``None`` where the call has proven nothing new. ``answered``: when the line answered
    and recording began, as far as is known.
    """
    await store.save_progress(
        tx, interaction, state=state, proofs=proofs, language=language, answered=answered
    )
    if trail:
        await journal(
            tx, stream=interaction, kind="hotline.steps", by=SYSTEM, body={"steps": trail}, at=at
        )


async def save_proofs(tx: Transaction, interaction: InteractionId, proofs: Proofs) -> None:
    """Keep what was proven; who proves journals it."""
    await store.save_proofs(tx, interaction, proofs)


async def leg_dialled(
    tx: Transaction,
    interaction: InteractionId,
    leg: LegId,
    *,
    agent: AgentId | None,
    target: str,
    purpose: LegPurpose,
    monitoring: Monitoring | None = None,
    at: datetime,
) -> None:
    """A party begins to ring."""
    await store.add_leg(
        tx,
        interaction,
        leg,
        agent=agent,
        target=target,
        purpose=purpose,
        monitoring=monitoring,
        at=at,
    )


async def leg_monitoring(
    tx: Transaction,
    interaction: InteractionId,
    leg: LegId,
    monitoring: Monitoring | None,
    *,
    at: datetime,
    by: Actor,
) -> None:
    """A lead follows the talk in another way from now on; ``None``: takes part like any other."""
    await store.leg_monitoring(tx, interaction, leg, monitoring)
    body: JsonObject = {"leg": leg, "how": monitoring or "talk"}
    await journal(tx, stream=interaction, kind="call.monitoring", by=by, body=body, at=at)


async def leg_answered(
    tx: Transaction, interaction: InteractionId, leg: LegId, *, at: datetime
) -> None:
    """A party answered."""
    agents = await store.leg_answered(tx, interaction, leg, at)
    to = SUPERVISORS | to_agents(*agents)
    _tell(tx, interaction, to, state="answered", leg=leg)


async def leg_ended(
    tx: Transaction, interaction: InteractionId, leg: LegId | None, *, cause: str, at: datetime
) -> None:
    """A party left; ``None`` means all that are still there."""
    await store.leg_ended(tx, interaction, leg, cause, at)


async def close_interaction(
    tx: Transaction, interaction: InteractionId, *, outcome: str, at: datetime
) -> bool:
    """The call ended; False where that was known."""
    agents = await store.close(tx, interaction, outcome, at)
    if agents is None:
        return False
    await store.leg_ended(tx, interaction, None, outcome, at)
    await journal(
        tx,
        stream=interaction,
        kind="interaction.closed",
        by=SYSTEM,
        body={"outcome": outcome},
        at=at,
    )
    to = SUPERVISORS | to_agents(*agents)
    _tell(tx, interaction, to, state="closed", outcome=outcome)
    return True


async def reopen_interaction(tx: Transaction, interaction: InteractionId, *, at: datetime) -> bool:
    """Whoever came back goes on with it; False where it had not ended (row A5)."""
    if not await store.reopen(tx, interaction):
        return False
    await journal(tx, stream=interaction, kind="interaction.reopened", by=SYSTEM, body={}, at=at)
    return True


async def answered_by_person(tx: Transaction, interaction: InteractionId, *, at: datetime) -> None:
    """A person answered; kept is the first time. Who it was is journaled by whoever calls this."""
    await store.answered(tx, interaction, at)


def _tell(tx: Transaction, interaction: InteractionId, to: Audience, **data: str) -> None:
    tell(tx, kind="interaction", id=interaction, to=to, data=data)


async def store_recording(
    tx: Transaction,
    *,
    call: CallId,
    path: str,
    seconds: float,
    size: int,
    sha256: str,
    gaps: list[JsonObject],
    at: datetime,
    key: SealedKey | None = None,
) -> InteractionId | None:
    """Attach a finished recording to its interaction; ``None`` where no interaction has the call.

    ``key``: under which it lies sealed, kept in any case: a recording that was built anew lies
    under another key than before. The hash is that of the sound and goes into the journal, so that
    a file that was changed later is found out (row F1).
    """
    if key is not None:
        await sealing.keep(tx, key, at=at)
    stored = await store.insert_recording(
        tx,
        call,
        path=path,
        seconds=seconds,
        size=size,
        sha256=sha256,
        gaps=gaps,
        sealed=key is not None,
        at=at,
    )
    if stored is None:
        known = await store.by_call(tx, call)
        return known.id if known else None
    await journal(
        tx,
        stream=stored,
        kind="recording.stored",
        by=SYSTEM,
        body={"seconds": round(seconds, 2), "bytes": size, "sha256": sha256, "gaps": gaps},
        at=at,
    )
    return stored


async def take_message(
    tx: Transaction,
    interaction: InteractionId,
    *,
    number: str,
    matter: str,
    language: str,
    from_second: float,
    to_second: float,
    at: datetime,
) -> None:
    """A caller left a message because nobody was on duty (row A3)."""
    await store.insert_message(
        tx,
        interaction,
        number=number,
        matter=matter,
        language=language,
        from_second=from_second,
        to_second=to_second,
        at=at,
    )
    await journal(
        tx,
        stream=interaction,
        kind="message.taken",
        by=Actor("caller", number),
        body={
            "matter": matter,
            "from_second": round(from_second, 1),
            "to_second": round(to_second, 1),
        },
        at=at,
    )


async def find(tx: Transaction, interaction: str) -> Interaction | None:
    """Return an interaction by its id."""
    return await store.by_id(tx, interaction)


async def find_by_call(tx: Transaction, call: str) -> Interaction | None:
    """Return the interaction of a call."""
    return await store.by_call(tx, call)


async def open_calls(tx: Transaction) -> list[Interaction]:
    """Return all calls that have not ended; messages and chats are no calls."""
    return await store.open_calls(tx)


async def legs_of(tx: Transaction, interaction: InteractionId) -> list[Leg]:
    """Return all parties that were rung within an interaction, oldest first."""
    return await store.legs(tx, interaction)


async def latest(tx: Transaction, *, limit: int) -> list[Interaction]:
    """Return interactions, newest first."""
    return await store.latest(tx, limit=limit)
