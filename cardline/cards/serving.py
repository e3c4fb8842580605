"""An agent who serves somebody in an interaction: who it is about, and whether it may be.

Everything that an agent does on a card goes through here: the holder is the one who is claimed in
the interaction, cards and accounts are that holder's, and the proofs are those of the interaction.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Account, Card, Holder, Posting, PostingId
from cardline.cards.service_policy import ServicePolicy
from cardline.core.actor import Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AccountId, CardId
from cardline.core.masking import Masked, mask_secrets
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction, Leg
from cardline.desk.staff.model import Staff
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Proofs, Subject, subject_of
from cardline.messages.actions import send_sms
from cardline.messages.chat import owning
from cardline.messages.model import Values


class NobodyClaimed(Conflict):
    """Nobody has said yet whom this interaction is about."""

    code = "nobody-claimed"


class NotServing(Conflict):
    """The agent does not talk with this person now."""

    code = "not-serving"


@dataclass(frozen=True, slots=True)
class Serving:
    """An agent in an interaction, and what the work needs."""

    staff: Staff
    interaction: Interaction
    bank: CoreBank
    identity: IdentityConfig
    policy: ServicePolicy
    at: datetime

    @property
    def by(self) -> Actor:
        """Who does it, for the journal."""
        return self.staff.actor

    @property
    def stream(self) -> str:
        """The journal stream of the interaction."""
        return self.interaction.id


@dataclass(frozen=True, slots=True)
class Claimant:
    """The holder whom an interaction is about, with all that is theirs."""

    holder: Holder
    subject: Subject
    cards: tuple[Card, ...]
    accounts: tuple[Account, ...]

    def card(self, card_id: CardId) -> Card:
        """Return a card of theirs. Raises ``NotFound`` for any other, known or not."""
        for card in self.cards:
            if card.id == card_id:
                return card
        raise NotFound("this holder has no such card")

    def account(self, account_id: AccountId) -> Account:
        """Return an account of theirs. Raises ``NotFound`` for any other, known or not."""
        for account in self.accounts:
            if account.id == account_id:
                return account
        raise NotFound("this holder has no such account")

    def owns(self, posting: Posting) -> bool:
        """True where a posting stands on an account of theirs or was made with a card of theirs."""
        return any(account.id == posting.account_id for account in self.accounts) or any(
            card.id == posting.card_id for card in self.cards
        )


async def claimant(tx: Transaction, serving: Serving) -> Claimant:
    """Return whom the interaction is about. Raises :class:`NobodyClaimed`."""
    claimed = serving.interaction.proofs.claimed
    holder = await serving.bank.holder(tx, holder_id=claimed) if claimed else None
    if holder is None:
        raise NobodyClaimed("say first whom this is about")
    cards = await serving.bank.cards_of(tx, holder_id=holder.id)
    accounts = await serving.bank.accounts_of(tx, holder_id=holder.id)
    return Claimant(holder, subject_of(holder, cards, accounts), tuple(cards), tuple(accounts))


async def own_posting(
    tx: Transaction, serving: Serving, person: Claimant, posting_id: PostingId
) -> Posting:
    """Return a posting of theirs. Raises ``NotFound`` for any other, known or not."""
    posting = await serving.bank.posting(tx, posting_id=posting_id)
    if posting is None or not person.owns(posting):
        raise NotFound("this holder has no such transaction")
    return posting


async def took_part(tx: Transaction, serving: Serving) -> None:
    """Raise :class:`NotServing` for an agent who was not in this call or has not this chat."""
    if serving.staff.role == "lead":
        return
    if serving.interaction.door == "chat":
        await _has_chat(tx, serving)
        return
    legs = await desk.legs_of(tx, serving.interaction.id)
    if not any(_speaks(leg, serving.staff) for leg in legs):
        raise NotServing("you were not in this call")


async def talks(tx: Transaction, serving: Serving) -> None:
    """Raise :class:`NotServing` unless the agent talks with this person now, leads too.

    What opens or changes something is done with the person who proved that it is theirs, not
    afterwards with what they left behind.
    """
    here = serving.interaction
    if here.closed_at is None and here.door == "chat":
        await _has_chat(tx, serving)
        return
    legs = await desk.legs_of(tx, here.id)
    if here.closed_at is not None or not any(
        _speaks(leg, serving.staff) and leg.ended_at is None for leg in legs
    ):
        raise NotServing("this is done only while you talk with the person who proved it is theirs")


def _speaks(leg: Leg, staff: Staff) -> bool:
    """True where the agent was in it; whoever only listens or whispers talks with nobody."""
    own = staff.agent_id is not None and leg.agent_id == staff.agent_id
    return own and leg.answered_at is not None and leg.monitoring in (None, "join")


async def _has_chat(tx: Transaction, serving: Serving) -> None:
    agent = serving.staff.agent_id
    if agent is None or await owning.agent_with(tx, serving.interaction.id) != agent:
        raise NotServing("this chat is not with you")


async def decide(
    tx: Transaction,
    serving: Serving,
    person: Claimant,
    act: Act,
    *,
    proofs: Proofs | None = None,
) -> Verdict:
    """Ask identity whether what was proven suffices; journaled.

    ``proofs``: with the agent's own judgement, where it is not in those of the interaction.
    """
    return await identity.decide(
        tx,
        act=act,
        proofs=proofs or serving.interaction.proofs,
        subject=person.subject,
        config=serving.identity,
        stream=serving.stream,
        by=serving.by,
        at=serving.at,
    )


def free_text(text: str, *, least: int, what: str) -> Masked:
    """Take the secrets out of what an agent typed. Raises ``Invalid`` where nothing is said."""
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in text):
        raise Invalid("this is no text")
    masked = mask_secrets(text.strip())
    if len(masked.text) < least:
        raise Invalid(f"{what}, in at least {least} characters")
    return masked


async def tell(
    tx: Transaction,
    serving: Serving,
    holder: Holder,
    *,
    template: str,
    values: Values,
    key: str,
) -> None:
    """Tell the holder by SMS what was done at their request; the gate has its say."""
    await tell_holder(
        tx,
        holder,
        config=serving.identity,
        template=template,
        values=values,
        key=key,
        stream=serving.stream,
        at=serving.at,
        solicited=True,
    )


async def tell_holder(
    tx: Transaction,
    holder: Holder,
    *,
    config: IdentityConfig,
    template: str,
    values: Values,
    key: str,
    stream: str,
    at: datetime,
    solicited: bool = False,
) -> None:
    """Tell a holder by SMS at the registered number; waits for the hours where it must."""
    await send_sms(
        tx,
        config=config.sms,
        holder=holder.id,
        to=holder.phone,
        template=template,
        values=values,
        language=holder.language,
        key=key,
        stream=stream,
        at=at,
        zone=ZoneInfo(holder.zone),
        solicited=solicited,
        wait=True,
    )
