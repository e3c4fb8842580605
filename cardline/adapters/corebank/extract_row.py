"""One row of a bank's own extract: its columns, and what is wrong with a bad one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict, TypeVar

from cardline.adapters.corebank.importing import BadRow
from cardline.cards.model import Account, Card, CardState, Holder, InterestMode, Language, Product
from cardline.cards.rules.terms import CardTerms, check_account
from cardline.core.errors import Invalid
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import Fen, to_fen
from cardline.core.phone import PhoneNumber, parse_phone

REQUIRED = (
    "holder_id",
    "name",
    "phone",
    "id_tail",
    "account_id",
    "credit_limit",
    "statement_day",
    "card_token",
    "card_tail",
    "opened_on",
    "issued_on",
)
PARTICULARS = ("address", "email", "other_loans")
"""What a file may say of a holder besides; empty or missing: not known."""
OPTIONAL = (
    "language",
    "due_days",
    "interest_mode",
    "daily_rate",
    "minimum_rate",
    "product",
    "state",
    "activated",
    "balance",
    "points",
    *PARTICULARS,
)
COLUMNS = (*REQUIRED, *OPTIONAL)

_YUAN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_RATE = re.compile(r"0(\.[0-9]{1,8})?", re.ASCII)

Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Record:
    """A row that is well formed."""

    holder: Holder
    account: Account
    card: Card
    token: str
    balance: Fen
    points: int


class Reader:
    """Reads the values of one row and collects everything that is wrong with it."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.problems: list[str] = []

    def read(self, name: str, convert: Callable[[str], Value], default: Value) -> Value:
        """Return a value, or ``default`` where it is empty or wrong."""
        text = self.values.get(name, "")
        if not text:
            if name in REQUIRED:
                self.problems.append(f"{name} is empty")
            return default
        try:
            return convert(text)
        except ValueError as error:
            self.problems.append(f"{name} {error}, not {text[:24]!r}")
            return default


class Particulars(TypedDict):
    """How else a holder is reached, and what is owed elsewhere; ``None``: not known."""

    address: str | None
    email: str | None
    other_loans: Fen | None


def read_particulars(reader: Reader) -> Particulars:
    """Read the columns that any file may have."""
    return Particulars(
        address=reader.read("address", _address, None),
        email=reader.read("email", _email, None),
        other_loans=reader.read("other_loans", _loans, None),
    )


def read_record(values: dict[str, str], terms: CardTerms, *, on: date) -> Record:
    """Read a row. Raises :class:`BadRow` with everything that is wrong with it.

    ``on`` is the day of the import: nothing may have been opened or issued after it.
    """
    reader = Reader(values)
    issued_on = reader.read("issued_on", _day, on)
    holder = Holder(
        id=HolderId(reader.read("holder_id", _id, "?")),
        name=reader.read("name", _name, "?"),
        phone=reader.read("phone", _phone, PhoneNumber("?")),
        id_tail=reader.read("id_tail", _id_tail, "?"),
        language=reader.read("language", _language, "zh"),
        **read_particulars(reader),
    )
    account = Account(
        id=AccountId(reader.read("account_id", _id, "?")),
        holder_id=holder.id,
        credit_limit=reader.read("credit_limit", _fen, Fen(0)),
        statement_day=reader.read("statement_day", _whole, 1),
        due_days=reader.read("due_days", _whole, terms.due_days),
        opened_on=reader.read("opened_on", _day, on),
        interest_mode=reader.read("interest_mode", _one_of(InterestMode), terms.interest_mode),
        daily_rate=reader.read("daily_rate", _rate, terms.daily_rate),
        minimum_rate=reader.read("minimum_rate", _rate, terms.minimum_rate),
    )
    token = reader.read("card_token", _token, "?")
    card = Card(
        id=CardId(f"card-{token}"),
        account_id=account.id,
        holder_id=holder.id,
        tail=reader.read("card_tail", _card_tail, "0000"),
        product=reader.read("product", _one_of(Product), Product.STANDARD),
        state=reader.read("state", _state, CardState.ACTIVE),
        held_until=None,
        activated=reader.read("activated", _yes_or_no, True),
        issued_on=issued_on,
    )
    balance = reader.read("balance", _fen, Fen(0))
    points = reader.read("points", _whole, 0)
    try:
        check_account(account, terms)
    except Invalid as problem:
        reader.problems.append(problem.message)
    if max(issued_on, account.opened_on) > on:
        reader.problems.append(f"issued_on and opened_on must not be after {on}")
    if points < 0:
        reader.problems.append(f"points {points} is negative")
    if reader.problems:
        raise BadRow("; ".join(reader.problems))
    return Record(holder, account, card, token, balance, points)


def _id(text: str) -> str:
    if len(text) > 40 or not text.isascii() or not all(ch.isalnum() or ch in "-_." for ch in text):
        raise ValueError("must be at most 40 letters, digits, '-', '_', '.'")
    return text


def _address(text: str) -> str:
    if not 6 <= len(text) <= 200 or not text.isprintable():
        raise ValueError("must be 6 to 200 printable characters")
    return text


def _email(text: str) -> str:
    if len(text) > 254 or not text.isprintable() or not _EMAIL.fullmatch(text):
        raise ValueError("must be an e-mail address")
    return text


def _loans(text: str) -> Fen:
    amount = _fen(text)
    if amount < 0:
        raise ValueError("must not be negative")
    return amount


def _name(text: str) -> str:
    if len(text) > 80 or not text.isprintable():
        raise ValueError("must be at most 80 printable characters")
    return text


def _phone(text: str) -> PhoneNumber:
    if not all(ch.isdigit() or ch in "+-() " for ch in text):
        raise ValueError("must be a telephone number")
    number = parse_phone(text)
    if number is None:
        raise ValueError("must be a telephone number")
    return number


def _id_tail(text: str) -> str:
    if len(text) != 4 or not (text[:3] + text[3].replace("x", "0").replace("X", "0")).isdecimal():
        raise ValueError("must be the last 4 characters of the identity number")
    return text.upper()


def _language(text: str) -> Language:
    if text == "zh":
        return "zh"
    if text == "en":
        return "en"
    raise ValueError("must be zh or en")


def _card_tail(text: str) -> str:
    if len(text) != 4 or not (text.isascii() and text.isdecimal()):
        raise ValueError("must be the last 4 digits of the card number")
    return text


def _token(text: str) -> str:
    digits = text.replace("-", "").replace(" ", "")
    if digits.isdecimal() and len(digits) >= 12:
        raise BadRow("card_token is a card number: give a token that only your systems resolve")
    return _id(text)


def _fen(text: str) -> Fen:
    if not _YUAN.fullmatch(text):
        raise ValueError("must be yuan with at most two decimals")
    return to_fen(text)


def _whole(text: str) -> int:
    if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 9:
        raise ValueError("must be a whole number")
    return int(text)


def _rate(text: str) -> Decimal:
    if not _RATE.fullmatch(text):
        raise ValueError("must be a rate like 0.0005")
    return Decimal(text)


def _day(text: str) -> date:
    try:
        if len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day that exists, like 2024-02-29") from None


def _one_of(words: type[Word]) -> Callable[[str], Word]:
    def convert(text: str) -> Word:
        try:
            return words(text)
        except ValueError:
            raise ValueError(f"must be {' or '.join(words)}") from None

    return convert


def _state(text: str) -> CardState:
    if text == CardState.HELD or text not in list(CardState):
        raise ValueError("must be active or frozen or closed (a hold ends by itself)")
    return CardState(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"
