"""Hold, freeze, release, refusal by an agent: whose card, and who serves whom (rows B6, F4)."""

from collections.abc import AsyncIterator

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId
from cardline.desk.interactions import actions as desk
from cardline.identity.model import Factor
from tests.actions.serving_desk import COLLEAGUE, HOLDER, LEAD, OTHER, Desk, Web

PLAUSIBLE = "说出了姓名、账单日和最近三笔消费"
ACTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("hold", {"plausible": PLAUSIBLE}),
    ("freeze", {"plausible": PLAUSIBLE}),
    ("release", {}),
)
REFUSAL = {"reason": "答不出任何一张卡的开户信息，语气可疑", "warning_read": True}


@pytest.fixture
async def place(database: Database) -> Desk:
    place = Desk(database)
    await place.open()
    return place


@pytest.fixture
async def web(place: Desk) -> AsyncIterator[Web]:
    async with place.web() as web:
        yield web


async def state(place: Desk, card: str) -> str:
    async with place.database.transaction() as tx:
        found = await place.bank.card(tx, card_id=card)  # type: ignore[arg-type]
    assert found is not None
    return found.state.value


async def test_an_agent_freezes_the_card_of_whom_the_conversation_is_about(
    place: Desk, web: Web
) -> None:
    status, told = await web.ask("POST", "/interactions/i1/cards/c1/freeze", {})
    assert (status, told["allowed"]) == (200, True)
    assert await state(place, "c1") == "frozen"


@pytest.mark.parametrize(("act", "body"), ACTS)
async def test_the_card_of_another_holder_is_not_there(
    place: Desk, web: Web, act: str, body: dict[str, object]
) -> None:
    for card in ("c2", "no-such-card"):
        status, told = await web.ask("POST", f"/interactions/i1/cards/{card}/{act}", body)
        assert (status, told["code"]) == (404, "not-found")
    assert await state(place, "c2") == "active"


@pytest.mark.parametrize(("act", "body"), ACTS)
async def test_an_agent_outside_the_conversation_touches_no_card(
    place: Desk, web: Web, act: str, body: dict[str, object]
) -> None:
    path = f"/interactions/i1/cards/c1/{act}"
    status, told = await web.ask("POST", path, body, who=f"agent:{COLLEAGUE.number}")
    assert (status, told["code"]) == (404, "not-found")
    assert await state(place, "c1") == "active"


@pytest.mark.parametrize(("act", "body"), ACTS)
async def test_where_nobody_is_claimed_there_is_no_card(
    place: Desk, web: Web, act: str, body: dict[str, object]
) -> None:
    call = await place.call(None, proven=())
    status, told = await web.ask("POST", f"/interactions/{call}/cards/c1/{act}", body)
    assert (status, told["code"]) == (409, "nobody-claimed")
    assert await state(place, "c1") == "active"


async def test_protection_waits_for_no_proof_only_for_a_name(place: Desk, web: Web) -> None:
    """A caller from another phone is claimed on plausible ground, then held: nothing was proven."""
    call = await place.call(OTHER.id, proven=())
    path = f"/interactions/{call}/cards/c2/hold"
    status, told = await web.ask("POST", path, {"plausible": PLAUSIBLE})
    assert (status, told["allowed"], await state(place, "c2")) == (200, True, "held")


async def test_a_freeze_still_goes_through_when_the_line_breaks(place: Desk, web: Web) -> None:
    await place.hang_up("i1")
    status, told = await web.ask("POST", "/interactions/i1/cards/c1/freeze", {})
    assert (status, told["allowed"]) == (200, True)
    status, told = await web.ask("POST", "/interactions/i1/cards/c1/release", {})
    assert (status, told["code"]) == (409, "not-serving")
    assert await state(place, "c1") == "frozen"


