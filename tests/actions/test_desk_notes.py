"""Notes of a conversation and of a holder: whose they may be, and what never stands in them."""

from collections.abc import AsyncIterator

import psycopg
import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.cases import actions as cases
from cardline.cards.cases.actions import Ask
from cardline.cards.cases.model import CaseKind, CaseReason
from cardline.cards.serving import Serving
from cardline.core.ids import AgentId
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.identity.model import Factor
from tests.actions.routing_floor import after
from tests.actions.serving_desk import POLICY as SERVICE
from tests.actions.workplace import OTHER, Workplace, open_workplace
from tests.store.ledger_fixture import CARD


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        yield place


async def test_secrets_in_a_note_are_gone_before_it_is_stored(
    place: Workplace, database_url: str
) -> None:
    await place.call("i1")
    text = "客户报了卡号 4111 1111 1111 1111，密码 739154"
    note = await place.told("POST", "/interactions/i1/notes", {"text": text})
    assert set(note["masked"]) == {"card_number", "password"}
    with psycopg.connect(database_url) as connection:
        for table in ("desk_note", "journal"):
            rows = str(connection.execute(f"SELECT * FROM {table}".encode()).fetchall())
            assert "4111 1111" not in rows
            assert "739154" not in rows


async def test_a_note_that_asks_for_a_secret_is_flagged_at_once(place: Workplace) -> None:
    await place.call("i1")
    note = await place.told("POST", "/interactions/i1/notes", {"text": "请把验证码发给我"})
    assert note["asks"] == ["one_time_code"]
    kind, by, body = (await place.journal("i1"))[-1]
    assert (kind, by) == ("desk.asked-for-secret", "agent:a1")
    assert body == {"asks": ["one_time_code"], "where": "note"}
    await place.told("POST", "/interactions/i1/notes", {"text": "请勿告诉任何人验证码"})
    assert (await place.kinds("i1")).count("desk.asked-for-secret") == 1


async def test_a_note_on_a_holder_is_on_the_next_screen(place: Workplace) -> None:
    await place.told("POST", "/holders/h1/notes", {"text": "听力不好，请慢慢说"}, who="lead:a5")
    await place.call("i1")
    shown = await place.told("GET", "/interactions/i1/screen")
    assert [(one["text"], one["author"]) for one in shown["notes"]] == [("听力不好，请慢慢说", "5")]
    assert (await place.ask("POST", "/holders/h9/notes", {"text": "谁"}))[0] == 404


async def test_an_agents_note_on_a_holder_comes_from_a_conversation_or_a_case(
    place: Workplace,
) -> None:
    await place.call("i1", factors=(Factor.REGISTERED_NUMBER,))
    await place.call("i2", agent="a2", holder=OTHER.id, number=OTHER.phone)
    text = {"text": "听力不好，请慢慢说"}
    path = "/holders/h1/notes"
    status, answer = await place.ask("POST", path, text)
    assert (status, answer["code"]) == (422, "note-unbound")
    assert (await place.ask("POST", path, {**text, "interaction": "i2"}))[0] == 404
    assert (await place.ask("POST", path, {**text, "interaction": "i2"}, who="agent:a2"))[0] == 404
    assert (await place.told("POST", path, {**text, "interaction": "i1"}))["interaction"] == "i1"
    async with place.services.database.transaction() as tx:
        found = await desk.find(tx, "i1")
        assert found is not None
        agent = Staff("1", "李", "agent", AgentId("a1"), None)
        here = Serving(
            agent, found, place.services.bank, place.services.identity, SERVICE, after(50)
        )
        ask = Ask(CaseKind.FAILED_TRANSACTION, CaseReason.DECLINED, "没有成功", card=CARD.id)
        case = (await cases.open_case(tx, here, ask)).case
    assert case is not None
    assert (await place.ask("POST", path, {**text, "case": case.id}, who="agent:a2"))[0] == 404
    assert (await place.ask("POST", "/holders/h2/notes", {**text, "case": case.id}))[0] == 404
    assert (await place.told("POST", path, {**text, "case": case.id}))["holder"] == "h1"
