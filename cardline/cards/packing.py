"""What the card business contributes to an evidence pack: statements, cases, what was asked for and
decided (rows B1, B5, B6, B7, F2).
"""

import tomllib
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path

from cardline.cards.cases.actions import of_holder as cases_of
from cardline.cards.cases.model import Case
from cardline.cards.closures.actions import closures_of
from cardline.cards.corebank import CoreBank
from cardline.cards.limits.actions import requests_of
from cardline.cards.model import Statement
from cardline.core.home import home
from cardline.core.money import yuan
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.packs.model import Item, Line, Part, Subject
from cardline.evidence.packs.sources import Read

_TEXTS = Path(__file__).with_name("packing.toml")
_INTERNAL = frozenset({"key", "owner", "findings", "opened_by", "decided_by"})
_PERIODS = 1200
"""Statements of one account: a hundred years."""


def account_part(bank: CoreBank) -> Read:
    """Return how accounts are read for a pack."""
    texts: dict[str, dict[str, str]] = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))

    async def read(tx: Transaction, subject: Subject) -> Part:
        if subject.holder is None or subject.interactions is not None:
            return Part()
        statements = [
            one
            for account in await bank.accounts_of(tx, holder_id=subject.holder)
            for one in await bank.statements(tx, account_id=account.id, limit=_PERIODS)
        ]
        cards = await bank.cards_of(tx, holder_id=subject.holder)
        cases = await cases_of(tx, subject.holder)
        limits = await requests_of(tx, subject.holder)
        closures = await closures_of(tx, subject.holder)
        return Part(
            records=(
                *({"statement": _plain(asdict(one))} for one in statements),
                *({"case": _of_record(one, subject)} for one in cases),
                *({"limit": _plain(asdict(one))} for one in limits),
                *({"closure": _plain(asdict(one))} for one in closures),
            ),
            items=(
                *(_of_statement(one, texts, subject) for one in statements),
                *(_of_case(one, texts, subject) for one in cases),
            ),
            streams=(
                *(f"card:{one.id}" for one in cards),
                *(f"case:{one.id}" for one in cases),
            ),
        )

    return read


def _of_statement(one: Statement, texts: dict[str, dict[str, str]], subject: Subject) -> Item:
    language = subject.language
    at = datetime.combine(one.closing_on, time(), home().zone)
    text = texts["statement-text"][language].format(
        since=one.period_from,
        closing=yuan(one.closing),
        minimum=yuan(one.minimum_payment),
        due=one.due_on,
    )
    return Item(
        f"{one.account_id}/{one.closing_on}", at, texts["statement"][language], (Line(text),)
    )


def _of_case(one: Case, texts: dict[str, dict[str, str]], subject: Subject) -> Item:
    language = subject.language
    lines = [Line(one.told, one.opened_at)] if one.told else []
    lines += [Line(one.answer, one.answered_at)] if one.answer else []
    return Item(str(one.id), one.opened_at, texts[f"case-{one.kind.value}"][language], tuple(lines))


def _of_record(one: Case, subject: Subject) -> JsonObject:
    """A holder is told the answer; what the bank found on the way is for whoever examines it."""
    told = _plain(asdict(one))
    if subject.audience == "holder":
        told = {name: value for name, value in told.items() if name not in _INTERNAL}
    return told


def _plain(values: JsonObject) -> JsonObject:
    """Write facts as JSON: times and days as text, amounts in fen as they are."""
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if value is None or isinstance(value, str | int | float | dict | list):
        return value
    return str(value)
