"""What the hotline tells by itself, and with which figures (point 4; rows B1-B3, B7, D2)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg

from cardline.adapters.postgres.embedded import EmbeddedPostgres
from tests.journeys.desk import line_of, texts
from tests.journeys.people import AGENT_HZ, Caller, Stage
from tests.journeys.program import Program

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]


def day(written: str) -> str:
    """Return a date as it is said in Mandarin."""
    on = date.fromisoformat(written)
    return f"{on.month}月{on.day}日"


async def rows(program: Program, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the ledger itself."""
    url = EmbeddedPostgres(program.home).url
    async with await psycopg.AsyncConnection.connect(url) as ledger:
        return await (await ledger.execute(query, values)).fetchall()


async def proven(stage: Stage, holder: dict[str, Any], keys: str, language: str = "zh") -> Caller:
    """Call from the registered phone, go where ``keys`` lead, and give the query password."""
    caller = await stage.caller(holder["phone"])
    await caller.choose(language)
    await caller.press(keys)
    await caller.hears("ask_query_password")
    await caller.press(holder["query_password"] + "#")
    return caller


async def said_in(caller: Caller) -> list[str]:
    """Hang up and return everything that was said."""
    await caller.hang_up()
    return texts(await caller.closed())


async def test_balance_and_available_credit(stage: Stage, holders: Holders) -> None:
    holder = holders()
    bank = await stage.program.ask("holder", "show", holder["phone"])
    caller = await proven(stage, holder, "11", "en")
    await caller.hears("balance_is|balance_in_credit", "value", "anything_else")
    account = bank["accounts"][0]
    told = next(text for text in await said_in(caller) if "Your available credit" in text)
    assert account["owed"]["yuan"].removeprefix("-") in told
    assert account["available"]["yuan"] in told


async def test_the_last_statement_with_minimum_and_due_date(stage: Stage, holders: Holders) -> None:
    unpaid = {
        str(phone)
        for (phone,) in await rows(
            stage.program,
            """
            SELECT holder.phone FROM bank_holder AS holder JOIN bank_account AS account
            ON account.holder_id = holder.id JOIN LATERAL (
                SELECT * FROM bank_statement AS statement
                WHERE statement.account_id = account.id ORDER BY closing_on DESC LIMIT 1
            ) AS last ON true
            WHERE last.closing > 0 AND NOT EXISTS (
                SELECT FROM bank_posting AS paid WHERE paid.account_id = account.id
                AND paid.kind = 'payment' AND paid.posted_on > last.closing_on
            )
            """,
        )
    }
    holder = holders(where=lambda one: one["phone"] in unpaid)
    shown = await stage.program.ask("holder", "show", holder["phone"])
    last = shown["last_statement"]
    caller = await proven(stage, holder, "12")
    await caller.hears("statement_is", "value", "anything_else")
    told = next(text for text in await said_in(caller) if "应还" in text)
    for expected in (
        day(last["closing_on"]),
        last["balance"]["yuan"] + "元",
        last["minimum_payment"]["yuan"] + "元",
        day(last["due_on"]),
    ):
        assert expected in told


async def test_the_last_transactions_newest_first(stage: Stage, holders: Holders) -> None:
    holder = holders()
    shown = await stage.program.ask("holder", "show", holder["phone"])
    newest = await rows(
        stage.program,
        "SELECT posted_on, abs(amount) FROM bank_posting WHERE account_id = %s AND amount <> 0"
        " ORDER BY posted_on DESC, seq DESC LIMIT 5",
        shown["accounts"][0]["id"],
    )
    caller = await proven(stage, holder, "13")
    await caller.hears("value", "anything_else", within=15)
    told = next(text for text in await said_in(caller) if "，消费" in text or "，还款" in text)
    at = -1
    for posted_on, fen in newest:
        at = told.index(f"{fen // 100:,}.{fen % 100:02}元", at + 1)
        assert f"{posted_on.month}月{posted_on.day}日" in told[max(0, at - 16) : at]


