"""A complaints desk on a real database and ledger, with the verbs that the tests need."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cardline.adapters.postgres.database import Database
from cardline.adapters.sms.outbox import OutboxSms
from cardline.complaints import actions
from cardline.complaints.actions import Stepped, Working
from cardline.complaints.causes import load_causes
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.model import (
    Complainant,
    Complaint,
    ComplaintId,
    Decision,
    Door,
    Intake,
    Outcome,
    Remedy,
    RemedyKind,
)
from cardline.complaints.sweeping import Swept, sweep
from cardline.core.actor import Actor
from cardline.core.ids import AgentId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import read_links
from cardline.evidence.model import Entry
from cardline.messages.actions import dispatch
from cardline.messages.outcomes import MessageOutcome, Outcomes
from tests.actions.identity_desk import config as identity_config
from tests.actions.serving_desk import ACCOUNT, HOLDER, OTHER, OTHER_ACCOUNT
from tests.rules.complaint_cases import CALENDARS, CN
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
"""10 in the morning in Shanghai."""
AGENT = Staff("6001", "李娜", "agent", AgentId("a6001"), None)
LEAD = Staff("6010", "陈静", "lead", AgentId("a6010"), None)
SECOND = Staff("6011", "周凯", "lead", AgentId("a6011"), None)
COMPLIANCE = Staff("9001", "何敏", "compliance", None, None)
CALLER = Actor("holder", HOLDER.id)
STATEMENT = "年费已经减免，却仍被收取。"
CONTENTS = CN.answer_contents
ANSWER = "经查，年费应予减免。依据合约第五条，现已退还。如不同意，可申请核查、调解、仲裁或起诉。"


def intake(key: str = "k1", **more: Any) -> Intake:
    whole: dict[str, Any] = {
        "key": key,
        "door": Door.PORTAL,
        "complainant": Complainant(holder_id=HOLDER.id),
        "statement": STATEMENT,
        "demand": "退还年费。",
        "subjects": ("fees",),
        "account_id": ACCOUNT.id,
    }
    return Intake(**{**whole, **more})


def decision(amount: int | None = 30000, outcome: Outcome = Outcome.UPHELD) -> Decision:
    remedies = [Remedy(RemedyKind.APOLOGY, "诚恳致歉")]
    if amount is not None:
        remedies.append(Remedy(RemedyKind.COMPENSATION, "", Fen(amount), ACCOUNT.id))
    return Decision(
        outcome, "年费减免未录入系统。", "合约第五条。", "减免条件已满足。", tuple(remedies)
    )


@dataclass
class Room:
    """Some staff, two holders, a ledger; time stands until it is moved."""

    database: Database
    now: datetime = NOW
    config: ComplaintConfig = field(
        default_factory=lambda: ComplaintConfig(
            CN, CALENDARS["cn"], load_causes(), ledger(), identity_config().sms
        )
    )

    outcomes: Outcomes = field(init=False, default_factory=Outcomes)

    def __post_init__(self) -> None:
        self.outcomes.add(self._hear)

    async def _hear(self, tx: Transaction, outcome: MessageOutcome) -> bool:
        return await actions.take_outcome(tx, outcome, config=self.config)

    async def open(self) -> "Room":
        """Fill the bank and hire the staff."""
        async with self.database.transaction() as tx:
            bank: Any = self.config.bank
            await bank.add_holders(tx, holders=[HOLDER, OTHER])
            await bank.add_accounts(tx, accounts=[ACCOUNT, OTHER_ACCOUNT])
            for one in (AGENT, LEAD, SECOND, COMPLIANCE):
                await desk_staff.add_staff(
                    tx, one, token=one.number, phone_ha1=None, by=Actor("operator"), at=self.now
                )
        return self

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def receive(self, key: str = "k1", *, by: Actor = CALLER, **more: Any) -> Complaint:
        async with self.database.transaction() as tx:
            return await actions.receive(
                tx, intake(key, **more), config=self.config, by=by, at=self.now
            )

    @asynccontextmanager
    async def working(self, staff: Staff = LEAD) -> AsyncIterator[tuple[Transaction, Working]]:
        async with self.database.transaction() as tx:
            yield tx, Working(staff, self.config, self.now)

    async def do(self, act: Any, *args: Any, staff: Staff = LEAD, **more: Any) -> Stepped:
        """Let somebody of the staff do something."""
        async with self.working(staff) as (tx, work):
            stepped: Stepped = await act(tx, work, *args, **more)
            return stepped

    async def ask(self, act: Any, case: ComplaintId, *, by: Actor = CALLER, **more: Any) -> Stepped:
        """Let the complainant do something."""
        async with self.database.transaction() as tx:
            stepped: Stepped = await act(tx, case, config=self.config, by=by, at=self.now, **more)
            return stepped

    async def accepted(self, key: str = "k1", *, handler: Staff = LEAD, **more: Any) -> ComplaintId:
        """A complaint that somebody has accepted."""
        case = await self.receive(key, **more)
        assert (await self.do(actions.assign, case.id, to=handler.number)).verdict.allowed
        assert (await self.do(actions.accept, case.id, staff=handler)).verdict.allowed
        return case.id

    async def decided(self, key: str = "k1", *, what: Decision | None = None) -> ComplaintId:
        case = await self.accepted(key)
        stepped = await self.do(actions.decide, case, what or decision())
        assert stepped.verdict.allowed, stepped.verdict.codes
        return case

    async def answered(self, key: str = "k1", *, what: Decision | None = None) -> ComplaintId:
        case = await self.decided(key, what=what)
        stepped = await self.answer(case)
        assert stepped.verdict.allowed, stepped.verdict.codes
        return case

    async def answer(self, case: ComplaintId, **more: Any) -> Stepped:
        told = {
            "about": "answer", "channel": "handed-over", "text": ANSWER, "contents": CONTENTS,
            "proof_kind": "receipt", "proof": "签收单 17",
        }  # fmt: skip
        return await self.do(actions.notify, case, **{**told, **more})

    async def classify(self, case: ComplaintId, **more: Any) -> Stepped:
        said = {
            "product": "credit-card", "issue": "annual-fee", "severity": "low",
            "causes": ("fee-disclosure",), "subjects": ("fees",), "persons": (),
        }  # fmt: skip
        return await self.do(actions.classify, case, **{**said, **more})

    async def find(self, case: ComplaintId) -> Complaint:
        async with self.database.transaction() as tx:
            return await actions.find(tx, case)

    async def sweep(self) -> Swept:
        return await sweep(self.database, config=self.config, clock=lambda: self.now)

    async def send_messages(self) -> None:
        await dispatch(
            self.database,
            OutboxSms(self.database),
            config=self.config.sms,
            clock=lambda: self.now,
            outcomes=self.outcomes,
        )

    async def journal(self, case: ComplaintId) -> list[Entry]:
        async with self.database.transaction() as tx:
            return [link.entry for link in await read_links(tx, f"complaint:{case}")]

    async def kinds(self, case: ComplaintId) -> list[str]:
        """Return what the journal has of a complaint, without what other areas wrote there."""
        kinds = [entry.kind for entry in await self.journal(case)]
        own = "complaint."
        return [kind.removeprefix(own) for kind in kinds if kind.startswith(own)]

    async def rows(self, question: str, *values: object) -> list[Any]:
        """Ask the database; rows of one column without their tuples."""
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]

    async def due(self, case: ComplaintId) -> dict[str, date]:
        """Return what is still due on a complaint, with the last day."""
        rows = await self.rows(
            "SELECT what, last_day FROM complaint_due WHERE about = %s AND next_at IS NOT NULL",
            case,
        )
        return {row[0]: row[1] for row in rows}

    async def paid(self) -> list[int]:
        """Return what was paid to the holder's account."""
        return await self.rows(
            "SELECT -amount FROM bank_posting WHERE key LIKE 'complaint/%%' ORDER BY seq"
        )

    def with_bank(self, bank: Any) -> "Room":
        return replace(self, config=replace(self.config, bank=bank))
