"""What is known of a holder as plain JSON; every amount as whole fen and as written yuan."""

from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, Holder, Statement
from cardline.cards.rules.state import state_at
from cardline.core.errors import NotFound
from cardline.core.money import yuan
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction


async def holder_view(
    tx: Transaction, *, bank: CoreBank, phone: PhoneNumber, at: datetime
) -> JsonObject:
    """Return a holder with accounts, cards and the last statement.

    Raises ``NotFound`` where the number is registered with nobody.
    """
    holder = await bank.holder_by_phone(tx, phone=phone)
    if holder is None:
        raise NotFound(f"no holder has the telephone number {phone}")
    newest: Statement | None = None
    accounts: list[JsonObject] = []
    for account in await bank.accounts_of(tx, holder_id=holder.id):
        balance = await bank.balance(tx, account_id=account.id, at=at)
        statement = await bank.last_statement(tx, account_id=account.id)
        if statement and (newest is None or statement.closing_on > newest.closing_on):
            newest = statement
        accounts.append(
            {
                "id": account.id,
                "credit_limit": amount(account.credit_limit),
                "owed": amount(balance.owed),
                "available": amount(balance.available),
                "statement_day": account.statement_day,
                "interest_mode": account.interest_mode.value,
                "last_statement": statement_view(statement) if statement else None,
            }
        )
    cards = await bank.cards_of(tx, holder_id=holder.id)
    return {
        "holder": _holder(holder),
        "accounts": accounts,
        "cards": [card_view(card, at) for card in cards],
        "last_statement": statement_view(newest) if newest else None,
    }


def amount(fen: int) -> JsonObject:
    """Return an amount for programs and for people."""
    return {"fen": fen, "yuan": yuan(fen)}


def card_view(card: Card, at: datetime) -> JsonObject:
    """Return a card as it is at a time."""
    state = state_at(card, at)
    held_until = card.held_until if state is card.state else None
    return {
        "id": card.id,
        "account": card.account_id,
        "tail": card.tail,
        "product": card.product.value,
        "state": state.value,
        "held_until": held_until.isoformat() if held_until else None,
        "activated": card.activated,
    }


def statement_view(statement: Statement) -> JsonObject:
    """Return a statement with all that makes up its balance."""
    return {
        "account": statement.account_id,
        "closing_on": statement.closing_on.isoformat(),
        "period_from": statement.period_from.isoformat(),
        "period_to": statement.period_to.isoformat(),
        "due_on": statement.due_on.isoformat(),
        "opening": amount(statement.opening),
        "purchases": amount(statement.purchases),
        "cash": amount(statement.cash),
        "instalments": amount(statement.instalments),
        "interest": amount(statement.interest),
        "fees": amount(statement.fees),
        "payments": amount(statement.payments),
        "refunds": amount(statement.refunds),
        "adjustments": amount(statement.adjustments),
        "balance": amount(statement.closing),
        "minimum_payment": amount(statement.minimum_payment),
        "paid": amount(statement.paid),
        "unpaid": amount(statement.unpaid),
        "unpaid_minimum": amount(statement.unpaid_minimum),
        "arrears_months": statement.arrears_months,
    }


def _holder(holder: Holder) -> JsonObject:
    return {
        "id": holder.id,
        "name": holder.name,
        "phone": holder.phone,
        "id_tail": holder.id_tail,
        "language": holder.language,
        "zone": holder.zone,
        "made_up": holder.made_up,
    }
