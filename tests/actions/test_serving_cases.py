"""Cases on a real ledger: taken in, worked on, decided, answered; twice, at once, by others."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from psycopg import AsyncConnection

from cardline.adapters.postgres.database import Database
from cardline.cards.cases import actions as cases
from cardline.cards.cases import work as case_work
from cardline.cards.cases.actions import Ask, Opened
from cardline.cards.cases.model import Case, CaseKind, CaseOutcome, CaseReason, Decision
from cardline.cards.model import CardState, CreditMark, PostingId
from cardline.cards.serving import NobodyClaimed, NotServing, talks
from cardline.core import live
from cardline.core.calendar import WorkCalendar
from cardline.core.errors import NotFound
from cardline.core.money import Fen
from cardline.desk.staff.model import Staff
from cardline.identity.model import Factor
from tests.actions.chat_room import ANNA, Room
from tests.actions.serving_desk import (
    ACCOUNT,
    AGENT,
    COLLEAGUE,
    LEAD,
    OTHER_ACCOUNT,
    OTHER_CARD,
    TODAY,
    Desk,
)

FINDINGS = "商户确认重复扣款，凭证已核对无误，应退回。"
ANSWER = "您好，经核查这笔交易确为重复扣款，已全额退回您的账户。"


@pytest.fixture
async def desk(database: Database) -> Desk:
    desk = Desk(database)
    await desk.open()
    return desk


async def dispute(desk: Desk, posting: str, *, interaction: str = "i1", **more: object) -> Opened:
    ask = Ask(
        CaseKind.DISPUTE,
        CaseReason.CHARGED_TWICE,
        "这笔扣了两次",
        posting=PostingId(posting),
        **more,  # type: ignore[arg-type]
    )
    async with desk.serving(interaction) as (tx, here):
        return await cases.open_case(tx, here, ask)


async def object_to(desk: Desk, month: date = date(2026, 8, 1)) -> Opened:
    ask = Ask(
        CaseKind.CREDIT_OBJECTION,
        CaseReason.PAID_IN_TIME,
        "八月我按时还了款",
        account=ACCOUNT.id,
        month=month,
    )
    async with desk.serving() as (tx, here):
        return await cases.open_case(tx, here, ask)


async def take(desk: Desk, case: Case, staff: Staff = AGENT) -> tuple[str, ...]:
    async with desk.working(staff) as (tx, work):
        return (await case_work.take(tx, work, case.id)).verdict.codes


async def decide(
    desk: Desk, case: Case, decision: Decision, staff: Staff = AGENT
) -> tuple[str, ...]:
    async with desk.working(staff) as (tx, work):
        return (await case_work.decide_case(tx, work, case.id, decision)).verdict.codes


async def marks(desk: Desk) -> dict[date, CreditMark]:
    async with desk.database.transaction() as tx:
        return await desk.bank.credit_marks(tx, account_id=ACCOUNT.id)


async def test_a_dispute_lives_from_the_call_to_the_answer(desk: Desk) -> None:
    bought = await desk.spend(30000)
    opened = await dispute(desk, bought.id)
    case = opened.case
    assert case is not None
    assert (case.amount, case.due_on, case.due_known) == (30000, date(2026, 10, 28), True)
    assert await take(desk, case) == ()
    upheld = Decision(CaseOutcome.UPHELD, FINDINGS, credit=Fen(30000))
    assert await desk.owed() == 30000
    assert await decide(desk, case, upheld) == ()
    assert await desk.owed() == 0
    async with desk.working(AGENT) as (tx, work):
        assert (await case_work.answer(tx, work, case.id, text=ANSWER)).verdict.allowed
        assert (await case_work.close(tx, work, case.id)).verdict.allowed
    assert await desk.kinds() == ["case.opened"]
    assert await desk.kinds(f"case:{case.id}") == [
        "case.opened",
        "case.taken",
        "case.decided",
        "case.answered",
        "case.closed",
    ]
    assert {template for _, template in await desk.texts()} == {"case_opened", "case_answered"}
    async with desk.database.transaction() as tx:
        steps = await case_work.history(tx, case)
    assert [step["text"] for step in steps] == ["这笔扣了两次", None, FINDINGS, ANSWER, None]


async def test_a_part_of_a_charge_is_disputed_and_no_more_than_that_is_given_back(
    desk: Desk,
) -> None:
    bought = await desk.spend(30000)
    too_much = await dispute(desk, bought.id, amount=Fen(30001))
    assert (too_much.case, too_much.verdict.codes) == (None, ("amount-above-posting",))
    case = (await dispute(desk, bought.id, amount=Fen(12050))).case
    assert case is not None
    assert case.amount == 12050
    await take(desk, case)
    whole = Decision(CaseOutcome.UPHELD, FINDINGS, credit=Fen(30000))
    assert await decide(desk, case, whole) == ("credit-above-amount",)
    assert await decide(desk, case, replace(whole, credit=Fen(12050))) == ()
    assert await desk.owed() == 30000 - 12050


async def test_asking_twice_is_one_case(desk: Desk) -> None:
    bought = await desk.spend(30000)
    first, second = await asyncio.gather(dispute(desk, bought.id), dispute(desk, bought.id))
    assert first.case is not None
    assert second.case is not None
    assert first.case.id == second.case.id
    assert {first.already, second.already} == {True, False}
    later = await desk.call()
    again = await dispute(desk, bought.id, interaction=later, key="another")
    assert again.case is not None
    assert (again.already, again.case.id) == (True, first.case.id)
    assert await desk.ask("SELECT count(*) FROM card_case") == [1]


async def test_ten_colleagues_reach_for_one_case_and_one_gets_it(desk: Desk) -> None:
    case = (await dispute(desk, (await desk.spend(100)).id)).case
    assert case is not None
    staff = [replace(COLLEAGUE, number=f"70{n}") for n in range(10)]
    tries = await asyncio.gather(*(take(desk, case, one) for one in staff))
    assert sorted(tries) == [(), *[("case-taken",)] * 9]


async def test_two_decisions_at_once_give_the_money_back_once(desk: Desk) -> None:
    case = (await dispute(desk, (await desk.spend(30000)).id)).case
    assert case is not None
    await take(desk, case)
    upheld = Decision(CaseOutcome.UPHELD, FINDINGS, credit=Fen(30000))
    tries = await asyncio.gather(*(decide(desk, case, upheld) for _ in range(4)))
    assert sorted(tries) == [(), *[("case-is-decided",)] * 3]
    assert await desk.owed() == 0


async def test_a_refused_step_changes_nothing_and_is_written_down(desk: Desk) -> None:
    case = (await dispute(desk, (await desk.spend(100)).id)).case
    assert case is not None
    await take(desk, case)
    not_upheld = Decision(CaseOutcome.NOT_UPHELD, FINDINGS)
    assert await decide(desk, case, not_upheld, COLLEAGUE) == ("not-the-owner",)
    assert (await desk.kinds(f"case:{case.id}"))[-1] == "case.step-refused"
    assert await desk.ask("SELECT state FROM card_case") == ["taken"]


async def test_what_is_too_late_is_refused_with_the_reason_and_a_theft_is_not(desk: Desk) -> None:
    old = await desk.spend(100, TODAY - timedelta(days=70))
    refused = await dispute(desk, old.id)
    assert refused.verdict.codes == ("query-late",)
    assert refused.case is None
    assert await desk.kinds() == ["case.refused"]
    ask = Ask(CaseKind.DISPUTE, CaseReason.NOT_MINE, "不是我刷的", posting=old.id)
    async with desk.serving() as (tx, here):
        theft = await cases.open_case(tx, here, ask)
    assert theft.verdict.allowed
    assert theft.freeze_advised


async def test_no_freeze_is_advised_where_the_card_is_safe(desk: Desk) -> None:
    bought = await desk.spend(100)
    await desk.set_state(CardState.FROZEN)
    ask = Ask(CaseKind.DISPUTE, CaseReason.NOT_MINE, "不是我刷的", posting=bought.id)
    async with desk.serving() as (tx, here):
        assert not (await cases.open_case(tx, here, ask)).freeze_advised


async def test_secrets_are_taken_out_of_what_was_typed(desk: Desk) -> None:
    ask = Ask(
        CaseKind.FAILED_TRANSACTION,
        CaseReason.DECLINED,
        "卡号4111 1111 1111 1111，安全码123，密码654321，付款失败",
        amount=Fen(10**9),
    )
    async with desk.serving() as (tx, here):
        opened = await cases.open_case(tx, here, ask)
    assert opened.masked == ("card_number", "cvv", "password")
    assert opened.case is not None
    assert opened.causes == ("limit-short",)
    stored = "".join(await desk.ask("SELECT row_to_json(c)::text FROM card_case c"))
    stored += "".join(await desk.ask("SELECT body::text FROM journal"))
    assert "654321" not in stored
    assert "4111" not in stored


async def test_a_credit_record_is_marked_disputed_and_stays_where_the_bank_did_not_err(
    desk: Desk,
) -> None:
    case = (await object_to(desk)).case
    assert case is not None
    assert case.due_on == date(2026, 9, 30)
    assert await marks(desk) == {date(2026, 8, 1): CreditMark.DISPUTED}
    await take(desk, case)
    kind = Decision(CaseOutcome.CORRECTED, FINDINGS, bank_erred=False)
    assert await decide(desk, case, kind) == ("bank-did-not-err",)
    stands = Decision(CaseOutcome.ENTRY_STANDS, FINDINGS, bank_erred=False)
    assert await decide(desk, case, stands) == ()
    assert await marks(desk) == {date(2026, 8, 1): CreditMark.CLEARED}


async def test_a_credit_record_is_corrected_where_the_bank_erred(desk: Desk) -> None:
    case = (await object_to(desk)).case
    assert case is not None
    await take(desk, case)
    wrong = Decision(CaseOutcome.ENTRY_STANDS, FINDINGS, bank_erred=True)
    assert await decide(desk, case, wrong) == ("bank-erred-so-correct",)
    right = Decision(CaseOutcome.CORRECTED, FINDINGS, bank_erred=True)
    assert await decide(desk, case, right) == ()
    assert await marks(desk) == {date(2026, 8, 1): CreditMark.CORRECTED}


async def test_two_objections_to_one_month_are_one(desk: Desk) -> None:
    first, second = await object_to(desk), await object_to(desk, date(2026, 8, 20))
    assert first.case is not None
    assert second.case is not None
    assert second.case.id == first.case.id


async def test_the_database_itself_refuses_to_alter_a_true_record(desk: Desk) -> None:
    case = (await object_to(desk)).case
    assert case is not None
    with pytest.raises(Exception, match="card_case_corrected_only_where_the_bank_erred"):
        await desk.ask(
            "UPDATE card_case SET outcome = 'corrected', bank_erred = false, decided_at = now()"
            " RETURNING id"
        )


async def test_what_another_holder_owns_is_not_there(desk: Desk) -> None:
    strange = replace(
        (await desk.spend(100)),
        id=PostingId("p-other"),
        account_id=OTHER_ACCOUNT.id,
        card_id=OTHER_CARD.id,
    )
    async with desk.database.transaction() as tx:
        await desk.bank.post_many(tx, postings=[strange])
    with pytest.raises(NotFound):
        await dispute(desk, "p-other")
    ask = Ask(CaseKind.FAILED_TRANSACTION, CaseReason.DECLINED, "付款失败", card=OTHER_CARD.id)
    with pytest.raises(NotFound):
        async with desk.serving() as (tx, here):
            await cases.open_case(tx, here, ask)


async def test_nobody_serves_a_call_in_which_they_had_no_part_or_that_is_about_nobody(
    desk: Desk,
) -> None:
    bought = await desk.spend(100)
    ask = Ask(CaseKind.DISPUTE, CaseReason.OTHER, "请查一下", posting=bought.id)
    with pytest.raises(NotServing):
        async with desk.serving(staff=COLLEAGUE) as (tx, here):
            await cases.open_case(tx, here, ask)
    nobody = await desk.call(None, proven=())
    with pytest.raises(NobodyClaimed):
        async with desk.serving(nobody) as (tx, here):
            await cases.open_case(tx, here, ask)


async def test_without_any_proof_nothing_is_taken_in(desk: Desk) -> None:
    bought = await desk.spend(100)
    bare = await desk.call(proven=())
    assert not (await dispute(desk, bought.id, interaction=bare)).verdict.allowed
    tails = await desk.call(proven=(Factor.CARD_AND_ID_TAILS,))
    assert (await dispute(desk, bought.id, interaction=tails)).verdict.allowed


async def test_a_lead_decides_what_is_much(desk: Desk) -> None:
    case = (await dispute(desk, (await desk.spend(90000)).id)).case
    assert case is not None
    upheld = Decision(CaseOutcome.UPHELD, FINDINGS, credit=Fen(90000))
    await take(desk, case)
    assert await decide(desk, case, upheld) == ("lead-needed", "four-eyes")
    assert await take(desk, case, LEAD) == ()
    assert await decide(desk, case, upheld, LEAD) == ()
    assert await desk.owed() == 0


async def test_a_due_day_beyond_the_calendar_is_reckoned_once_the_pack_has_it(
    desk: Desk,
) -> None:
    desk.now = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    name = await desk.call()
    bought = await desk.spend(100, date(2026, 11, 20))
    case = (await dispute(desk, bought.id, interaction=name)).case
    assert case is not None
    assert (case.due_on, case.due_known) == (date(2026, 12, 31), False)
    assert await desk.sweep() == 0
    known = desk.servicing.calendar
    desk.servicing = replace(
        desk.servicing,
        calendar=WorkCalendar(known.holidays | {date(2027, 1, 1)}, known.workdays),
    )
    assert await desk.sweep() == 1
    assert await desk.sweep() == 0
    assert await desk.ask("SELECT due_on, due_known FROM card_case") == [(date(2027, 1, 13), True)]


async def test_a_holder_takes_a_case_back(desk: Desk) -> None:
    case = (await object_to(desk)).case
    assert case is not None
    async with desk.working(AGENT) as (tx, work):
        done = await case_work.withdraw(tx, work, case.id, why="持卡人已想起来")
    assert done.verdict.allowed
    assert await marks(desk) == {date(2026, 8, 1): CreditMark.CLEARED}
    assert await take(desk, case) == ("case-is-withdrawn",)


async def test_open_screens_hear_of_a_case_and_of_nothing_that_was_refused(desk: Desk) -> None:
    bought, old = await desk.spend(100), await desk.spend(100, TODAY - timedelta(days=70))
    async with await AsyncConnection.connect(desk.database.url, autocommit=True) as listening:
        await listening.execute(f"LISTEN {live.CHANNEL}")
        case = (await dispute(desk, bought.id)).case
        await dispute(desk, old.id)
        heard = [live.told_of(one.payload) async for one in listening.notifies(timeout=2)]
    assert case is not None
    cases_heard = [one for one in heard if one.kind == "case"]
    assert [(one.id, one.data["state"]) for one in cases_heard] == [(case.id, "open")]
    assert cases_heard[0].to == live.to_roles("agent", "lead")


async def test_in_a_chat_only_whoever_has_it_acts(desk: Desk) -> None:
    bought = await desk.spend(100)
    room = Room(desk.database, now=desk.now)
    mine = await room.hire("a6001", "general", "account")
    other = await room.hire("a6002", "general", "account")
    chat = await room.waiting(visitor=ANNA)
    for staff in (mine, other):
        with pytest.raises(NotServing):
            async with desk.serving(chat.id, staff) as (tx, here):
                await talks(tx, here)
    assert await room.accept("a6001", chat) == ()
    ask = Ask(CaseKind.DISPUTE, CaseReason.OTHER, "请查一下", posting=bought.id)
    with pytest.raises(NotServing):
        async with desk.serving(chat.id, other) as (tx, here):
            await cases.open_case(tx, here, ask)
    async with desk.serving(chat.id, mine) as (tx, here):
        await talks(tx, here)
        opened = await cases.open_case(tx, here, ask)
    assert not opened.verdict.allowed
    assert opened.verdict.codes[0].startswith("needs-")
