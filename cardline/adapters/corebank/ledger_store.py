"""SQL of the embedded ledger: postings, statements and the lines of interest. All only grow."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from cardline.cards.model import InterestLine, Posting, PostingKind, Statement
from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction

_POSTING = """
    id, account_id, card_id, kind, amount, posted_on, at, merchant, description_zh,
    description_en, points
"""
_STATEMENT = """
    account_id, closing_on, period_from, period_to, opening, purchases, cash, instalments,
    interest, fees, payments, refunds, adjustments, closing, minimum_payment, due_on,
    arrears_months
"""
_INTEREST_LINE = """
    account_id, closing_on, place, posting_id, principal, from_on, to_on, daily_rate, exact, amount
"""


async def owed(tx: Transaction, account_id: str, at: datetime) -> tuple[int, int] | None:
    """Return the limit of an account and what is owed at a time."""
    cursor = await tx.connection.execute(
        """
        SELECT credit_limit, (
            SELECT coalesce(sum(amount), 0)::bigint FROM bank_posting
            WHERE account_id = account.id AND at <= %s
        )
        FROM bank_account AS account WHERE id = %s
        """,
        (at, account_id),
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def recent_postings(tx: Transaction, account_id: str, limit: int) -> list[Posting]:
    """Return the newest postings that move money, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_POSTING} FROM bank_posting WHERE account_id = %s AND amount <> 0
        ORDER BY posted_on DESC, seq DESC LIMIT %s
        """,  # noqa: S608 - constants only
        (account_id, limit),
    )
    return [_posting(row) for row in await cursor.fetchall()]


async def postings_through(tx: Transaction, closings: Sequence[tuple[str, date]]) -> list[Posting]:
    """Return the postings of several accounts, each through a day, in the order of the ledger."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_POSTING} FROM (
            SELECT posting.* FROM bank_posting AS posting
            JOIN unnest(%s::text[], %s::date[]) AS closing (account_id, closing_on)
              ON posting.account_id = closing.account_id
             AND posting.posted_on <= closing.closing_on
        ) AS posting
        ORDER BY account_id, posted_on, seq
        """,  # noqa: S608 - constants only
        ([account_id for account_id, _ in closings], [closing for _, closing in closings]),
    )
    return [_posting(row) for row in await cursor.fetchall()]


async def posting(tx: Transaction, posting_id: str) -> Posting | None:
    """Return a posting by id."""
    cursor = await tx.connection.execute(
        f"SELECT {_POSTING} FROM bank_posting WHERE id = %s",  # noqa: S608 - constants only
        (posting_id,),
    )
    row = await cursor.fetchone()
    return _posting(row) if row else None


async def spent_after(tx: Transaction, account_id: str, at: datetime, on: date) -> int:
    """Return what is written already and counts only later than a time or a business day."""
    cursor = await tx.connection.execute(
        """
        SELECT coalesce(sum(amount), 0)::bigint FROM bank_posting
        WHERE account_id = %s AND amount > 0 AND (at > %s OR posted_on > %s)
        """,
        (account_id, at, on),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def posting_by_key(tx: Transaction, key: str) -> Posting | None:
    """Return the posting that was made under a key."""
    cursor = await tx.connection.execute(
        f"SELECT {_POSTING} FROM bank_posting WHERE key = %s",  # noqa: S608 - constants only
        (key,),
    )
    row = await cursor.fetchone()
    return _posting(row) if row else None


async def add_posting(tx: Transaction, posting: Posting, key: str) -> bool:
    """Add one posting; false where another transaction was first with the key."""
    cursor = await tx.connection.execute(
        f"""
        INSERT INTO bank_posting ({_POSTING}, key)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
        """,  # noqa: S608 - constants only
        (*_posting_row(posting), key),
    )
    return cursor.rowcount == 1


async def add_postings(tx: Transaction, postings: Iterable[Posting]) -> None:
    """Add postings in bulk, in the order given."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY bank_posting ({_POSTING}) FROM STDIN") as copy,
    ):
        for posting in postings:
            await copy.write_row(_posting_row(posting))


async def used_on(
    tx: Transaction, account_id: str, card_id: str, kinds: Iterable[PostingKind], since: date
) -> list[date]:
    """Return the days on which a card was used, one for every use."""
    cursor = await tx.connection.execute(
        """
        SELECT posted_on FROM bank_posting
        WHERE account_id = %s AND posted_on >= %s AND card_id = %s AND kind = ANY(%s)
        """,
        (account_id, since, card_id, [kind.value for kind in kinds]),
    )
    return [row[0] for row in await cursor.fetchall()]


async def points(tx: Transaction, account_id: str) -> list[tuple[date, int]] | None:
    """Return day and points of every posting with points in their order; ``None``: no account."""
    cursor = await tx.connection.execute(
        """
        SELECT posting.posted_on, posting.points
        FROM bank_account AS account
        LEFT JOIN bank_posting AS posting
          ON posting.account_id = account.id AND posting.points <> 0
        WHERE account.id = %s ORDER BY posting.posted_on, posting.seq
        """,
        (account_id,),
    )
    rows = await cursor.fetchall()
    if not rows:
        return None
    return [(row[0], row[1]) for row in rows if row[0] is not None]


