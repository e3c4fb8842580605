"""What HTTP shows of the agent's screen; what is masked goes by the role that looks (row F4)."""

from datetime import date, datetime

from pydantic import BaseModel

from cardline.cards.cases.model import Case
from cardline.cards.model import Card, Statement
from cardline.core.masking import mask_phone
from cardline.core.money import yuan
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.hard_conversations.views import PlanView, WarningView, show_plan, show_warning
from cardline.desk.interactions.model import Interaction
from cardline.desk.interactions.views import ContactView, show_contact
from cardline.desk.model import DeskPolicy
from cardline.desk.screen.model import AssuranceLevel
from cardline.desk.screen.reading import Screen
from cardline.desk.staff.model import Role
from cardline.desk.views import HolderView, WordsView, show_holder, show_words
from cardline.desk.work.views import NoteView, TaskView, show_note, show_task
from cardline.messages.model import SentSms


class AssuranceView(BaseModel):
    """How sure we are, and why."""

    level: AssuranceLevel
    words: WordsView
    reasons: list[WordsView]


class ProofView(BaseModel):
    """One factor that was proven; ``counts``: for whom it was given is whom this is about."""

    factor: str
    at: datetime
    counts: bool
    weak_until: datetime | None


class WhoView(BaseModel):
    """Who this probably is. ``number``: as it is masked for everybody."""

    holder: HolderView | None
    number: str
    assurance: AssuranceView
    proofs: list[ProofView]


class StepView(BaseModel):
    """One place in the menus and the key pressed there; keys of entries are nowhere."""

    at: datetime
    node: str
    label: WordsView
    key: str | None


class AmountView(BaseModel):
    """An amount for programs and for people."""

    fen: int
    yuan: str


class CardView(BaseModel):
    """A card as it is now."""

    id: str
    account: str
    tail: str
    product: str
    state: str
    held_until: datetime | None
    activated: bool


class StatementView(BaseModel):
    """The newest statement of an account."""

    account: str
    closing_on: date
    due_on: date
    balance: AmountView
    minimum_payment: AmountView
    paid: AmountView
    unpaid: AmountView
    unpaid_minimum: AmountView
    arrears_months: int


class OpenCaseView(BaseModel):
    """A case that waits for an answer; ``owner``: who has taken it."""

    id: str
    kind: WordsView
    reason: str
    state: str
    owner: str | None
    opened_at: datetime
    due_on: date
    due_known: bool


class PendingView(BaseModel):
    """A request that has not come to its end. ``about``: a card or an account."""

    id: str
    kind: WordsView
    state: str
    asked_at: datetime
    about: str | None
    until: datetime | None


class ObjectionView(BaseModel):
    """The holder said of a hold that it was not theirs; whoever asked is to be doubted."""

    number: str
    interaction: str
    held_at: datetime
    objected_at: datetime


class MessageView(BaseModel):
    """A message to the holder; secrets in it are masked."""

    id: str
    template: str
    purpose: str
    text: str
    state: str
    at: datetime


class ScreenView(BaseModel):
    """All that an agent needs at the answer."""

    interaction: str
    door: str
    language: str | None
    opened_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    matter: str | None
    urgent: bool
    who: WhoView
    path: list[StepView]
    cards: list[CardView]
    last_statements: list[StatementView]
    contacts: list[ContactView]
    messages: list[MessageView]
    cases: list[OpenCaseView]
    pending: list[PendingView]
    objections: list[ObjectionView]
    warnings: list[WarningView]
    plan: PlanView | None
    tasks: list[TaskView]
    notes: list[NoteView]


def show_screen(
    screen: Screen, words: DeskCatalogue, *, role: Role, policy: DeskPolicy, at: datetime
) -> ScreenView:
    """Show the screen as the role sees it."""
    one = screen.interaction
    return ScreenView(
        interaction=one.id,
        door=one.door,
        language=one.language,
        opened_at=one.opened_at,
        answered_at=one.answered_at,
        closed_at=one.closed_at,
        matter=screen.queue.matter if screen.queue else None,
        urgent=bool(screen.queue and screen.queue.urgent),
        who=_who(screen, one, words, role=role, policy=policy),
        path=[
            StepView(
                at=step.at,
                node=step.node,
                label=show_words(words, "path", step.node),
                key=step.key,
            )
            for step in screen.path
        ],
        cards=[_card(card) for card in screen.cards],
        last_statements=[_statement(statement) for statement in screen.statements],
        contacts=[show_contact(contact, words, role=role) for contact in screen.contacts],
        messages=[_message(message) for message in screen.messages],
        warnings=[show_warning(warning, words, here=one.id) for warning in screen.warnings],
        cases=[_case(case, words) for case in screen.cases],
        pending=[
            PendingView(
                id=one.id,
                kind=show_words(words, "requests", one.kind),
                state=one.state,
                asked_at=one.asked_at,
                about=one.about,
                until=one.until,
            )
            for one in screen.pending
        ],
        objections=[
            ObjectionView(
                number=one.caller,
                interaction=one.stream,
                held_at=one.held_at,
                objected_at=one.objected_at,
            )
            for one in screen.objections
        ],
        plan=show_plan(screen.plans.current) if screen.plans.current else None,
        tasks=[show_task(task, at) for task in screen.tasks],
        notes=[show_note(note) for note in screen.notes],
    )


def _who(
    screen: Screen, one: Interaction, words: DeskCatalogue, *, role: Role, policy: DeskPolicy
) -> WhoView:
    sure = screen.assurance
    return WhoView(
        holder=show_holder(screen.holder, role=role, policy=policy) if screen.holder else None,
        number=mask_phone(one.from_number),
        assurance=AssuranceView(
            level=sure.level,
            words=show_words(words, "assurance", sure.level),
            reasons=[show_words(words, "assurance", code) for code in sure.reasons],
        ),
        proofs=[
            ProofView(
                factor=proof.factor.value,
                at=proof.at,
                counts=proof.holder == one.proofs.claimed,
                weak_until=proof.weak_until,
            )
            for proof in one.proofs.given
        ],
    )


def _card(card: Card) -> CardView:
    return CardView(
        id=card.id,
        account=card.account_id,
        tail=card.tail,
        product=card.product.value,
        state=card.state.value,
        held_until=card.held_until if card.state.value == "held" else None,
        activated=card.activated,
    )


def _statement(one: Statement) -> StatementView:
    return StatementView(
        account=one.account_id,
        closing_on=one.closing_on,
        due_on=one.due_on,
        balance=_amount(one.closing),
        minimum_payment=_amount(one.minimum_payment),
        paid=_amount(one.paid),
        unpaid=_amount(one.unpaid),
        unpaid_minimum=_amount(one.unpaid_minimum),
        arrears_months=one.arrears_months,
    )


def _case(case: Case, words: DeskCatalogue) -> OpenCaseView:
    return OpenCaseView(
        id=case.id,
        kind=show_words(words, "requests", case.kind.value),
        reason=case.reason.value,
        state=case.state.value,
        owner=case.owner,
        opened_at=case.opened_at,
        due_on=case.due_on,
        due_known=case.due_known,
    )


def _amount(fen: int) -> AmountView:
    return AmountView(fen=fen, yuan=yuan(fen))


def _message(message: SentSms) -> MessageView:
    return MessageView(
        id=message.id,
        template=message.template,
        purpose=message.purpose.value,
        text=message.text,
        state=message.state.value,
        at=message.at,
    )
