"""The demonstration bank: invented holders who live for about a year, through the ledger itself.

Everything in it comes from a seed and the day on which it is made, and goes through the operations
of the ledger: what it shows adds up because the ledger made it so.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from cardline.cards.corebank import CardLedger, CoreBank
from cardline.cards.made_up import Draw
from cardline.cards.model import Account, CardState, Posting, Statement
from cardline.cards.rules.periods import Period, next_closing, period_closing
from cardline.cards.rules.state import state_at
from cardline.cards.rules.terms import CardTerms
from cardline.core.home import home
from cardline.core.ids import AccountId
from cardline.core.transaction import JsonObject, Transaction
from cardline.sim.bank_store import DemoBank, add_demo_bank, demo_bank
from cardline.sim.demo_life import Life, habit_of, live
from cardline.sim.demo_people import (
    DemoHolder,
    demo_holder,
    demo_query_password,
    demo_staff,
    demo_state,
    holder_id,
)

_DAY = timedelta(days=1)


async def make_demo_bank(
    tx: Transaction,
    *,
    bank: CardLedger,
    terms: CardTerms,
    seed: int,
    now: datetime,
    holders: int = 200,
) -> bool:
    """Make the bank with its history up to ``now``; false where there is one already."""
    today = now.astimezone(home().zone).date()
    if not await add_demo_bank(tx, DemoBank(seed, holders, today)):
        return False
    people = [demo_holder(seed, index, today=today, terms=terms) for index in range(1, holders + 1)]
    await bank.add_holders(tx, holders=[each.holder for each in people])
    await bank.add_accounts(tx, accounts=[account for each in people for account in each.accounts])
    await bank.add_cards(tx, cards=[card for each in people for card in each.cards])
    lives = _lives(seed, people, now)
    last: dict[AccountId, Statement] = {}
    for closing_on in _closing_dates(lives, today):
        await bank.post_many(tx, postings=_period(seed, lives, closing_on, last, terms))
        at = datetime.combine(closing_on + _DAY, time(1), home().zone)
        for statement in await bank.close_periods(tx, through=closing_on, at=at, limit=holders * 3):
            last[statement.account_id] = statement
    await bank.post_many(tx, postings=_open_periods(seed, lives, last, terms, now))
    await _set_states(tx, bank, people, now)
    return True


def _lives(seed: int, people: Sequence[DemoHolder], now: datetime) -> list[Life]:
    lives = []
    for each in people:
        draw = Draw(seed, f"habits/{each.index}")
        for account in each.accounts:
            used = tuple(
                new.card
                for number, new in enumerate(each.cards, 1)
                if new.card.account_id == account.id
                and new.card.activated
                and demo_state(each.index, number, now)[0] is not CardState.CLOSED
            )
            lives.append(Life(account, used, habit_of(draw), draw.between(4, 16)))
    return lives


def _closing_dates(lives: Sequence[Life], today: date) -> list[date]:
    """Return every day before ``today`` on which a period of some account closes."""
    dates: set[date] = set()
    for life in lives:
        closing_on = next_closing(life.account.opened_on, life.account.statement_day)
        while closing_on < today:
            dates.add(closing_on)
            closing_on = next_closing(closing_on + _DAY, life.account.statement_day)
    return sorted(dates)


def _period(
    seed: int,
    lives: Sequence[Life],
    closing_on: date,
    last: dict[AccountId, Statement],
    terms: CardTerms,
) -> list[Posting]:
    postings: list[Posting] = []
    for life in lives:
        account = life.account
        if account.statement_day == closing_on.day and account.opened_on <= closing_on:
            period = _lived_part(account, closing_on)
            postings += live(seed, life, period, last.get(account.id), terms)
    return postings


def _open_periods(
    seed: int,
    lives: Sequence[Life],
    last: dict[AccountId, Statement],
    terms: CardTerms,
    now: datetime,
) -> list[Posting]:
    today = now.astimezone(home().zone).date()
    postings: list[Posting] = []
    for life in lives:
        period = _lived_part(life.account, next_closing(today, life.account.statement_day))
        lived = live(seed, life, period, last.get(life.account.id), terms)
        postings += [posting for posting in lived if posting.at <= now]
    return postings


def _lived_part(account: Account, closing_on: date) -> Period:
    """Return the period from the day of opening on, where it lies within."""
    period = period_closing(closing_on, account.statement_day)
    return Period(max(period.from_on, account.opened_on), period.to_on)


async def _set_states(
    tx: Transaction, bank: CardLedger, people: Sequence[DemoHolder], now: datetime
) -> None:
    for each in people:
        for number, new in enumerate(each.cards, 1):
            state, until = demo_state(each.index, number, now)
            if state is not CardState.ACTIVE:
                await bank.set_card_state(
                    tx,
                    card_id=new.card.id,
                    state=state,
                    until=until,
                    key=f"demo/{new.card.id}",
                    at=now - timedelta(hours=3),
                )


async def demo_people(tx: Transaction, *, bank: CoreBank, now: datetime) -> JsonObject:
    """Return who is in the demonstration bank, with what a caller would have to key in."""
    made = await demo_bank(tx)
    people: list[JsonObject] = []
    for index in range(1, made.holders + 1) if made else ():
        assert made is not None
        holder = await bank.holder(tx, holder_id=holder_id(index))
        if holder is None:
            continue
        cards = await bank.cards_of(tx, holder_id=holder.id)
        people.append(
            {
                "name": holder.name,
                "phone": holder.phone,
                "id_tail": holder.id_tail,
                "language": holder.language,
                "query_password": demo_query_password(made.seed, index).reveal(),
                "cards": [
                    {"tail": card.tail, "state": state_at(card, now).value} for card in cards
                ],
            }
        )
    return {
        "holders": people,
        "staff": [
            {
                "number": agent.number,
                "name": agent.name,
                "languages": list(agent.languages),
                "skills": list(agent.skills),
            }
            for agent in demo_staff()
        ],
    }
