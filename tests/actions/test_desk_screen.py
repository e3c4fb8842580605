"""The screen at the answer, claims, looks, searches: what is shown and what is kept."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.cases import actions as cases
from cardline.cards.cases.actions import Ask
from cardline.cards.cases.model import CaseKind, CaseReason
from cardline.cards.contacts import actions as contact_changes
from cardline.cards.model import ContactField
from cardline.cards.serving import Serving
from cardline.core.actor import Actor
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId
from cardline.core.masking import mask_phone
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.screen import reading as screen
from cardline.desk.staff.model import Staff
from cardline.identity import actions as identity
from cardline.identity.holds import HoldWord
from cardline.identity.model import Factor, Proofs, subject_of
from cardline.messages import actions as messages
from tests.actions.identity_desk import config
from tests.actions.routing_floor import POLICY, after
from tests.actions.serving_desk import POLICY as SERVICE
from tests.actions.workplace import DESK, NUMBER, OTHER, Workplace, open_workplace
from tests.partial import LOOKS
from tests.rules.identity_people import STRANGE_PHONE
from tests.store.ledger_fixture import CARD, HOLDER

WHY = "客户请我们改打登记的号码"
STATEMENTS = 18
"""What the whole screen costs the database at most, however much there is to show."""


@pytest.fixture
async def place(database: Database) -> AsyncIterator[Workplace]:
    async with open_workplace(database) as place:
        yield place


def codes(words: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in words]


async def test_the_screen_tells_who_calls_how_sure_we_are_and_why(place: Workplace) -> None:
    await place.call("i1", factors=(Factor.REGISTERED_NUMBER,))
    shown = await place.told("GET", "/interactions/i1/screen")
    who = shown["who"]
    assert who["holder"] == {
        "id": "h1",
        "name": "林*",
        "phone": "154****0001",
        "id_tail": None,
        "address": None,
        "language": "zh",
        "zone": "Asia/Shanghai",
    }
    assert who["number"] == "154****0001"
    sure = who["assurance"]
    assert (sure["level"], codes(sure["reasons"])) == ("likely", ["registered-number"])
    assert sure["reasons"][0]["zh"] == "用预留手机号来电"
    assert [one["factor"] for one in who["proofs"]] == ["registered_number"]
    assert (shown["matter"], shown["urgent"]) == ("account", False)
    (card,) = shown["cards"]
    assert (card["id"], card["tail"], card["state"]) == ("c1", CARD.tail, "active")


async def test_the_screen_tells_the_way_through_the_menus_in_words(place: Workplace) -> None:
    await place.call("i1")
    await place.steps(
        "i1",
        {"at": "2026-11-22T02:00:01.000+00:00", "node": "main", "said": "请选择"},
        {"at": "2026-11-22T02:00:03.000+00:00", "node": "main", "key": "3"},
        {"at": "2026-11-22T02:00:04.000+00:00", "node": "limit", "said": "请稍候"},
    )
    path = (await place.told("GET", "/interactions/i1/screen"))["path"]
    assert [(one["node"], one["label"]["zh"], one["key"]) for one in path] == [
        ("main", "主菜单", "3"),
        ("limit", "排队：额度", None),
    ]


async def test_last_contacts_of_the_holder_and_of_the_number_are_there(place: Workplace) -> None:
    await place.call("i1", number="+8613911112222")
    await place.hangs_up("i1")
    await place.call("i2", agent="a2", holder=None)
    await place.hangs_up("i2", agent="a2")
    await place.call("i3", agent="a3", holder=OTHER.id, number=OTHER.phone)
    await place.call("i4", agent="a4")
    await _send(place, "h1")
    shown = await place.told("GET", "/interactions/i4/screen", who="agent:a4")
    assert {one["id"] for one in shown["contacts"]} == {"i1", "i2"}
    assert [one["from"] for one in shown["contacts"] if one["id"] == "i1"] == ["139****2222"]
    assert [one["agents"] for one in shown["contacts"] if one["id"] == "i2"] == [["a2"]]
    assert [one["template"] for one in shown["messages"]] == ["card_frozen"]


async def test_the_screen_costs_the_same_few_statements_however_much_there_is(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.call("i1", factors=(Factor.REGISTERED_NUMBER,))
    few = await _statements(place, "i1", monkeypatch)
    for name in ("i2", "i3", "i4", "i5"):
        await place.call(name, agent=f"b{name}")
        await place.told(
            "POST", f"/interactions/{name}/notes", {"text": "已说明"}, who=f"agent:b{name}"
        )
        await place.told(
            "POST",
            f"/interactions/{name}/warnings",
            {"category": "abuse", "words": "（辱骂）"},
            who=f"agent:b{name}",
        )
        await place.told(
            "POST",
            "/tasks",
            {"what": "回电", "due_at": after(9000).isoformat(), "interaction": name},
            who=f"agent:b{name}",
        )
        await _send(place, "h1", key=name)
    assert await _statements(place, "i1", monkeypatch) == few <= STATEMENTS
    shown = await place.told("GET", "/interactions/i1/screen")
    assert [
        len(shown[part]) for part in ("contacts", "notes", "warnings", "tasks", "messages")
    ] == [*(4, 4, 4, 4, 4)]


async def test_an_agent_sees_only_conversations_of_his_own(place: Workplace) -> None:
    await place.call("i1")
    await place.call("i2", agent="a2", holder=OTHER.id, number=OTHER.phone)
    assert (await place.ask("GET", "/interactions/i2/screen"))[0] == 404
    assert (await place.ask("GET", "/interactions/none/screen"))[0] == 404
    for method, path, body in (
        ("POST", "/interactions/i2/unmask", {"field": "phone", "reason": WHY}),
        ("POST", "/interactions/i2/claim", {"holder": "h1"}),
        ("POST", "/interactions/i2/notes", {"text": "看看"}),
        ("GET", "/interactions/i2/notes", None),
        ("GET", "/interactions/i2/wrap-up", None),
        ("PUT", "/interactions/i2/wrap-up", {"version": 0}),
        ("POST", "/interactions/i2/wrap-up/complete", {"version": 0}),
        ("POST", "/interactions/i2/warnings", {"category": "abuse", "words": "x"}),
        ("POST", "/interactions/i2/polite-end", {"freeze_asked": False, "complaint_asked": False}),
        ("POST", "/agents/me/recovery", {"interaction": "i2"}),
        ("POST", "/tasks", {"what": "x", "due_at": after(900).isoformat(), "interaction": "i2"}),
    ):
        status, answer = await place.ask(method, path, body)
        assert (status, answer["code"]) == (404, "not-found"), path


async def test_a_chat_is_open_to_whoever_accepted_it(place: Workplace) -> None:
    async with place.services.database.transaction() as tx:
        await desk.open_interaction(
            tx,
            Interaction(
                id=InteractionId("ch1"),
                door="chat",
                call=CallId(""),
                line="",
                from_number="",
                to_number="chat",
                holder_id=HOLDER.id,
                language="zh",
                opened_at=after(0),
                answered_at=None,
                closed_at=None,
                outcome=None,
                flow_version="",
                state={},
                proofs=Proofs(HOLDER.id),
                continues=None,
            ),
            source="test",
        )
    assert (await place.ask("GET", "/interactions/ch1/screen"))[0] == 404
    async with place.services.database.transaction() as tx:
        await desk.note(
            tx,
            InteractionId("ch1"),
            "chat.accepted",
            {},
            at=after(5),
            by=Actor("agent", "a1"),
        )
    shown = await place.told("GET", "/interactions/ch1/screen")
    assert (shown["door"], shown["who"]["holder"]["name"]) == ("chat", "林*")
    assert (await place.ask("GET", "/interactions/ch1/screen", who="agent:a2"))[0] == 404


async def test_whoever_is_being_rung_may_look_before_he_answers(place: Workplace) -> None:
    await place.call("i1")
    await place.joins("i1", "a2", answered=False)
    await place.told("GET", "/interactions/i1/screen", who="agent:a2")
    unmask = {"field": "phone", "reason": WHY}
    assert (await place.ask("POST", "/interactions/i1/unmask", unmask, who="agent:a2"))[0] == 404


async def test_a_look_by_somebody_outside_the_conversation_is_journaled(place: Workplace) -> None:
    await place.call("i1")
    await place.told("GET", "/interactions/i1/screen")
    assert "desk.looked" not in await place.kinds("i1")
    await place.told("GET", "/interactions/i1/screen", who="quality")
    kind, by, body = (await place.journal("i1"))[-1]
    seen = {"holder": "h1", "role": "quality", "what": "screen"}
    assert (kind, by, body) == ("desk.looked", "staff:quality", seen)


# ---------------------------------------------------------------- claims and searches


async def test_a_claim_says_whom_it_is_about_and_proves_nothing(place: Workplace) -> None:
    await place.call("i1", factors=(Factor.REGISTERED_NUMBER,))
    assert await place.told("POST", "/interactions/i1/claim", {"holder": "h2"}) == {"holder": "h2"}
    who = (await place.told("GET", "/interactions/i1/screen"))["who"]
    assert who["holder"]["name"] == "王*"
    assert who["assurance"]["level"] == "claimed"
    assert codes(who["assurance"]["reasons"]) == [
        "claimed-only",
        "other-number",
        "claimed-by-agent",
    ]
    assert [one["counts"] for one in who["proofs"]] == [False]
    kind, by, body = (await place.journal("i1"))[-1]
    assert (kind, by, body) == ("desk.claimed", "agent:a1", {"holder": "h2", "was": "h1"})
    assert place.services.claims == [("i1", "h2")]
    await place.told("POST", "/interactions/i1/claim", {"holder": "h1"})
    again = (await place.told("GET", "/interactions/i1/screen"))["who"]["assurance"]
    assert again["level"] == "likely"


async def test_nobody_who_is_not_a_holder_can_be_claimed(place: Workplace) -> None:
    await place.call("i1")
    assert (await place.ask("POST", "/interactions/i1/claim", {"holder": "h9"}))[0] == 404
    await place.told("POST", "/interactions/i1/claim", {"holder": None})
    who = (await place.told("GET", "/interactions/i1/screen"))["who"]
    assert (who["holder"], who["assurance"]["level"]) == (None, "none")


async def test_a_search_goes_by_number_or_by_both_tails_and_is_journaled(place: Workplace) -> None:
    for query in ("phone=15400000001", f"card_tail={CARD.tail}&id_tail=123x"):
        found = await place.told("GET", f"/holders?{query}")
        assert [(one["id"], one["name"], one["id_tail"]) for one in found["holders"]] == [
            ("h1", "林*", None)
        ]
    assert (await place.told("GET", "/holders?phone=13900000000"))["holders"] == []
    for query in ("", "card_tail=4821", "id_tail=123X", "phone=154&card_tail=4821&id_tail=123X"):
        assert (await place.ask("GET", f"/holders?{query}"))[0] == 422, query
    told = await place.journal("staff:1")
    assert [kind for kind, _, _ in told] == ["desk.searched"] * 3
    assert told[0][2] == {"by": "phone", "found": 1, "number": "154****0001", "holders": ["h1"]}


# ---------------------------------------------------------------- looks


async def test_a_look_gives_one_value_and_is_kept_for_the_holder(place: Workplace) -> None:
    await place.call("i1")
    looked = await place.told("POST", "/interactions/i1/unmask", {"field": "phone", "reason": WHY})
    assert (looked["allowed"], looked["value"]) == (True, NUMBER)
    kind, by, body = (await place.journal("i1"))[-1]
    assert (kind, by) == ("desk.unmasked", "agent:a1")
    assert body == {"holder": "h1", "field": "phone", "reason": WHY, "role": "agent"}
    assert NUMBER not in str(body)
    (kept,) = await place.told("GET", "/holders/h1/looks", who="compliance")
    assert (kept["field"], kept["reason"], kept["staff"], kept["role"]) == (
        *("phone", WHY, "1", "agent"),
    )
    assert await place.told("GET", "/holders/h2/looks", who="compliance") == []


@pytest.mark.parametrize(
    ("field", "reason", "code"),
    [("id_tail", WHY, "role-may-not-see"), ("phone", "看看", "reason-short")],
)
async def test_a_refused_look_shows_nothing_and_is_journaled_too(
    place: Workplace, field: str, reason: str, code: str
) -> None:
    await place.call("i1")
    body = {"field": field, "reason": reason}
    looked = await place.told("POST", "/interactions/i1/unmask", body)
    assert (looked["allowed"], looked["value"]) == (False, None)
    assert codes(looked["verdict"]["reasons"]) == [code]
    assert (await place.kinds("i1"))[-1] == "desk.unmask-refused"
    assert await place.told("GET", "/holders/h1/looks", who="lead") == []


async def test_where_nobody_is_claimed_there_is_nobody_to_look_at(place: Workplace) -> None:
    await place.call("i1", holder=None, number=STRANGE_PHONE)
    looked = await place.told("POST", "/interactions/i1/unmask", {"field": "name", "reason": WHY})
    assert codes(looked["verdict"]["reasons"]) == ["not-a-party"]


async def test_a_field_that_the_bank_does_not_keep_is_not_there(place: Workplace) -> None:
    await place.call("i1")
    body = {"field": "address", "reason": WHY}
    assert (await place.ask("POST", "/interactions/i1/unmask", body))[0] == 404


# ---------------------------------------------------------------- lists


async def test_lists_are_narrowed_paged_and_masked(place: Workplace) -> None:
    for place_in_line, name in enumerate(("i1", "i2", "i3", "i4")):
        holder = OTHER if name == "i4" else HOLDER
        await place.call(name, agent=f"a{place_in_line + 1}", holder=holder.id, number=holder.phone)
    await place.told("POST", "/interactions/i2/notes", {"text": "100%_确认"}, who="agent:a2")

    async def ids(query: str = "") -> list[str]:
        found = await place.told("GET", f"/interactions?{query}", who="lead")
        assert {one["from"] for one in found} <= {"154****0001", "154****0002"}
        return [one["id"] for one in found]

    assert await ids() == ["i4", "i3", "i2", "i1"]
    assert await ids("limit=2") == ["i4", "i3"]
    assert await ids("limit=2&after=i3") == ["i2", "i1"]
    assert await ids("holder=h2") == ["i4"]
    assert await ids("agent=a2") == ["i2"]
    assert await ids("door=callback") == []
    assert await ids("q=154-0000-0002") == ["i4"]
    assert await ids("q=100%25_") == ["i2"]
    assert await ids("q=_") == ["i2"]
    assert await ids("holder=h1&q=15400000002") == []
    assert await ids("until=2026-11-22T02:00:00%2B00:00") == []
    assert (await place.ask("GET", "/interactions?after=none"))[0] == 404


async def _send(place: Workplace, holder: str, key: str = "k") -> None:
    async with place.services.database.transaction() as tx:
        await messages.send_sms(
            tx,
            config=config().sms,
            holder=HolderId(holder),
            to=HOLDER.phone,
            template="card_frozen",
            values=_values("card_frozen"),
            language="zh",
            key=f"test-{key}",
            stream="i1",
            at=after(0),
        )


def _values(template: str) -> dict[str, Any]:
    fields = config().sms.catalogue[template].fields
    return dict.fromkeys(fields, "4821")


async def _statements(place: Workplace, interaction: str, monkeypatch: pytest.MonkeyPatch) -> int:
    counted = 0
    async with place.services.database.transaction() as tx:
        execute = tx.connection.execute

        async def counting(*arguments: Any, **more: Any) -> Any:
            nonlocal counted
            counted += 1
            return await execute(*arguments, **more)

        with monkeypatch.context() as patch:
            patch.setattr(tx.connection, "execute", counting)
            await screen.show(
                tx,
                interaction,
                bank=place.services.bank,
                identity_config=place.services.identity,
                policy=DESK,
                routing_policy=POLICY,
                looks=LOOKS,
                by=Staff("1", "李", "agent", AgentId("a1"), None),
                at=after(100),
            )
    return counted


async def test_the_screen_tells_what_waits_for_the_holder(place: Workplace) -> None:
    await place.call("i1", factors=tuple(Factor))
    async with place.services.database.transaction() as tx:
        found = await desk.find(tx, "i1")
        assert found is not None
        agent = Staff("1", "李", "agent", AgentId("a1"), None)
        here = Serving(
            agent, found, place.services.bank, place.services.identity, SERVICE, after(50)
        )
        ask = Ask(CaseKind.FAILED_TRANSACTION, CaseReason.DECLINED, "刷卡没有成功", card=CARD.id)
        assert (await cases.open_case(tx, here, ask)).case
        changed = await contact_changes.request_change(
            tx, here, field=ContactField.ADDRESS, value="上海市浦东新区世纪大道1号", key="k"
        )
        assert changed.change, changed.verdict.codes
        subject = subject_of(HOLDER, [CARD])
        strange = Proofs(HOLDER.id, STRANGE_PHONE)
        by = Actor("caller")
        await identity.reserve_hold(
            tx,
            subject=subject,
            proofs=strange,
            caller=STRANGE_PHONE,
            config=here.identity,
            stream="i0",
            by=by,
            at=after(20),
        )
        hold = HoldWord("code", CARD.id, "i0", after(900))
        await identity.object_to_hold(
            tx, subject=subject, hold=hold, stream="i0", by=by, at=after(30)
        )
    shown = await place.told("GET", "/interactions/i1/screen")
    assert [(one["kind"]["zh"], one["state"]) for one in shown["cases"]] == [
        ("失败或异常交易", "open")
    ]
    (pending,) = shown["pending"]
    assert (pending["kind"]["code"], pending["state"]) == ("address", "requested")
    assert "世纪大道" not in str(shown)
    (objection,) = shown["objections"]
    assert objection["number"] == mask_phone(STRANGE_PHONE)
    assert (await place.told("GET", "/interactions/i1/screen", who="compliance"))["cases"]


async def test_a_number_that_was_changed_lately_proves_little_on_the_screen(
    place: Workplace,
) -> None:
    await place.call("i1", factors=(Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD))
    sure = (await place.told("GET", "/interactions/i1/screen"))["who"]["assurance"]
    assert sure["level"] == "proven"
    async with place.services.database.transaction() as tx:
        await place.services.bank.set_contact(
            tx,
            holder_id=HOLDER.id,
            field=ContactField.PHONE,
            value="+8615400000088",
            changed_at=after(-60),
            key="k",
            at=after(-60),
        )
    sure = (await place.told("GET", "/interactions/i1/screen"))["who"]["assurance"]
    assert (sure["level"], "phone-weak" in codes(sure["reasons"])) == ("likely", True)


async def test_the_address_is_masked_until_somebody_says_why(place: Workplace) -> None:
    await place.call("i1")
    async with place.services.database.transaction() as tx:
        await place.services.bank.set_contact(
            tx,
            holder_id=HOLDER.id,
            field=ContactField.ADDRESS,
            value="上海市浦东新区世纪大道1号",
            changed_at=after(-60),
            key="k",
            at=after(-60),
        )
    who = (await place.told("GET", "/interactions/i1/screen"))["who"]
    assert who["holder"]["address"] == "上海市浦东新****"
    look = await place.told(
        "POST", "/interactions/i1/unmask", {"field": "address", "reason": "客户请我们核对寄卡地址"}
    )
    assert look["value"] == "上海市浦东新区世纪大道1号"
