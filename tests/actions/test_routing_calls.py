"""A caller's way through queue, offer and talk, with everything that may come between."""

from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import NotFound
from cardline.core.ids import CallId, InteractionId, LegId, QueueName
from cardline.routing import actions
from cardline.routing.model import AgentEvent, AgentStateName, CallsUp, Estimate
from tests.actions.routing_floor import POLICY, Floor, after

S = AgentStateName


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


async def test_a_call_is_offered_accepted_talked_and_wrapped_up(floor: Floor) -> None:
    agent = await floor.agent("a1", "account", phone="sip:1001@192.0.2.9")
    await floor.enter("i1", at=10)
    (offer,) = await floor.offers(at=11)
    assert (offer.agent, offer.phone, offer.call) == (agent, "sip:1001@192.0.2.9", "call-i1")
    assert (offer.queue, offer.since, offer.callback) == ("account-zh", after(10), False)
    assert (await floor.state(agent, at=12)).name is S.OFFERED
    assert await floor.accept(offer, at=15) == ()
    assert (await floor.state(agent, at=16)).name is S.TALKING
    assert await floor.waiting(at=16) == []
    assert await floor.end("i1", agent, at=100) == ()
    wrap_up = await floor.state(agent, at=101)
    assert (wrap_up.name, wrap_up.until) == (S.WRAP_UP, after(100) + POLICY.wrap_up_limit)
    assert (await floor.state(agent, at=191)).name is S.READY
    assert await floor.kinds("i1") == [
        "queue.entered",
        "offer.made",
        "offer.accepted",
        "talk.ended",
    ]
    async with floor.database.transaction() as tx:
        (talk,) = await actions.talks_of(tx, interaction=InteractionId("i1"))
    assert (talk.kind, talk.offer, talk.queue) == ("offer", offer.id, "account-zh")
    assert (talk.started_at, talk.ended_at) == (after(15), after(100))