async def test_whoever_only_listens_in_lifts_nothing(place: Desk, web: Web) -> None:
    await web.ask("POST", "/interactions/i1/cards/c1/hold", {"plausible": PLAUSIBLE})
    async with place.database.transaction() as tx:
        found = await desk.find(tx, "i1")
        assert found is not None
        await desk.leg_dialled(
            tx,
            found.id,
            "leg-listen",  # type: ignore[arg-type]
            agent=AgentId(f"a{LEAD.number}"),
            target="phone:2",
            purpose="monitor",
            monitoring="listen",
            at=place.now,
        )
        await desk.leg_answered(tx, found.id, "leg-listen", at=place.now)  # type: ignore[arg-type]
    path = "/interactions/i1/cards/c1/release"
    status, told = await web.ask("POST", path, {}, who=f"lead:{LEAD.number}")
    assert (status, told["code"]) == (409, "not-serving")
    status, told = await web.ask("POST", path, {})
    assert (status, told["allowed"]) == (200, True)


async def test_a_refusal_is_written_only_into_ones_own_conversation(place: Desk, web: Web) -> None:
    path = "/interactions/i1/hold-refusal"
    status, told = await web.ask("POST", path, REFUSAL, who=f"agent:{COLLEAGUE.number}")
    assert (status, told["code"]) == (404, "not-found")
    assert (await web.ask("POST", path, REFUSAL))[0] == 200
    assert (await web.ask("POST", "/interactions/none/hold-refusal", REFUSAL))[0] == 404


async def test_proofs_for_one_holder_lift_nothing_of_another_who_is_claimed_later(
    place: Desk, web: Web
) -> None:
    await web.ask("POST", "/interactions/i1/cards/c1/freeze", {})
    call = await place.call(OTHER.id, proven=(Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD))
    status, told = await web.ask("POST", f"/interactions/{call}/cards/c1/release", {})
    assert (status, told["code"]) == (404, "not-found")
    assert await state(place, "c1") == "frozen"


async def test_a_freeze_is_lifted_by_what_the_holder_keyed_in_and_what_the_agent_judges(
    place: Desk, web: Web
) -> None:
    keyed = (Factor.ONE_TIME_CODE, Factor.QUERY_PASSWORD)
    call = await place.call(HOLDER.id, proven=keyed)
    card = f"/interactions/{call}/cards/c1"
    assert (await web.ask("POST", f"{card}/freeze", {}))[1]["allowed"]
    _, told = await web.ask("POST", f"{card}/release", {})
    assert [one["code"] for one in told["verdict"]["reasons"]] == ["needs-agent-judgement"]
    status, told = await web.ask("POST", f"/interactions/{call}/judgement", {"why": PLAUSIBLE})
    assert (status, set(told["factors"])) == (200, {*keyed, Factor.AGENT_JUDGEMENT})
    assert place.told == [(call, HOLDER.id)], "a call that is up reads what is proven anew"
    _, told = await web.ask("POST", f"{card}/release", {})
    assert (told["allowed"], await state(place, "c1")) == (True, "active")


async def test_a_judgement_alone_opens_nothing_that_can_do_harm(place: Desk, web: Web) -> None:
    call = await place.call(HOLDER.id, proven=())
    card = f"/interactions/{call}/cards/c1"
    assert (await web.ask("POST", f"{card}/hold", {"plausible": PLAUSIBLE}))[1]["allowed"]
    path = f"/interactions/{call}/judgement"
    assert (await web.ask("POST", path, {"why": PLAUSIBLE}))[1]["factors"] == ["agent_judgement"]
    assert not (await web.ask("POST", f"{card}/release", {}))[1]["allowed"]
    assert await state(place, "c1") == "held"


async def test_a_judgement_is_explained_by_whoever_talks_with_the_one_it_is_about(
    place: Desk, web: Web
) -> None:
    path, why = "/interactions/i1/judgement", {"why": PLAUSIBLE}
    assert (await web.ask("POST", path, {"why": "像是本人"}))[1]["code"] == "invalid"
    assert (await web.ask("POST", path, why, who=f"agent:{COLLEAGUE.number}"))[0] == 404
    nobody = await place.call(None, proven=())
    status, told = await web.ask("POST", f"/interactions/{nobody}/judgement", why)
    assert (status, told["code"]) == (409, "nobody-claimed")
    await place.hang_up("i1")
    assert (await web.ask("POST", path, why))[1]["code"] == "not-serving"
