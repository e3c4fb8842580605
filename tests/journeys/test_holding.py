"""Holding a card from any other phone, and what an agent may do about it (point 5; row B6)."""

import re
from collections.abc import Callable
from typing import Any

from tests.journeys.desk import kinds, line_of
from tests.journeys.people import AGENT_HZ, Agent, Caller, Stage
from tests.journeys.program import until
from tests.journeys.test_freezing import states, told

Holders = Callable[..., dict[str, Any]]
Strangers = Callable[[], str]
AgentsFor = Callable[..., list[dict[str, Any]]]
REASON = "声称是持卡人但答不出任何一张卡的开户信息，语气可疑"


def keyed(id_tail: str) -> str:
    """Return an identity tail as one presses it: a letter is the star key."""
    return id_tail.replace("X", "*")


async def ask_for_hold(caller: Caller, card_tail: str, id_tail: str) -> None:
    """Press 9 and both tails, each when it is asked for."""
    await caller.press("9")
    await caller.hears("freeze_by_tails", "ask_card_tail")
    await caller.press(card_tail)
    await caller.hears("ask_id_tail")
    await caller.press(keyed(id_tail))


async def word_of(stage: Stage, holder: dict[str, Any], number: str) -> str:
    """Return what the registered phone may reply: to make the hold final (1), to object (2)."""

    texts: list[str] = []

    async def find() -> str | None:
        texts[:] = await told(stage, holder)
        for text in texts:
            found = re.search(rf"“({number}\d{{4}})”", text)
            if found:
                return found[1]
        return None

    try:
        word: str = await until(find, within=15, what="a message about the hold")
    except AssertionError:
        raise AssertionError(f"no message about the hold, but {texts}") from None
    return word


async def with_agent(stage: Stage, caller: Caller, agent: Agent) -> str:
    """Bring a caller to an agent; returns the interaction."""
    talk = await agent.rings()
    await talk.answered(within=10)
    await caller.ear.person(AGENT_HZ)
    interaction: str = (await agent.becomes("talking"))["interaction"]
    return interaction


async def card_of(stage: Stage, holder: dict[str, Any]) -> str:
    """Return the id of a holder's first card."""
    shown = await stage.program.ask("holder", "show", holder["phone"])
    return str(shown["cards"][0]["id"])


async def test_both_tails_from_any_phone_hold_a_card_which_the_registered_phone_makes_final(
    stage: Stage, holders: Holders, strangers: Strangers
) -> None:
    holder = holders(where=lambda one: "X" in one["id_tail"])
    tail = holder["cards"][0]["tail"]
    caller = await stage.caller(strangers())
    await ask_for_hold(caller, tail, holder["id_tail"])
    await caller.hears("card_held")
    assert await states(stage, holder) == {tail: "held"}
    assert "card.held" in kinds(await caller.interaction())
    word = await word_of(stage, holder, "1")
    replied = await stage.program.tell("sms", "receive", holder["phone"], word)
    assert replied.out.strip() == "make-final"
    assert await states(stage, holder) == {tail: "frozen"}
    assert any("转为正式冻结" in text for text in await told(stage, holder))


async def test_the_holder_may_object_by_sms_and_lift_the_hold_with_the_query_password(
    stage: Stage, holders: Holders, strangers: Strangers, agents_for: AgentsFor
) -> None:
    holder = holders()
    thief = strangers()
    caller = await stage.caller(thief)
    await ask_for_hold(caller, holder["cards"][0]["tail"], holder["id_tail"])
    await caller.hears("card_held")
    await caller.hang_up()
    await stage.program.tell("sms", "receive", holder["phone"], await word_of(stage, holder, "2"))
    assert any("非您本人申请" in text for text in await told(stage, holder))
    assert set((await states(stage, holder)).values()) == {"held"}

    again = await stage.caller(thief)
    await stage.agent(agents_for("urgent")[0], ready=False)
    await ask_for_hold(again, holder["cards"][0]["tail"], holder["id_tail"])
    await again.hears("freeze_person")
    await again.hang_up()

    owner = await stage.caller(holder["phone"])
    await owner.choose("zh")
    await owner.press("9")
    await owner.hears("release_offer")
    await owner.press("4")
    await owner.hears("ask_query_password")
    await owner.press(holder["query_password"])
    await owner.hears("hold_released")
    assert set((await states(stage, holder)).values()) == {"active"}
    assert "card.released" in kinds(await owner.interaction())


