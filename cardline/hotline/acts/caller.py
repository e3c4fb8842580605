"""What is known of the caller in one call, and the acts' common ground."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from cardline.cards.model import Account, Card, CardState, Holder, Language
from cardline.cards.rules.state import state_at
from cardline.core.actor import Actor
from cardline.core.home import home
from cardline.core.ids import InteractionId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.hotline.flows.model import Do
from cardline.hotline.services import Services
from cardline.identity.model import Proofs, Subject, subject_of
from cardline.outreach.campaigns.machine_model import Judgement
from cardline.outreach.campaigns.model import Errand


@dataclass
class Caller:
    """Grows during the call: who it seems to be, and what was proven."""

    interaction: InteractionId
    number: PhoneNumber | None
    shown_number: str
    line_user: str = ""
    """The user part that the line gave or is to show, as it came."""
    language: Language | None = None
    holder: Holder | None = None
    proofs: Proofs = field(default_factory=Proofs)
    question: str | None = None
    errand: Errand | None = None
    """What the bank calls about, where it is the bank that calls."""
    judged: Judgement | None = None
    """Who seems to have answered, where the bank calls and listens."""

    @property
    def actor(self) -> Actor:
        """Who is named in the journal: the holder once proven by something, else the number."""
        if self.holder and any(proof.holder == self.holder.id for proof in self.proofs.given):
            return Actor("holder", self.holder.id)
        return Actor("caller", self.shown_number)

    @property
    def spoken_language(self) -> Language:
        """The language chosen, else the holder's, else Mandarin."""
        return self.language or (self.holder.language if self.holder else home().language)


@dataclass(frozen=True)
class Acting:
    """One act about to be done: everything that it may use."""

    tx: Transaction
    services: Services
    caller: Caller
    do: Do
    at: datetime

    async def subject(self) -> Subject | None:
        """Return the claimed holder as identity needs it; ``None`` while nobody is claimed."""
        holder = self.caller.holder
        if holder is None:
            return None
        bank = self.services.bank
        cards = await bank.cards_of(self.tx, holder_id=holder.id)
        accounts = await bank.accounts_of(self.tx, holder_id=holder.id)
        return subject_of(holder, cards, accounts)

    async def account(self) -> Account | None:
        """Return the holder's first account: the one that the hotline speaks of."""
        holder = self.caller.holder
        if holder is None:
            return None
        accounts = await self.services.bank.accounts_of(self.tx, holder_id=holder.id)
        return accounts[0] if accounts else None

    async def open_cards(self) -> list[Card]:
        """Return the cards that could still be frozen: neither closed nor frozen."""
        holder = self.caller.holder
        if holder is None:
            return []
        cards = await self.services.bank.cards_of(self.tx, holder_id=holder.id)
        now = [replace(card, state=state_at(card, self.at)) for card in cards]
        return [card for card in now if card.state in (CardState.ACTIVE, CardState.HELD)]
