"""Loads a bank's own extract: a CSV file with one row a card (``docs/howto/import-accounts.md``).

A holder with several cards has several rows, which must say the same about the holder and the
account. What is loaded already is never changed by an import: a row that differs is rejected.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from cardline.adapters.corebank import account_store, card_store, import_store
from cardline.adapters.corebank.extract_row import COLUMNS, REQUIRED, Record, read_record
from cardline.adapters.corebank.importing import (
    BadRow,
    Batch,
    ImportRefused,
    ImportResult,
    Progress,
    Rejected,
    Table,
    in_steps,
    journal_import,
    read_table,
)
from cardline.cards.corebank import NewCard
from cardline.cards.model import Account, Holder, Posting, PostingId, PostingKind
from cardline.cards.rules.periods import next_closing
from cardline.cards.rules.terms import CardTerms
from cardline.core.actor import Actor
from cardline.core.calendar import business_day
from cardline.core.clock import SHANGHAI
from cardline.core.ids import new_id
from cardline.core.money import Fen
from cardline.core.transaction import Database, Transaction

SOURCE = "csv"


@dataclass(slots=True)
class Known:
    """What is in the ledger and what earlier rows of the file have added."""

    rows: dict[str, bytes]
    holders: dict[str, Holder]
    accounts: dict[str, Account]
    phones: dict[str, str]
    tokens: set[str]


async def import_csv(
    db: Database,
    path: Path,
    *,
    terms: CardTerms,
    by: Actor,
    at: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Load the good rows in one transaction and say of every other row what is wrong with it.

    Raises :class:`ImportRefused` where it is no such file; then nothing is loaded.
    """
    table = read_table(path)
    check_header(path, table)
    loaded = unchanged = 0
    rejected: list[Rejected] = []
    async with db.transaction() as tx:
        await import_store.lock_imports(tx)
        known = await _what_is_known(tx)
        for rows in in_steps(table.rows, progress):
            batch = Batch()
            for row in rows:
                try:
                    if len(row.fields) != len(table.header):
                        raise BadRow(f"{len(row.fields)} columns, {len(table.header)} expected")
                    values = dict(zip(table.header, row.fields, strict=True))
                    if known.rows.get(values["card_token"]) == row.digest:
                        unchanged += 1
                        continue
                    record = read_record(values, terms, on=business_day(at))
                    _add(batch, record, known, at)
                except BadRow as problem:
                    rejected.append(Rejected(row.line, str(problem)))
                    continue
                known.rows[record.token] = row.digest
                batch.rows.append((record.token, row.digest))
                loaded += 1
            await batch.write(tx, SOURCE)
        result = ImportResult(loaded, unchanged, tuple(rejected))
        await journal_import(tx, source=SOURCE, table=table, result=result, by=by, at=at)
    return result


def check_header(path: Path, table: Table) -> None:
    """Raise :class:`ImportRefused` where the first line does not name the columns."""
    header = table.header
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name[:40] for name in header if name not in COLUMNS]
    problems = []
    if missing:
        problems.append(f"it lacks {', '.join(missing)}")
    if unknown:
        problems.append(f"it has the unknown {', '.join(unknown[:5])}")
    if len(set(header)) < len(header):
        problems.append("it names a column twice")
    if problems:
        raise ImportRefused(
            f"{path.name} is no extract of accounts: its first line must name the columns, but "
            f"{'; '.join(problems)}; nothing was loaded"
        )


async def _what_is_known(tx: Transaction) -> Known:
    holders = await account_store.all_holders(tx)
    return Known(
        rows=await import_store.loaded_rows(tx, SOURCE),
        holders={holder.id: holder for holder in holders},
        accounts={account.id: account for account in await account_store.all_accounts(tx)},
        phones={holder.phone: holder.id for holder in holders},
        tokens=await card_store.all_tokens(tx),
    )


def _add(batch: Batch, record: Record, known: Known, at: datetime) -> None:
    """Add a record to the batch. Raises :class:`BadRow` where it contradicts what is known."""
    holder, account = record.holder, record.account
    if record.token in known.rows:
        raise BadRow(
            f"card {record.token} is loaded already, with other values: what is loaded changes by"
            " postings and actions, not by an import"
        )
    if record.token in known.tokens:
        raise BadRow(f"card_token {record.token} is taken")
    other = known.phones.get(holder.phone)
    if other is not None and other != holder.id:
        raise BadRow(f"phone {holder.phone} belongs to holder {other} already")
    if holder.id in known.holders and known.holders[holder.id] != holder:
        raise BadRow(f"holder {holder.id} is known with other particulars")
    same_account = known.accounts.get(account.id)
    if same_account is not None and same_account != account:
        raise BadRow(f"account {account.id} is known with another contract or holder")
    if same_account is not None and record.balance:
        raise BadRow(f"account {account.id}: only its first row may bring a balance forward")
    if holder.id not in known.holders:
        batch.holders.append(holder)
        known.holders[holder.id] = holder
        known.phones[holder.phone] = holder.id
    if same_account is None:
        today = business_day(at)
        batch.accounts.append((account, next_closing(today, account.statement_day)))
        known.accounts[account.id] = account
        if record.balance or record.points:
            batch.postings.extend(_brought_forward(record, at))
    batch.cards.append(NewCard(record.card, record.token))
    known.tokens.add(record.token)


def _brought_forward(record: Record, at: datetime) -> list[Posting]:
    on = business_day(at)
    made_at = datetime.combine(on - timedelta(days=1), time(23, 59), SHANGHAI)
    postings = []
    for kind, amount, points in (
        (PostingKind.ADJUSTMENT, record.balance, 0),
        (PostingKind.POINTS, 0, record.points),
    ):
        if amount or points:
            postings.append(
                Posting(
                    id=PostingId(new_id("p")),
                    account_id=record.account.id,
                    card_id=None,
                    kind=kind,
                    amount=Fen(amount),
                    posted_on=on,
                    at=made_at,
                    points=points,
                )
            )
    return postings
