# ruff: noqa: S105 - names of acts and factors, not passwords
"""Types of identity: what was proven, by what, how strongly, and what somebody wants to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from cardline.cards.model import Account, Card, CardState, Holder, Language
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import Verdict


class Act(StrEnum):
    """What somebody wants to do. Each has its line in the policy pack (``identity.toml``)."""

    HEAR_BALANCE = "hear_balance"
    HEAR_STATEMENT = "hear_statement"
    HEAR_TRANSACTIONS = "hear_transactions"
    HEAR_INTEREST = "hear_interest"
    HEAR_POINTS = "hear_points"
    HEAR_ANNUAL_FEE = "hear_annual_fee"
    HEAR_OFFERS = "hear_offers"
    HEAR_COMPLAINT = "hear_complaint"
    """That a complaint is open, and by when something follows."""
    SET_QUERY_PASSWORD = "set_query_password"
    CHANGE_QUERY_PASSWORD = "change_query_password"
    RESET_QUERY_PASSWORD = "reset_query_password"
    FREEZE = "freeze"
    HOLD = "hold"
    MAKE_HOLD_FINAL = "make_hold_final"
    RELEASE_HOLD = "release_hold"
    RELEASE_FREEZE = "release_freeze"
    DISPUTE_TRANSACTION = "dispute_transaction"
    LIMIT_REQUEST = "limit_request"
    CHANGE_ADDRESS = "change_address"
    CHANGE_PHONE = "change_phone"
    CLOSE_CARD = "close_card"
    REPORT_FAILED_TRANSACTION = "report_failed_transaction"
    OBJECT_CREDIT_RECORD = "object_credit_record"
    REVERSE_FEE = "reverse_fee"
    WITHDRAW_REQUEST = "withdraw_request"
    """Undo a change of one's data, or the closing of a card, while it cools."""
    STOP_MARKETING = "stop_marketing"
    COMPLAIN = "complain"
    VERIFY_CONTACT = "verify_contact"
    TALK_TO_PERSON = "talk_to_person"


class Factor(StrEnum):
    """A way to prove who one is. What kind each is of: :data:`KINDS`."""

    REGISTERED_NUMBER = "registered_number"
    QUERY_PASSWORD = "query_password"
    ONE_TIME_CODE = "one_time_code"
    CARD_AND_ID_TAILS = "card_and_id_tails"
    KNOWLEDGE_QUESTIONS = "knowledge_questions"
    AGENT_JUDGEMENT = "agent_judgement"


PERSON: Final = Factor.AGENT_JUDGEMENT
"""What :func:`cardline.identity.rules.missing` names when keys alone lead no further."""

Kind = Literal["possession", "secret", "data", "judgement"]
"""``data`` stands in a stolen wallet or a leaked list: it identifies, but hardly proves."""