async def statements(tx: Transaction, account_id: str, limit: int) -> list[Statement]:
    """Return statements newest first, each with what came in up to the next closing date."""
    cursor = await tx.connection.execute(
        f"""
        WITH listed AS (
            SELECT {_STATEMENT}, lead(closing_on) OVER (ORDER BY closing_on) AS next_on
            FROM bank_statement WHERE account_id = %(account)s
        )
        SELECT {_STATEMENT}, (
            SELECT coalesce(-sum(amount), 0)::bigint FROM bank_posting
            WHERE account_id = %(account)s AND amount < 0 AND posted_on > listed.closing_on
              AND posted_on <= coalesce(listed.next_on, 'infinity')
        )
        FROM listed ORDER BY closing_on DESC LIMIT %(limit)s
        """,  # noqa: S608 - constants only
        {"account": account_id, "limit": limit},
    )
    return [Statement(*row) for row in await cursor.fetchall()]


async def last_statements(tx: Transaction, holder_id: str) -> list[Statement]:
    """Return the newest statement of each account of a holder, with what came in since."""
    cursor = await tx.connection.execute(
        f"""
        SELECT newest.*, (
            SELECT coalesce(-sum(amount), 0)::bigint FROM bank_posting
            WHERE account_id = newest.account_id AND amount < 0 AND posted_on > newest.closing_on
        )
        FROM bank_account AS account CROSS JOIN LATERAL (
            SELECT {_STATEMENT} FROM bank_statement WHERE account_id = account.id
            ORDER BY closing_on DESC LIMIT 1
        ) AS newest
        WHERE account.holder_id = %s ORDER BY account.opened_on, account.id
        """,  # noqa: S608 - constants only
        (holder_id,),
    )
    return [Statement(*row) for row in await cursor.fetchall()]


async def statements_of_accounts(tx: Transaction, account_ids: Sequence[str]) -> list[Statement]:
    """Return all statements of several accounts, oldest first, without what was paid since."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_STATEMENT} FROM bank_statement WHERE account_id = ANY(%s)
        ORDER BY account_id, closing_on
        """,  # noqa: S608 - constants only
        (list(account_ids),),
    )
    return [Statement(*row) for row in await cursor.fetchall()]


async def add_statements(tx: Transaction, statements: Iterable[Statement]) -> None:
    """Add statements in bulk."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY bank_statement ({_STATEMENT}) FROM STDIN") as copy,
    ):
        for each in statements:
            await copy.write_row(
                (
                    each.account_id,
                    each.closing_on,
                    each.period_from,
                    each.period_to,
                    each.opening,
                    each.purchases,
                    each.cash,
                    each.instalments,
                    each.interest,
                    each.fees,
                    each.payments,
                    each.refunds,
                    each.adjustments,
                    each.closing,
                    each.minimum_payment,
                    each.due_on,
                    each.arrears_months,
                )
            )


async def holders_due(tx: Transaction, due_on: date) -> list[HolderId]:
    """Return whose newest statement is due on a day, in a stable order."""
    cursor = await tx.connection.execute(
        """
        SELECT DISTINCT account.holder_id
        FROM bank_statement AS due JOIN bank_account AS account ON account.id = due.account_id
        WHERE due.due_on = %s AND NOT EXISTS (
            SELECT FROM bank_statement AS later
            WHERE later.account_id = due.account_id AND later.closing_on > due.closing_on
        )
        ORDER BY account.holder_id
        """,
        (due_on,),
    )
    return [HolderId(row[0]) for row in await cursor.fetchall()]


async def interest_lines(tx: Transaction, account_id: str, closing_on: date) -> list[InterestLine]:
    """Return the lines of one charge in their order."""
    cursor = await tx.connection.execute(
        """
        SELECT line.posting_id, posting.kind, posting.posted_on, line.principal, line.from_on,
               line.to_on, line.daily_rate, line.exact, line.amount
        FROM bank_interest_line AS line JOIN bank_posting AS posting ON posting.id = posting_id
        WHERE line.account_id = %s AND line.closing_on = %s ORDER BY line.place
        """,
        (account_id, closing_on),
    )
    return [InterestLine(row[0], PostingKind(row[1]), *row[2:]) for row in await cursor.fetchall()]


async def add_interest_lines(
    tx: Transaction, charges: Iterable[tuple[Statement, Sequence[InterestLine]]]
) -> None:
    """Add the lines of several charges in bulk."""
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY bank_interest_line ({_INTEREST_LINE}) FROM STDIN") as copy,
    ):
        for statement, lines in charges:
            for place, line in enumerate(lines, 1):
                await copy.write_row(
                    (
                        statement.account_id,
                        statement.closing_on,
                        place,
                        line.posting_id,
                        line.principal,
                        line.from_on,
                        line.to_on,
                        line.daily_rate,
                        line.exact,
                        line.amount,
                    )
                )


def _posting_row(posting: Posting) -> tuple[Any, ...]:
    return (
        posting.id,
        posting.account_id,
        posting.card_id,
        posting.kind.value,
        posting.amount,
        posting.posted_on,
        posting.at,
        posting.merchant,
        posting.description_zh,
        posting.description_en,
        posting.points,
    )


def _posting(row: Sequence[Any]) -> Posting:
    id_, account_id, card_id, kind, *rest = row
    return Posting(id_, account_id, card_id, PostingKind(kind), *rest)