async def test_interest_is_explained_line_by_line(stage: Stage, holders: Holders) -> None:
    charged = dict(
        await rows(
            stage.program,
            """
            SELECT holder.phone, last.interest
            FROM bank_holder AS holder JOIN bank_account AS account
            ON account.holder_id = holder.id JOIN LATERAL (
                SELECT * FROM bank_statement AS statement
                WHERE statement.account_id = account.id ORDER BY closing_on DESC LIMIT 1
            ) AS last ON true
            WHERE last.interest > 0 AND NOT EXISTS (
                SELECT FROM bank_account AS other
                WHERE other.holder_id = holder.id AND other.id <> account.id
            )
            """,
        )
    )
    assert charged
    holder = holders(where=lambda one: one["phone"] in charged)
    fen = charged[holder["phone"]]
    caller = await proven(stage, holder, "14")
    await caller.hears("interest_total", "value", "interest_line", "value")
    told = next(text for text in await said_in(caller) if "日利率" in text)
    assert f"利息合计{fen // 100:,}.{fen % 100:02}元" in told
    lines = told.split("本金")[1:]
    assert lines
    assert all("共" in line and "天，利息" in line for line in lines)


async def test_points_and_annual_fee_progress(stage: Stage, holders: Holders) -> None:
    holder = holders()
    shown = await stage.program.ask("holder", "show", holder["phone"])
    account = shown["accounts"][0]["id"]
    ((points,),) = await rows(
        stage.program, "SELECT sum(points) FROM bank_posting WHERE account_id = %s", account
    )
    caller = await proven(stage, holder, "21")
    await caller.hears("points_are", "value", "anything_else")
    await caller.press("#")
    await caller.hears("main_menu")
    await caller.press("15")
    await caller.hears("annual_fee_progress|annual_fee_waived|annual_fee_none", "anything_else")
    said = await said_in(caller)
    assert any(f"积分余额为{points:,}分" in text for text in said)
    assert any(f"尾号{shown['cards'][0]['tail']}" in text and "年费" in text for text in said)


async def test_what_was_proven_once_is_not_asked_for_again(stage: Stage, holders: Holders) -> None:
    caller = await proven(stage, holders(), "11")
    await caller.hears("anything_else")
    await caller.press("#")
    await caller.hears("main_menu")
    await caller.press("12")
    heard = await caller.hears("statement_is|statement_paid|ask_query_password")
    assert heard.name != "zh/ask_query_password.0"


async def test_star_says_it_again_and_hash_goes_back(stage: Stage, holders: Holders) -> None:
    caller = await proven(stage, holders(), "11")
    await caller.hears("balance_is|balance_in_credit", "anything_else")
    await caller.press("*")
    await caller.hears("balance_is|balance_in_credit", "anything_else")
    await caller.press("#")
    await caller.hears("main_menu")


async def test_eight_stops_marketing_at_once_for_holder_and_number(
    stage: Stage, holders: Holders, strangers: Strangers
) -> None:
    for number in (holders()["phone"], strangers()):
        caller = await stage.caller(number)
        await caller.choose("zh")
        await caller.press("8")
        await caller.hears("marketing_stopped")
        withdrawn = line_of(await caller.interaction(), "outreach.withdrawn")
        assert withdrawn["source"] == "hotline"
        found = await rows(
            stage.program,
            "SELECT purpose FROM outreach_withdrawal WHERE phone = %s",
            number,
        )
        assert found == [("marketing",)]
        await caller.hang_up()


async def test_who_shows_no_number_reaches_a_person_to_stop_marketing(
    stage: Stage, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for()[0])
    caller = await stage.caller("anonymous")
    await caller.choose("zh")
    await caller.press("8")
    await caller.hears("marketing_unknown")
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)


async def test_a_text_that_says_stop_withdraws_too(stage: Stage, holders: Holders) -> None:
    holder = holders()
    ended = await stage.program.tell("sms", "receive", holder["phone"], "TD")
    assert ended.out.strip() == "stop-marketing"
    found = await rows(
        stage.program, "SELECT source FROM outreach_withdrawal WHERE phone = %s", holder["phone"]
    )
    assert found == [("sms",)]