KINDS: Final[dict[Factor, Kind]] = {
    Factor.REGISTERED_NUMBER: "possession",
    Factor.ONE_TIME_CODE: "possession",
    Factor.QUERY_PASSWORD: "secret",
    Factor.CARD_AND_ID_TAILS: "data",
    Factor.KNOWLEDGE_QUESTIONS: "data",
    Factor.AGENT_JUDGEMENT: "judgement",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One factor that was proven for one holder.

    A proof with ``weak_until`` in the future does not count for guarded acts before that time: a
    query password that was reset with the phone in hand says no more than the phone itself.
    """

    factor: Factor
    holder: HolderId
    at: datetime
    weak_until: datetime | None = None
    only_for: Act | None = None
    """Where it proves nothing for any other act: the code of a password reset."""
    detail: str = ""
    """Plain words for the journal, never a secret, for example what an agent relied on."""

    def is_like(self, other: "Proof") -> bool:
        """True where both prove the same factor for the same holder and the same acts."""
        mine = (self.factor, self.holder, self.only_for)
        return mine == (other.factor, other.holder, other.only_for)


@dataclass(frozen=True, slots=True)
class Lock:
    """A factor that takes no more tries before ``until``.

    Freezing is never locked: a lock counts there only with ``freezing_too``, which means that keys
    were tried so often that a person takes over.
    """

    factor: Factor
    until: datetime
    freezing_too: bool = False


@dataclass(frozen=True, slots=True)
class Proofs:
    """All that is known about the identity of one party of one interaction.

    ``claimed`` is who they say they are, or whose number they call from; ``caller`` is the number
    that they come from, ``None`` where it is withheld. A proof for anyone else than ``claimed``
    never counts.
    """

    claimed: HolderId | None = None
    caller: PhoneNumber | None = None
    given: tuple[Proof, ...] = ()
    locks: tuple[Lock, ...] = ()

    def with_proof(self, proof: Proof | None) -> "Proofs":
        """Add a proof, replacing an older one of its like; ``None`` adds none."""
        if proof is None:
            return self
        rest = tuple(old for old in self.given if not old.is_like(proof))
        return replace(self, given=(*rest, proof), claimed=self.claimed or proof.holder)

    def with_locks(self, locks: tuple[Lock, ...]) -> "Proofs":
        """Put the state of the locks as read now."""
        return replace(self, locks=locks)

    def claiming(self, holder: HolderId | None) -> "Proofs":
        """Say whom this is about from now on; locks belong to the holder and are read anew."""
        return self if holder == self.claimed else replace(self, claimed=holder, locks=())


@dataclass(frozen=True, slots=True)
class HolderView:
    """What the rules must know of the holder who is claimed."""

    id: HolderId
    has_phone: bool
    """A registered mobile number that can take a one-time code."""
    has_query_password: bool
    has_questions: bool = True
    """The bank's data give enough questions."""
    phone_weak_until: datetime | None = None
    """End of the cooling period after a change of the registered number (row B4)."""
    data_changed_until: datetime | None = None
    """End of the cooling period after a change of address or e-mail: a person is needed too."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bank knows and a holder may be asked. ``None``: do not ask."""

    statement_day: int | None = None
    credit_limit_yuan: int | None = None
    card_count: int | None = None
    opened_year: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A holder as the actions of identity need them; made from the bank's data by the caller."""

    id: HolderId
    phone: PhoneNumber | None
    """The registered number; one-time codes go there and nowhere else."""
    id_tail: str = field(repr=False)
    """Last 4 characters of the identity document, upper case (``X`` is keyed as ``*``)."""
    card_tails: tuple[str, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: home().zone)
    language: Language = "zh"
    facts: Facts = Facts()
    phone_changed_at: datetime | None = None
    data_changed_at: datetime | None = None


def subject_of(holder: Holder, cards: Sequence[Card], accounts: Sequence[Account] = ()) -> Subject:
    """Make the subject from the bank's data. Without ``accounts`` fewer questions can be asked."""
    live = [card for card in cards if card.state is not CardState.CLOSED]
    first = accounts[0] if accounts else None
    return Subject(
        id=holder.id,
        phone=holder.phone,
        id_tail=holder.id_tail.upper(),
        card_tails=tuple(card.tail for card in live),
        zone=ZoneInfo(holder.zone),
        language=holder.language,
        facts=Facts(
            statement_day=first.statement_day if first else None,
            credit_limit_yuan=first.credit_limit // 100 if first else None,
            card_count=len(live),
            opened_year=first.opened_on.year if first else None,
        ),
        phone_changed_at=holder.phone_changed_at,
        data_changed_at=holder.data_changed_at,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of one try: a proof where it was right.

    Refusals of ``verdict``: ``wrong`` (a wrong value, an ended or used code, nobody of that name:
    never told apart), ``locked`` with its end, also beside the last ``wrong``, and ``ambiguous``
    (tails that fit more than one holder: a person asks on). A right answer to a question that is
    not the last carries no proof yet.
    """

    verdict: Verdict
    proof: Proof | None = None
    tries_left: int = 0

    @property
    def right(self) -> bool:
        """True where the try was right."""
        return self.verdict.allowed


@dataclass(frozen=True, slots=True)
class Weighed:
    """An act as an agent sees it before trying: the verdict, and what to ask for next."""

    verdict: Verdict
    missing: tuple[Factor, ...]


class CodePurpose(StrEnum):
    """What a one-time code is for: it proves nothing for anything else."""

    IDENTIFY = "identify"
    RESET_QUERY_PASSWORD = "reset_query_password"
    LOG_IN = "log_in"
    """Opens a session on the holder's own pages."""
    HOLD = "hold"
    """The word in the message about a hold: binds the reply to that hold."""


class PasswordChange(StrEnum):
    """How a query password came to be: decides for how long it counts as weak."""

    SET = "set"
    CHANGE = "change"
    RESET = "reset"


QuestionKind = Literal["statement_day", "credit_limit", "card_count", "opened_year"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with four answers, chosen by the keys 1–4.

    ``choices`` are what the prompts speak: a day of the month, whole yuan, a number of cards, a
    year. ``right`` is the key of the true one and stays in the server.
    """

    kind: QuestionKind
    choices: tuple[int, int, int, int]
    right: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it may be put to the caller."""

    id: str
    kind: QuestionKind
    choices: tuple[int, int, int, int]
    number: int
    """1 for the first of this interaction."""
    of: int
    """How many must be answered right."""


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """What one calling number has done to cards on tails alone: the ground of :func:`may_hold`."""

    at: tuple[datetime, ...] = ()
    """Its holds within the longest window of the policy, any order."""
    objected_at: datetime | None = None
    """When the holder last answered that a hold from this number was not theirs."""
