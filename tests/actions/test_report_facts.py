"""What ``/reports/contacts`` and ``/reports/cards`` read from the database, counted by hand."""

from datetime import datetime
from typing import Any

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards import actions as cards
from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import CallId, CardId, HolderId, InteractionId
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Door, Interaction
from cardline.evidence.actions import journal
from cardline.identity.model import Proofs
from cardline.reports import reading, rules
from cardline.reports.model import CallBacks, ContactReport, Counted, FirstContact, Period
from cardline.routing import actions as routing
from cardline.routing.model import Offer
from tests.actions.routing_floor import POLICY, Floor, after
from tests.store.ledger_fixture import CARD, fill

REPORTS = rules.read_report_policy(load_area("reports"))
DAY = 86400.0
WEEK = 7 * DAY
NUMBER = "+8613800138000"
LATER = after(30 * DAY)


class History:
    """Calls at a number of seconds after the beginning, by the actions that serve real ones."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.floor = Floor(database)
        self._agents = 0

    async def opens(
        self,
        name: str,
        *,
        at: float,
        holder: str | None = None,
        number: str = NUMBER,
        door: Door = "phone",
    ) -> None:
        """A call comes in."""
        known = HolderId(holder) if holder else None
        interaction = Interaction(
            id=InteractionId(name),
            door=door,
            call=CallId(f"call-{name}" if door != "chat" else ""),
            line="line",
            from_number=number,
            to_number="hotline",
            holder_id=known,
            language="zh",
            opened_at=after(at),
            answered_at=after(at),
            closed_at=None,
            outcome=None,
            flow_version="test",
            state={},
            proofs=Proofs(known, None, ()),
            continues=None,
        )
        async with self.database.transaction() as tx:
            await desk.open_interaction(tx, interaction, source="test")

    async def closes(self, name: str, *, at: float) -> None:
        """A call ends."""
        async with self.database.transaction() as tx:
            await desk.close_interaction(tx, InteractionId(name), outcome="hung-up", at=after(at))

    async def is_answered(self, name: str, matter: str, *, at: float) -> None:
        """A caller waits a second and talks with a fresh agent, who is then done with it."""
        await self.floor.enter(name, matter, at=at)
        await self._taken(name, matter, at=at + 1)

    async def _taken(self, name: str, matter: str, *, at: float) -> None:
        self._agents += 1
        await self.floor.agent(f"a{self._agents:03}", matter, at=at)
        offer = await self._offer(name, at=at)
        assert await self.floor.accept(offer, at=at + 1) == ()
        assert await self.floor.end(name, offer.agent, at=at + 2) == ()

    async def _offer(self, name: str, *, at: float) -> Offer:
        (offer,) = [one for one in await self.floor.offers(at=at) if one.interaction == name]
        return offer

    async def contact(self, name: str, holder: str, matter: str, *, at: float) -> None:
        """A whole call of ten seconds in which an agent answered."""
        await self.opens(name, at=at, holder=holder)
        await self.is_answered(name, matter, at=at + 1)
        await self.closes(name, at=at + 10)

    async def asks_for_callback(self, name: str, *, at: float) -> None:
        """A caller waits, and wants to be called back instead."""
        await self.opens(name, at=at)
        await self.floor.enter(name, "account", at=at)
        await self.called_back_later(name, at=at + 5)
        await self.closes(name, at=at + 6)

    async def called_back_later(self, name: str, *, at: float) -> bool:
        async with self.database.transaction() as tx:
            asked = await routing.request_callback(
                tx, interaction=InteractionId(name), number=NUMBER, policy=POLICY, at=after(at)
            )
        return asked.verdict.allowed

    async def report(self, start: float, end: float, *, at: datetime = LATER) -> ContactReport:
        async with self.database.transaction() as tx:
            return await reading.contacts(
                tx, Period(after(start), after(end)), REPORTS, POLICY, at=at
            )


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


async def test_first_contacts_are_counted_as_the_readme_says(history: History) -> None:
    await history.contact("limit-1", "h1", "limit", at=0)
    await history.contact("limit-2", "h1", "limit", at=3 * DAY)  # again: limit-1 was repeated
    await history.contact("points-1", "h1", "points", at=3 * DAY + 100)  # about something else
    await history.contact("other", "h2", "limit", at=3 * DAY + 200)  # somebody else
    await history.contact("limit-3", "h1", "limit", at=3 * DAY + WEEK + 11)  # a second too late
    told = (await history.report(0, 4 * DAY)).first_contact
    assert told == FirstContact(resolved=3, repeated=1, undecided=0)
    assert told.rate == 0.75


async def test_who_comes_again_in_the_last_second_of_the_week_repeats(history: History) -> None:
    await history.contact("first", "h1", "limit", at=0)  # over after 10 s
    await history.contact("second", "h1", "limit", at=WEEK + 10 - 2)  # waits from a second later
    assert (await history.report(0, DAY)).first_contact == FirstContact(0, 1, 0)


async def test_a_contact_counts_where_it_ended_though_it_began_before(history: History) -> None:
    await history.contact("i1", "h1", "limit", at=0)  # ends at 10
    assert (await history.report(5, 11)).first_contact == FirstContact(1, 0, 0)
    assert (await history.report(0, 10)).first_contact == FirstContact(0, 0, 0)


async def test_who_gave_up_was_no_contact_yet_makes_an_earlier_one_a_repeat(
    history: History,
) -> None:
    await history.contact("i1", "h1", "limit", at=0)
    await history.opens("i2", at=DAY, holder="h1")
    await history.floor.enter("i2", "limit", at=DAY)
    await history.floor.leave("i2", "abandoned", at=DAY + 30)
    await history.closes("i2", at=DAY + 30)
    assert (await history.report(0, 2 * DAY)).first_contact == FirstContact(0, 1, 0)


async def test_before_the_week_is_over_nothing_is_decided_but_a_repeat(history: History) -> None:
    await history.contact("i1", "h1", "limit", at=0)
    await history.contact("i2", "h2", "limit", at=100)
    await history.contact("i3", "h2", "limit", at=200)
    told = await history.report(0, DAY, at=after(DAY))
    assert told.first_contact == FirstContact(resolved=0, repeated=1, undecided=2)
    assert told.first_contact.rate == 0.0


async def test_two_languages_of_one_matter_are_one_matter(history: History) -> None:
    await history.contact("i1", "h1", "limit", at=0)
    await history.opens("i2", at=DAY, holder="h1")
    await history.floor.enter("i2", "limit", language="en", at=DAY)
    await history.floor.leave("i2", "abandoned", at=DAY + 30)
    assert (await history.report(0, 2 * DAY)).first_contact == FirstContact(0, 1, 0)


async def test_a_caller_whom_nobody_knows_is_no_first_contact(history: History) -> None:
    await history.opens("i1", at=0)
    await history.is_answered("i1", "limit", at=1)
    await history.closes("i1", at=10)
    told = await history.report(0, DAY)
    assert (told.calls, told.first_contact) == (1, FirstContact(0, 0, 0))
    assert told.first_contact.rate is None


async def test_going_into_two_queues_in_one_call_is_no_repeat(history: History) -> None:
    await history.opens("i1", at=0, holder="h1")
    await history.is_answered("i1", "limit", at=1)
    await history.is_answered("i1", "points", at=20)
    await history.is_answered("i1", "limit", at=40)
    await history.closes("i1", at=60)
    told = await history.report(0, DAY)
    assert told.first_contact == FirstContact(resolved=2, repeated=0, undecided=0)


async def test_repeat_callers_are_holders_else_numbers(history: History) -> None:
    other = "+8613911112222"
    for at in range(3):
        await history.opens(f"a{at}", at=at * 60, holder="h1", number=f"+86139000000{at:02}")
        await history.opens(f"b{at}", at=at * 60, holder="h2")
        await history.opens(f"c{at}", at=at * 60, number="")  # withheld: nobody knows who
        await history.opens(f"d{at}", at=at * 60, number=other, door="callback")  # we called
    for at in range(7):
        await history.opens(f"e{at}", at=at * 60, number=other)
    for at in range(2):
        await history.opens(f"f{at}", at=at * 60, holder="h3")
    told = await history.report(0, DAY)
    assert told.calls == 3 + 3 + 3 + 7 + 2
    assert (told.repeat.callers, told.repeat.calls) == (3, 13)
    parts = await history.report(0, 120)  # two calls of each; of the third, two
    assert (parts.repeat.callers, parts.repeat.calls) == (0, 0)


async def test_call_backs_are_counted_once_by_what_became_of_them(history: History) -> None:
    for name in ("reached", "at-last", "changed", "gone", "given-up", "waits"):
        await history.asks_for_callback(name, at=0)
    floor = history.floor
    await history.called_back_later("changed", at=10)  # another time: the same call-back
    for name in ("gone", "at-last"):
        await floor.leave(name, "transferred", at=20)  # rang out
        assert await history.called_back_later(name, at=21)
    await floor.leave("gone", "abandoned", at=30)
    await floor.leave("given-up", "abandoned", at=30)
    await history.asks_for_callback("tomorrow", at=DAY)
    for name in ("reached", "at-last"):
        await _answered(history, name, at=40)
    told = await history.report(0, DAY)
    assert told.callbacks == CallBacks(asked=6, reached=2, given_up=2, waiting=2)
    assert (await history.report(DAY, 2 * DAY)).callbacks == CallBacks(1, 0, 0, 1)
    assert told.calls == 6


async def _answered(history: History, name: str, *, at: float) -> None:
    """The agent's phone was picked up for this call-back, whoever else is offered meanwhile."""
    async with history.database.transaction() as tx:
        await routing.leave_queue(
            tx, interaction=InteractionId(name), outcome="answered", at=after(at)
        )


