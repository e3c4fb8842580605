"""The people of the demonstration: who holds which cards, and who serves them. Repeatable."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast

from cardline.cards.corebank import NewCard
from cardline.cards.made_up import Draw, address, person
from cardline.cards.model import Account, Card, CardState, Holder, Product
from cardline.cards.rules.terms import CardTerms
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.masking import Secret
from cardline.core.money import Fen
from cardline.desk.staff.model import Role

STATEMENT_DAYS = (3, 8, 13, 18, 23, 28)
_LIMITS = (1_000_000, 2_000_000, 3_000_000, 5_000_000, 8_000_000, 15_000_000)
_PLAIN = 3
"""The first holders have one active card each, so that a first try is a simple one."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """Somewhere to spend; yuan."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class DemoColleague:
    """Somebody who serves in the demonstration; skills are matters of the queues."""

    number: str
    name: str
    role: Role
    languages: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoHolder:
    """A holder with everything that is theirs on the first day; states come later."""

    index: int
    holder: Holder
    accounts: tuple[Account, ...]
    cards: tuple[NewCard, ...]


@cache
def _data() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(Path(__file__).with_name("demo_bank.toml").read_text(encoding="utf-8"))


@cache
def merchants() -> tuple[Merchant, ...]:
    """Return where the holders spend."""
    return tuple(Merchant(**each) for each in _data()["merchants"])  # type: ignore[arg-type]


@cache
def demo_staff() -> tuple[DemoColleague, ...]:
    """Return twelve who take calls, the lead first, and whoever else a bank needs."""
    return tuple(
        DemoColleague(
            number=str(each["number"]),
            name=str(each["name"]),
            role=cast(Role, each.get("role", "agent")),
            languages=tuple(each.get("languages", ())),  # type: ignore[arg-type]
            skills=tuple(each.get("skills", ())),  # type: ignore[arg-type]
        )
        for each in _data()["staff"]
    )


def holder_id(index: int) -> HolderId:
    """Return the id of the holder with a number, from 1."""
    return HolderId(f"demo-h{index}")


def demo_holder(seed: int, index: int, *, today: date, terms: CardTerms) -> DemoHolder:
    """Invent holder ``index`` (from 1): every tenth speaks English, some have more cards."""
    draw = Draw(seed, f"holder/{index}")
    who = person(seed, index, "demonstration", "en" if index % 10 == 0 else "zh")
    holder = Holder(
        id=holder_id(index),
        name=who.name,
        phone=who.phone,
        id_tail=who.id_tail,
        language=who.language,
        made_up=True,
        address=address(seed, index, "demonstration"),
        other_loans=_loans(seed, index),
    )
    count = 1 if index <= _PLAIN else 1 + draw.chance(38) + draw.chance(15)
    accounts = [_account(holder, 1, draw, today, terms)]
    cards: list[NewCard] = []
    for number in range(1, count + 1):
        if number == 2 and draw.chance(40):
            accounts.append(_account(holder, 2, draw, today, terms))
        cards.append(_card(seed, index, number, accounts[-1], draw))
    return DemoHolder(index, holder, tuple(accounts), tuple(cards))


def _loans(seed: int, index: int) -> Fen | None:
    """Return what is owed elsewhere: mostly nothing or little, of some it is not known."""
    draw = Draw(seed, f"loans/{index}")
    if draw.chance(20):
        return None
    return Fen(draw.between(1, 60) * 100000 if draw.chance(40) else 0)


def _account(holder: Holder, number: int, draw: Draw, today: date, terms: CardTerms) -> Account:
    return Account(
        id=AccountId(f"{holder.id}-a{number}"),
        holder_id=holder.id,
        credit_limit=Fen(draw.pick(_LIMITS)),
        statement_day=draw.pick(STATEMENT_DAYS),
        due_days=terms.due_days,
        opened_on=today - timedelta(days=draw.between(225, 440)),
        interest_mode=terms.interest_mode,
        daily_rate=terms.daily_rate,
        minimum_rate=terms.minimum_rate,
    )


def _card(seed: int, index: int, number: int, account: Account, draw: Draw) -> NewCard:
    card = Card(
        id=CardId(f"demo-c{index}-{number}"),
        account_id=account.id,
        holder_id=account.holder_id,
        tail=card_tail(seed, index, number),
        product=_product(account.credit_limit),
        state=CardState.ACTIVE,
        held_until=None,
        activated=index <= _PLAIN or not draw.chance(3),
        issued_on=account.opened_on,
    )
    return NewCard(card, f"demo-{index}-{number}-{draw.below(1 << 32):08x}")


def _product(limit: Fen) -> Product:
    if limit >= 15_000_000:
        return Product.PLATINUM
    return Product.GOLD if limit >= 5_000_000 else Product.STANDARD


def card_tail(seed: int, index: int, number: int) -> str:
    """Return the last 4 digits of a card; the cards of one holder differ."""
    first = Draw(seed, f"tails/{index}").below(10_000)
    return f"{(first + (number - 1) * 3571) % 10_000:04d}"


def demo_state(index: int, number: int, now: datetime) -> tuple[CardState, datetime | None]:
    """Return the state in which a card is found: a few are frozen, held or closed."""
    if number == 1 and index % 25 == 7:
        return CardState.FROZEN, None
    if number == 1 and index % 40 == 11:
        return CardState.HELD, now + timedelta(days=2)
    if number > 1 and index % 6 == 4:
        return CardState.CLOSED, None
    return CardState.ACTIVE, None


def demo_query_password(seed: int, holder_index: int) -> Secret:
    """Return the query password of a holder, 6 digits, always the same; never a guessable one."""
    tails = [card_tail(seed, holder_index, number) for number in (1, 2, 3)]
    who = person(seed, holder_index, "demonstration")
    draw = Draw(seed, f"password/{holder_index}")
    while True:
        digits = f"{draw.below(1_000_000):06d}"
        if not _guessable(digits, [*tails, who.id_tail], who.phone):
            return Secret(digits)


def _guessable(digits: str, parts: list[str], phone: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return (
        len(set(digits)) < 4
        or len(steps) < 3
        or digits[:3] == digits[3:]
        or digits in phone
        or any(part in digits for part in parts)
        or _is_birthday(digits)
    )


def _is_birthday(digits: str) -> bool:
    """True for YYMMDD, DDMMYY and YYYYMM of a year in which a holder may have been born."""
    for month, day in ((digits[2:4], digits[4:]), (digits[2:4], digits[:2])):
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            return True
    return digits[:2] in ("19", "20") and 1 <= int(digits[4:]) <= 12
