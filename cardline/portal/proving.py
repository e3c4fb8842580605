"""What is missing for an act, and proving exactly that (rows A2, B6)."""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Factor, Proofs, Subject, subject_of
from cardline.identity.rules import may_act, missing
from cardline.portal.model import HolderSession
from cardline.portal.sessions import actor_of, add_proof

ASKED_HERE = frozenset({Factor.CARD_AND_ID_TAILS, Factor.QUERY_PASSWORD})
"""What a page can ask for; a code is asked for by logging in, the rest by a person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether what was proven in a session suffices for an act, and what to ask for if not."""

    verdict: Verdict
    missing: tuple[Factor, ...]

    @property
    def here(self) -> bool:
        """True where the page can ask for all that is missing."""
        return bool(self.missing) and set(self.missing) <= ASKED_HERE


async def subject_for(
    tx: Transaction, session: HolderSession, *, bank: CoreBank
) -> tuple[Subject, list[Card]]:
    """Return the holder as identity needs them, and their cards."""
    cards = await bank.cards_of(tx, holder_id=session.holder.id)
    return subject_of(session.holder, cards), cards


async def standing(
    tx: Transaction,
    act: Act,
    *,
    subject: Subject,
    proofs: Proofs,
    stream: str,
    config: IdentityConfig,
    at: datetime,
) -> Standing:
    """Judge an act without doing it: for showing what it needs. Nothing is journaled."""
    view = await identity.holder_view(tx, subject=subject, config=config, at=at)
    locks = await identity.locks_of(
        tx, subject=subject, caller=subject.phone, stream=stream, config=config, at=at
    )
    current = proofs.with_locks(locks)
    return Standing(
        may_act(act, current, holder=view, policy=config.policy, now=at),
        missing(act, current, holder=view, policy=config.policy, now=at),
    )


async def prove_tails(
    tx: Transaction,
    session: HolderSession,
    *,
    subject: Subject,
    card_tail: str,
    id_tail: str,
    config: IdentityConfig,
    at: datetime,
) -> tuple[Verdict, Proofs]:
    """Check both tails. Tries count against the registered number, whose phone got the code."""
    checked = await identity.check_tails(
        tx,
        candidates=[subject],
        card_tail=card_tail,
        id_tail=id_tail,
        freezing=False,
        caller=subject.phone,
        config=config,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )
    if checked.proof is None:
        return checked.verdict, session.proofs
    return checked.verdict, await add_proof(tx, session.id, checked.proof)


async def prove_password(
    tx: Transaction,
    session: HolderSession,
    *,
    subject: Subject,
    password: Secret,
    config: IdentityConfig,
    at: datetime,
) -> tuple[Verdict, Proofs]:
    """Check the query password, with the tries and the lock that the hotline has too."""
    checked = await identity.check_query_password(
        tx,
        subject=subject,
        password=password,
        caller=None,
        config=config,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )
    if checked.proof is None:
        return checked.verdict, session.proofs
    return checked.verdict, await add_proof(tx, session.id, checked.proof)