# ---------------------------------------------------------------- cards


YES = Verdict(RuleVersion("identity/test"))
NO = Verdict(RuleVersion("identity/test"), (Reason("two-factors-needed", "row B6"),))
LOCKED = Verdict(
    RuleVersion("identity/test"),
    (Reason("two-factors-needed", "row B6"), Reason("factor-locked", "row B6")),
)


async def test_cards_are_counted_by_what_was_done_and_why_it_was_refused(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)

        def acting(verdict: Verdict, seconds: float) -> dict[str, Any]:
            common = {"by": SYSTEM, "bank": bank, "stream": "i1"}
            return {**common, "verdict": verdict, "at": after(seconds)}

        day = after(DAY)
        await cards.freeze(tx, CARD.id, **acting(NO, 0))  # before the period
        await cards.hold(tx, CARD.id, until=day, **acting(YES, 10))
        await cards.hold(tx, CARD.id, until=day, **acting(YES, 11))  # is held so long already
        await cards.freeze(tx, CARD.id, **acting(YES, 12))
        await cards.freeze(tx, CARD.id, **acting(YES, 13))  # is frozen already
        await cards.release(tx, CARD.id, **acting(NO, 14))
        await cards.release(tx, CARD.id, **acting(LOCKED, 15))
        await cards.release(tx, CARD.id, **acting(YES, 16))
        await cards.release(tx, CARD.id, **acting(YES, 17))  # serves already
        await cards.hold(tx, CARD.id, until=after(30), **acting(YES, 18))
        assert await cards.expire_holds(tx, bank=bank, at=after(40)) == 1  # ended by itself
        await cards.freeze(tx, CardId("nobody's"), **acting(YES, 41))
        await cards.hold(tx, CARD.id, until=day, **acting(NO, 42))
        agent = Actor("agent", "a1")
        body: JsonObject = {"reason": "the caller would not listen", "warning": "read"}
        await journal(
            tx,
            stream="i1",
            kind="card.hold-refused-by-agent",
            by=agent,
            body=body,
            at=after(43),
        )
        await cards.freeze(tx, CARD.id, **acting(YES, 60))  # after it
        told = await reading.card_acts(tx, Period(after(10), after(60)))
        nothing = await reading.card_acts(tx, Period(after(100), after(200)))
    assert told == [
        Counted("freeze", 1, 1, (("card-unknown", 1),)),
        Counted("hold", 2, 2, (("by-agent", 1), ("two-factors-needed", 1))),
        Counted("release", 1, 2, (("factor-locked", 1), ("two-factors-needed", 2))),
    ]
    assert nothing == []