async def test_an_agent_is_not_rung_for_a_caller_who_left(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    withdrawn = await floor.leave("i1", "abandoned", at=2)
    assert withdrawn is not None
    assert withdrawn.id == offer.id
    assert await floor.accept(offer, at=3) == ("offer-withdrawn",)
    assert (await floor.state(agent, at=3)).name is S.READY
    assert await floor.kinds("i1") == [
        "queue.entered",
        "offer.made",
        "queue.left",
        "offer.refused",
    ]


async def test_an_offer_is_used_once(floor: Floor) -> None:
    await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    async with floor.database.transaction() as tx:
        wrong = await actions.accept_offer(
            tx, offer=offer.id, token="guessed", policy=POLICY, at=after(2)
        )
    assert wrong.verdict.codes == ("offer-token",)
    assert await floor.accept(offer, at=2) == ()
    assert await floor.accept(offer, at=3) == ("offer-accepted",)


async def test_the_same_leg_may_repeat_its_acceptance_after_a_lost_answer(floor: Floor) -> None:
    await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    talks = []
    for leg in ("L1", "L1", "L2"):
        async with floor.database.transaction() as tx:
            accepted = await actions.accept_offer(
                tx, offer=offer.id, token=offer.token, leg=LegId(leg), policy=POLICY, at=after(2)
            )
        talks.append(accepted.talk)
    assert talks[0] is not None
    assert talks[1] is not None
    assert talks[1].id == talks[0].id
    assert talks[2] is None


async def test_no_answer_sends_the_caller_back_to_his_place_and_the_agent_to_not_ready(
    floor: Floor,
) -> None:
    first = await floor.agent("a1", "account", at=0)
    second = await floor.agent("a2", "account", at=1)
    await floor.enter("i1", at=2)
    (offer,) = await floor.offers(at=3)
    assert offer.agent == first
    await floor.enter("i2", at=4)
    assert await floor.expire(at=19.9) == []
    assert await floor.accept(offer, at=20) == ("offer-expired",)
    (expired,) = await floor.expire(at=20)
    assert expired.id == offer.id
    assert await floor.why(first, at=20) == ["not-ready.no-answer"]
    (again,) = await floor.offers(at=21)
    assert (again.interaction, again.agent, again.since) == ("i1", second, after(2))
    assert (await floor.journal("a1"))[-1] == (
        "agent.not-ready",
        {"event": "no-answer", "reason": "no-answer", "offer": offer.id},
    )


async def test_a_phone_that_cannot_be_rung_is_named_as_the_reason(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    async with floor.database.transaction() as tx:
        verdict = await actions.decline_offer(
            tx, offer=offer.id, reason="phone-failed", policy=POLICY, at=after(2)
        )
        assert verdict.allowed
        verdict = await actions.decline_offer(tx, offer=offer.id, policy=POLICY, at=after(2))
        assert verdict.codes == ("offer-declined",)
    assert await floor.why(agent, at=3) == ["not-ready.phone-failed"]
    assert await floor.waiting(at=3) == ["i1"]


async def test_a_break_while_it_rings_declines_and_the_caller_keeps_his_place(
    floor: Floor,
) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    assert await floor.ask(agent, AgentEvent.SET_NOT_READY, reason="break", at=2) == ()
    assert await floor.why(agent, at=2) == ["not-ready.break"]
    assert await floor.accept(offer, at=3) == ("offer-declined",)
    other = await floor.agent("a2", "account", at=3)
    (again,) = await floor.offers(at=4)
    assert (again.agent, again.since) == (other, after(0))


async def test_a_break_asked_for_while_talking_comes_after_talk_and_wrap_up(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    await floor.accept(offer, at=2)
    await floor.ask(agent, AgentEvent.SET_NOT_READY, reason="meal", at=3)
    await floor.end("i1", agent, at=10)
    assert (await floor.state(agent, at=11)).name is S.WRAP_UP
    await floor.enter("i2", at=12)
    assert await floor.offers(at=101) == []
    assert await floor.why(agent, at=101) == ["not-ready.meal"]


async def test_a_caller_sent_to_another_queue_keeps_his_waiting_time(floor: Floor) -> None:
    await floor.enter("i1", "account", at=0)
    again = await floor.enter("i1", "account", at=5)
    moved = await floor.enter("i1", "limit", at=30)
    assert (again.entered_at, again.wait == moved.wait) == (after(0), False)
    assert (moved.queue, moved.since, moved.entered_at) == ("limit-zh", after(0), after(30))
    await floor.enter("i2", "limit", at=10)
    await floor.agent("a1", "limit", at=31)
    (offer,) = await floor.offers(at=32)
    assert offer.interaction == "i1"
    await floor.accept(offer, at=33)
    back = await floor.enter("i1", "account", at=400)
    assert back.since == after(0)


async def test_a_call_back_keeps_the_place_and_is_offered_in_its_turn(floor: Floor) -> None:
    await floor.enter("i1", at=0)
    await floor.enter("i2", at=10)
    async with floor.database.transaction() as tx:
        asked = await actions.request_callback(
            tx,
            interaction=InteractionId("i1"),
            number="+8613900139000",
            policy=POLICY,
            at=after(20),
        )
    assert asked.verdict.allowed
    agent = await floor.agent("a1", "account", at=30)
    (offer,) = await floor.offers(at=31)
    assert (offer.interaction, offer.callback, offer.call) == ("i1", True, None)
    assert (offer.number, offer.since) == ("+8613900139000", after(0))
    await floor.accept(offer, at=32)
    async with floor.database.transaction() as tx:
        assert await actions.attach_call(
            tx,
            interaction=InteractionId("i1"),
            agent=agent,
            call=CallId("placed"),
            at=after(33),
        )
        (talk,) = await actions.talks_of(tx, interaction=InteractionId("i1"))
    assert talk.call == "placed"
    kinds = await floor.journal("i1")
    assert [kind for kind, _ in kinds] == [
        "queue.entered",
        "queue.left",
        "callback.requested",
        "offer.made",
        "offer.accepted",
        "talk.attached",
    ]
    assert kinds[2][1]["number"] == "139****9000"


async def test_a_call_back_that_reaches_nobody_is_tried_again_a_limited_number_of_times(
    floor: Floor,
) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("i1")
    codes = []
    for attempt in range(POLICY.callback_attempts + 1):
        start = attempt * 10_000
        async with floor.database.transaction() as tx:
            asked = await actions.request_callback(
                tx,
                interaction=InteractionId("i1"),
                number="+8613900139000",
                policy=POLICY,
                not_before=after(start + 900),
                at=after(start),
            )
        codes.append(asked.verdict.codes)
        if asked.verdict.allowed:
            assert await floor.offers(at=start + 899) == []
            (offer,) = await floor.offers(at=start + 900)
            await floor.accept(offer, at=start + 901)
            await floor.end("i1", agent, at=start + 930)
    assert codes == [(), (), (), ("callback-attempts",)]


async def test_a_call_back_needs_a_place_to_keep(floor: Floor) -> None:
    with pytest.raises(NotFound):
        async with floor.database.transaction() as tx:
            await actions.request_callback(
                tx, interaction=InteractionId("i9"), number="", policy=POLICY, at=after(0)
            )


async def test_a_closed_queue_says_so_and_its_message_is_called_back_in_the_morning(
    floor: Floor,
) -> None:
    await floor.enter("i1", "complaint", at=0)
    async with floor.database.transaction() as tx:
        state = await actions.queue_state(
            tx, policy=POLICY, at=after(1), interaction=InteractionId("i1")
        )
        assert state is not None
        assert (state.closed, state.place, state.estimate) == (True, 1, None)
        await actions.request_callback(
            tx,
            interaction=InteractionId("i1"),
            number="+8613900139000",
            outcome="message",
            policy=POLICY,
            at=after(20),
        )
    await floor.agent("a1", "complaint", at=30_000)
    (offer,) = await floor.offers(at=30_001)
    assert (offer.interaction, offer.callback) == ("i1", True)
    async with floor.database.transaction() as tx:
        (figures,) = await actions.service_figures(
            tx, policy=POLICY, start=after(0), end=after(60), at=after(30_001)
        )
    assert (figures.offered, figures.messages, figures.answered) == (1, 1, 0)


async def test_the_state_of_a_queue_tells_place_estimate_and_staff(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    for number in range(POLICY.estimate_samples):
        start = number * 300
        await floor.enter(f"old{number}", at=start)
        (offer,) = await floor.offers(at=start)
        await floor.accept(offer, at=start)
        await floor.end(offer.interaction, agent, at=start + 150)
        async with floor.database.transaction() as tx:
            await actions.end_wrap_up(tx, agent=agent, policy=POLICY, at=after(start + 180))
    await floor.enter("busy", at=1500)
    (offer,) = await floor.offers(at=1500)
    await floor.accept(offer, at=1500)
    await floor.enter("i1", at=1510)
    await floor.enter("i2", at=1520)
    async with floor.database.transaction() as tx:
        state = await actions.queue_state(
            tx, policy=POLICY, at=after(1530), interaction=InteractionId("i2")
        )
        assert state is not None
        nobody = await actions.queue_state(
            tx, policy=POLICY, at=after(1530), interaction=InteractionId("i9")
        )
        unknown = await actions.queue_state(
            tx, policy=POLICY, at=after(1530), queue=QueueName("weather-zh")
        )
        queues = await actions.all_queues(tx, policy=POLICY, at=after(1530))
    assert (state.place, state.waiting, state.staffed, state.ready) == (2, 2, 1, 0)
    assert state.estimate == Estimate(7)  # two before him are one and he: 2 * 3 min / 1
    assert state.since == after(1520)
    assert (nobody, unknown) == (None, None)
    assert len(queues) == len(POLICY.queues)
    assert {queue.queue.name for queue in queues if not queue.closed} >= {"account-zh", "urgent-zh"}


async def test_the_figures_come_from_the_facts(floor: Floor) -> None:
    agent = await floor.agent("a1", "account")
    await floor.enter("quick", at=0)
    (offer,) = await floor.offers(at=10)
    await floor.accept(offer, at=20)
    await floor.end("quick", agent, at=30)
    await floor.enter("gone", at=31)
    await floor.leave("gone", "abandoned", at=40)
    await floor.enter("slow", at=41)
    (offer,) = await floor.offers(at=130)
    await floor.accept(offer, at=131)
    await floor.enter("later", at=3600)
    async with floor.database.transaction() as tx:
        (figures,) = await actions.service_figures(
            tx, policy=POLICY, start=after(0), end=after(3600), at=after(3700)
        )
    assert (figures.offered, figures.answered, figures.answered_in_time) == (3, 2, 1)
    assert (figures.abandoned, figures.waiting) == (1, 0)
    assert figures.mean_wait == timedelta(seconds=(20 + 90) / 2)
    assert figures.service_level == pytest.approx(1 / 3)


async def test_a_transfer_is_a_talk_of_its_own(floor: Floor) -> None:
    first = await floor.agent("a1", "account")
    second = await floor.agent("a2")
    await floor.enter("i1")
    (offer,) = await floor.offers(at=1)
    await floor.accept(offer, at=2)
    await floor.talk("i1", second, at=50)
    async with floor.database.transaction() as tx:
        refused = await actions.start_talk(
            tx,
            agent=second,
            interaction=InteractionId("i1"),
            kind="consult",
            call=CallId("call-i1"),
            policy=POLICY,
            at=after(51),
        )
    assert refused.codes == ("agent-talking",)
    assert await floor.end("i1", first, at=60) == ()
    assert await floor.end("i1", second, at=90) == ()
    assert await floor.end("i1", second, at=91) == ("no-talk",)
    async with floor.database.transaction() as tx:
        talks = await actions.talks_of(tx, interaction=InteractionId("i1"))
    assert [(talk.agent, talk.kind, talk.ended_at) for talk in talks] == [
        (first, "offer", after(60)),
        (second, "transfer", after(90)),
    ]


async def test_after_a_crash_the_records_follow_the_facts(floor: Floor) -> None:
    talking = await floor.agent("a1", "account")
    kept = await floor.agent("a2", "account", at=1)
    for name, at in (("dead", 2.0), ("alive", 3.0)):
        await floor.enter(name, line="n1", at=at)
        (offer,) = await floor.offers(at=at)
        await floor.accept(offer, at=at)
    offered = await floor.agent("a3", "account", at=4)
    await floor.enter("ringing", line="n1", at=5)
    await floor.offers(at=5)
    await floor.enter("gone", line="n1", at=6)
    await floor.enter("elsewhere", line="n2", at=7)
    up = CallsUp(calls=frozenset({CallId("call-alive"), CallId("call-ringing")}), line="n1")
    async with floor.database.transaction() as tx:
        done = await actions.reconcile(tx, up=up, policy=POLICY, at=after(20))
    assert (done.waits, done.talks, len(done.offers)) == (("gone",), ("dead",), 1)
    assert (await floor.state(talking, at=21)).name is S.WRAP_UP
    assert (await floor.state(kept, at=21)).name is S.TALKING
    assert (await floor.state(offered, at=21)).name is S.READY
    assert await floor.waiting(at=21) == ["ringing", "elsewhere"]
    async with floor.database.transaction() as tx:
        assert await actions.reconcile(tx, up=up, policy=POLICY, at=after(22)) == type(done)()
    (again,) = await floor.offers(at=23)
    assert (again.interaction, again.since) == ("ringing", after(5))


async def test_a_silent_line_is_not_offered_and_in_the_end_given_up(floor: Floor) -> None:
    await floor.agent("a1", "account")
    await floor.enter("i1", line="n1")
    async with floor.database.transaction() as tx:
        await actions.line_alive(tx, line="n1", policy=POLICY, at=after(0))
    assert await floor.offers(at=15) == []
    async with floor.database.transaction() as tx:
        await actions.line_alive(tx, line="n1", policy=POLICY, at=after(16))
    (offer,) = await floor.offers(at=17)
    await floor.accept(offer, at=18)
    assert await floor.why(offer.agent, at=40) == ["agent-talking", "line-silent"]
    for at, expected in ((600, []), (631, ["n1"]), (632, [])):
        async with floor.database.transaction() as tx:
            assert await actions.give_up_silent_lines(tx, policy=POLICY, at=after(at)) == expected
    assert (await floor.state(offer.agent, at=632)).name is S.WRAP_UP


async def test_a_sweep_in_a_transaction_that_has_written_is_a_defect(floor: Floor) -> None:
    with pytest.raises(RuntimeError, match="transaction of their own"):
        async with floor.database.transaction() as tx:
            await actions.line_alive(tx, line="n1", policy=POLICY, at=after(0))
            await actions.make_offers(tx, policy=POLICY, at=after(0))