async def test_an_agent_lifts_a_hold_only_after_two_factors(
    stage: Stage, holders: Holders, strangers: Strangers, agents_for: AgentsFor
) -> None:
    holder = holders()
    caller = await stage.caller(strangers())
    await ask_for_hold(caller, holder["cards"][0]["tail"], holder["id_tail"])
    await caller.hears("card_held")
    await caller.hang_up()
    card = await card_of(stage, holder)

    agent = await stage.agent(agents_for("urgent")[0])
    owner = await stage.caller(holder["phone"])
    await owner.press("0")
    interaction = await with_agent(stage, owner, agent)
    lifted = await agent.desk.post(f"/interactions/{interaction}/cards/{card}/release")
    assert not lifted["allowed"]
    assert set((await states(stage, holder)).values()) == {"held"}
    await owner.hang_up()
    await agent.becomes("wrap-up")
    await agent.desk.post("/agents/me/wrap-up/end")

    owner = await stage.caller(holder["phone"])
    await owner.choose("zh")
    await owner.press("11")
    await owner.hears("ask_query_password")
    await owner.press(holder["query_password"])
    await owner.hears("balance_is|balance_in_credit")
    await owner.press("0")
    interaction = await with_agent(stage, owner, agent)
    lifted = await agent.desk.post(f"/interactions/{interaction}/cards/{card}/release")
    assert lifted["allowed"]
    assert lifted["card"]["state"] == "active"
    assert set((await states(stage, holder)).values()) == {"active"}


async def test_unknown_tails_lead_to_a_person_before_older_ordinary_callers(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for("urgent")[0], ready=False)
    older = await stage.caller(strangers())
    await older.choose("zh")
    await older.press("0")
    await older.hears("connecting")
    robbed = await stage.caller(strangers())
    await ask_for_hold(robbed, "0000", "0000")
    await robbed.hears("tails_unknown", "freeze_person", "connecting")
    await agent.ready()
    talk = await agent.rings()
    await talk.answered(within=10)
    assert talk.user == robbed.number
    await robbed.ear.person(AGENT_HZ)
    assert (await older.interaction())["closed_at"] is None


async def test_who_does_not_know_the_tails_reaches_a_person_by_hash(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for("urgent")[0])
    caller = await stage.caller(strangers())
    await caller.press("9")
    await caller.hears("ask_card_tail")
    await caller.press("#")
    await caller.hears("freeze_person")
    await with_agent(stage, caller, agent)


async def test_holds_are_limited_for_one_number_whose_next_one_a_person_takes(
    stage: Stage, holders: Holders, strangers: Strangers, agents_for: AgentsFor
) -> None:
    number = strangers()
    for _ in range(3):
        victim = holders()
        caller = await stage.caller(number)
        await ask_for_hold(caller, victim["cards"][0]["tail"], victim["id_tail"])
        await caller.hears("card_held")
        await caller.hang_up()
    agent = await stage.agent(agents_for("urgent")[0])
    fourth = holders()
    caller = await stage.caller(number)
    await ask_for_hold(caller, fourth["cards"][0]["tail"], fourth["id_tail"])
    await caller.hears("freeze_person")
    assert set((await states(stage, fourth)).values()) == {"active"}
    interaction = await with_agent(stage, caller, agent)

    card = await card_of(stage, fourth)
    path = f"/interactions/{interaction}/cards/{card}/hold"
    assert (await agent.desk.attempt(path, plausible="可信")).status_code == 422
    held = await agent.desk.post(path, plausible="说出了姓名、账单日和最近三笔消费")
    assert held["allowed"]
    assert held["card"]["state"] == "held"
    assert set((await states(stage, fourth)).values()) == {"held"}
    await word_of(stage, fourth, "1")

    shown = await caller.interaction()
    held_by = line_of(shown, "card.held")["by"]
    assert agent.number in held_by
    refused = await agent.desk.post(f"/interactions/{interaction}/cards/{card}/release")
    assert not refused["allowed"]
    assert refused["verdict"]["reasons"]
    assert set((await states(stage, fourth)).values()) == {"held"}


async def test_refusing_a_hold_needs_the_warning_read_and_a_typed_reason(
    stage: Stage, strangers: Strangers, agents_for: AgentsFor
) -> None:
    agent = await stage.agent(agents_for("urgent")[0])
    caller = await stage.caller(strangers())
    await caller.press("9")
    await caller.hears("ask_card_tail")
    await caller.press("#")
    interaction = await with_agent(stage, caller, agent)
    path = f"/interactions/{interaction}/hold-refusal"
    unread = await agent.desk.attempt(path, reason=REASON)
    assert unread.status_code == 422
    assert "追不回来" in unread.json()["message"]
    unexplained = await agent.desk.attempt(path, reason="不", warning_read=True)
    assert unexplained.status_code == 422
    assert "card.hold-refused-by-agent" not in kinds(await caller.interaction())
    assert "追不回来" in (await agent.desk.get(path))["warning"]["zh"]
    await agent.desk.post(path, reason=REASON, warning_read=True)
    line = line_of(await caller.interaction(), "card.hold-refused-by-agent")
    assert line["reason"] == REASON
    assert agent.number in line["by"]
