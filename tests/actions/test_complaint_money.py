"""Compensation: four eyes above an amount, and paid exactly once, wherever anything dies."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import Posting
from cardline.complaints import actions
from cardline.complaints.actions import deciding
from cardline.complaints.model import Mark, State
from cardline.complaints.work_model import Decision, Outcome, Remedy, RemedyKind
from cardline.core.errors import Conflict
from cardline.core.ids import AccountId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction
from tests.actions.complaint_room import COMPLIANCE, LEAD, SECOND, Room, decision
from tests.actions.serving_desk import ACCOUNT, OTHER_ACCOUNT


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


class Died(Exception):
    """The process is gone."""


@dataclass
class BankElsewhere:
    """A card system with a life of its own: what it posted stays, whatever becomes of us.

    It knows keys, as the port asks; everything else it asks of the ledger.
    """

    ledger: Any
    posted: dict[str, Posting] = field(default_factory=dict)
    dies: str = ""
    """``before``: the request never arrives; ``after``: its answer is lost."""
    asked: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    async def post(self, tx: Transaction, *, key: str, **more: Any) -> Posting:
        self.asked += 1
        if self.dies == "before":
            raise Died
        if key not in self.posted:
            more.setdefault("card_id", None)
            self.posted[key] = Posting(id=f"ext-{len(self.posted)}", **more)
        if self.dies == "after":
            raise Died
        return self.posted[key]

    @property
    def paid(self) -> list[int]:
        return [-one.amount for one in self.posted.values()]


# ---------------------------------------------------------------- four eyes


async def test_a_small_compensation_is_paid_and_a_large_one_waits_for_a_second_person(
    room: Room,
) -> None:
    await room.decided()
    await room.sweep()
    assert await room.paid() == [30000]
    large = await room.accepted("k2", statement="盗刷损失未赔。")
    decided = await room.do(actions.decide, large, decision(90000))
    assert decided.complaint.state is State.AWAITING
    await room.sweep()
    assert await room.paid() == [30000]
    assert Mark.DECIDED not in decided.complaint.timeline.marks
    own = await room.do(actions.agree, large, agrees=True, why="同意")
    assert own.verdict.codes == ("four-eyes",)
    agreed = await room.do(actions.agree, large, agrees=True, why="同意", staff=SECOND)
    assert agreed.complaint.state is State.DECIDED
    await room.sweep()
    assert await room.paid() == [30000, 90000]


async def test_what_the_second_person_turns_down_is_decided_anew_and_pays_nothing(
    room: Room,
) -> None:
    case = await room.accepted()
    await room.do(actions.decide, case, decision(90000))
    await room.do(actions.agree, case, agrees=False, why="金额依据不足", staff=COMPLIANCE)
    assert (await room.find(case)).state is State.ACCEPTED
    await room.do(actions.decide, case, decision(40000))
    await room.sweep()
    await room.sweep()
    assert await room.paid() == [40000]


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (Decision(Outcome.UPHELD, "", "", ""),
         ("findings-needed", "basis-needed", "reasons-needed", "remedy-needed")),
        (Decision(Outcome.UPHELD, "查明事实", "合约条款", "理由充分",
                  (Remedy(RemedyKind.COMPENSATION, "", Fen(100), OTHER_ACCOUNT.id),)),
         ("apology-needed", "account-unfit")),
        (Decision(Outcome.NOT_UPHELD, "查明事实", "合约条款", "理由充分",
                  (Remedy(RemedyKind.COMPENSATION, "", Fen(100), ACCOUNT.id),)),
         ("compensation-without-fault",)),
        (Decision(Outcome.UPHELD, "查明事实", "合约条款", "理由充分",
                  (Remedy(RemedyKind.APOLOGY), Remedy(RemedyKind.SETTING),
                   Remedy(RemedyKind.COMPENSATION, "", Fen(-5), ACCOUNT.id))),
         ("detail-needed", "compensation-unfit")),
        (Decision(Outcome.UPHELD, "查明事实", "合约条款", "理由充分",
                  (Remedy(RemedyKind.APOLOGY),
                   Remedy(RemedyKind.COMPENSATION, "", Fen(10**9), ACCOUNT.id))),
         ("compensation-too-high",)),
    ],
)  # fmt: skip
async def test_a_decision_that_lacks_something_is_refused_with_every_reason(
    room: Room, wrong: Decision, codes: tuple[str, ...]
) -> None:
    case = await room.accepted()
    refused = await room.do(actions.decide, case, wrong)
    assert refused.verdict.codes == codes
    assert await room.rows("SELECT count(*) FROM complaint_remedy") == [0]


async def test_a_true_credit_record_is_never_altered_and_a_wrong_one_always(room: Room) -> None:
    case = await room.accepted(subjects=("credit-record",))
    assert "credit-record" in await room.due(case)
    fix = (Remedy(RemedyKind.APOLOGY), Remedy(RemedyKind.CORRECTION, "更正2026年5月的逾期记录"))
    said = ("查明事实", "征信业管理条例", "理由充分")
    for bank_erred, remedies, code in (
        (None, fix, "fault-not-said"),
        (False, fix, "bank-did-not-err"),
        (True, fix[:1], "bank-erred-so-correct"),
    ):
        what = Decision(Outcome.UPHELD, *said, remedies, bank_erred)
        assert (await room.do(actions.decide, case, what)).verdict.codes == (code,)
    done = await room.do(actions.decide, case, Decision(Outcome.UPHELD, *said, fix, True))
    assert done.verdict.allowed


# ---------------------------------------------------------------- once, whatever fails


@pytest.mark.parametrize("dies", ["before", "after"])
async def test_a_bank_that_dies_on_us_has_paid_once_in_the_end(room: Room, dies: str) -> None:
    bank = BankElsewhere(room.config.bank, dies=dies)
    room = room.with_bank(bank)
    case = await room.decided()
    swept = await room.sweep()
    assert (swept.paid, swept.unpaid) == (0, 1)
    assert await room.rows(
        "SELECT count(*) FROM desk_task WHERE source LIKE 'complaint-pay:%%'"
    ) == [1]
    bank.dies = ""
    assert (await room.sweep()).paid == 1
    assert (await room.sweep()).paid == 0
    assert bank.paid == [30000]
    assert (await room.kinds(case)).count("compensated") == 1


STEPS = ("remedy", "post", "finish_remedy", "journal", "commit")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_dying_at_any_step_of_paying_pays_exactly_once(
    room: Room, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    bank = BankElsewhere(room.config.bank)
    room = room.with_bank(bank)
    case = await room.decided()
    with monkeypatch.context() as patched:
        home: Any = {
            "post": bank,
            "remedy": deciding.work_store,
            "finish_remedy": deciding.work_store,
            "journal": deciding,
        }.get(step)
        if home is not None:
            patched.setattr(home, step, _dying(getattr(home, step), when))
        with pytest.raises(Died):
            await _pay_one(room, dies_at_commit=step == "commit" and when == "before")
            raise Died  # after the commit: it is paid, and nobody remembers
    for _ in range(2):
        await room.sweep()
    assert bank.paid == [30000]
    kinds = await room.kinds(case)
    assert kinds.count("compensated") == 1
    assert await room.rows("SELECT posting FROM complaint_remedy WHERE kind = 'compensation'") == [
        "ext-0"
    ]


@pytest.mark.parametrize("step", ["put_decision", "order_remedies", "step"])
async def test_dying_while_deciding_decides_nothing_and_pays_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    case = await room.accepted()
    with monkeypatch.context() as patched:
        home: Any = deciding if step == "step" else deciding.work_store
        patched.setattr(home, step, _dying(getattr(home, step), "after"))
        with pytest.raises(Died):
            await room.do(actions.decide, case, decision())
    await room.sweep()
    assert await room.paid() == []
    assert (await room.find(case)).state is State.ACCEPTED
    await room.do(actions.decide, case, decision(20000))
    await room.sweep()
    assert await room.paid() == [20000]


async def test_two_nodes_at_once_pay_once(room: Room) -> None:
    await room.decided()
    await asyncio.gather(*(room.sweep() for _ in range(4)))
    assert await room.paid() == [30000]


async def test_another_posting_under_the_same_key_is_never_taken_for_ours(room: Room) -> None:
    bank = BankElsewhere(room.config.bank)
    room = room.with_bank(bank)
    await room.decided()
    remedy = (await room.rows("SELECT id FROM complaint_remedy WHERE kind = 'compensation'"))[0]
    bank.posted[f"complaint/{remedy}"] = Posting(
        id="x", account_id=AccountId("elsewhere"), card_id=None, kind=None,  # type: ignore[arg-type]
        amount=Fen(-1), posted_on=room.now.date(), at=room.now,
    )  # fmt: skip
    assert (await room.sweep()).unpaid == 1
    assert await room.rows("SELECT done_at FROM complaint_remedy WHERE kind = 'compensation'") == [
        None
    ]


async def test_nothing_is_paid_that_was_not_decided(room: Room) -> None:
    case = await room.accepted()
    await room.do(actions.decide, case, decision(90000))
    remedy = (await room.rows("SELECT id FROM complaint_remedy WHERE kind = 'compensation'"))[0]
    with pytest.raises(Conflict):
        await _pay(room, remedy, room.now)
    assert LEAD.number == (await room.find(case)).handler


async def _pay_one(room: Room, *, dies_at_commit: bool) -> None:
    remedy = (await room.rows("SELECT id FROM complaint_remedy WHERE kind = 'compensation'"))[0]
    async with room.database.transaction() as tx:
        await actions.pay(tx, remedy, config=room.config, at=room.now)
        if dies_at_commit:
            raise Died


async def _pay(room: Room, remedy: str, at: datetime) -> None:
    async with room.database.transaction() as tx:
        await actions.pay(tx, remedy, config=room.config, at=at)


def _dying(act: Callable[..., Awaitable[Any]], when: str) -> Callable[..., Awaitable[Any]]:
    async def dying(*args: Any, **more: Any) -> Any:
        if when == "after":
            await act(*args, **more)
        raise Died

    return dying


async def test_compensation_goes_to_no_account_in_another_currency(room: Room) -> None:
    case = await room.accepted()
    async with room.working(LEAD) as (tx, work):
        found = await actions.find(tx, case)
        assert [one.account for one in await actions.payees(tx, work, found)]
    pounds = replace(room.config, policy=replace(room.config.policy, currency="GBP"))
    abroad = replace(room, config=pounds)
    async with abroad.working(LEAD) as (tx, work):
        assert await actions.payees(tx, work, found) == []
    refused = await abroad.do(actions.decide, case, decision())
    assert "account-unfit" in refused.verdict.codes
