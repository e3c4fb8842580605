"""Loading the UCI accounts: what is loaded adds up, twice changes nothing, bad rows are named."""

from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from cardline.adapters.corebank.importing import ImportRefused, ImportResult
from cardline.adapters.corebank.uci import HEADER, import_uci
from cardline.adapters.postgres.database import Database
from cardline.cards.actions import close_periods
from cardline.core.actor import OPERATOR
from cardline.core.ids import AccountId, HolderId
from cardline.core.phone import parse_phone
from tests.rules.card_book import TERMS, fen
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

# ID, limit, sex, education, marriage, age, PAY_0..6, BILL_AMT1..6, PAY_AMT1..6, default
FIRST = "1,20000,2,2,1,24,2,2,-1,-1,-2,-2,3913,3102,689,0,0,0,0,689,0,0,0,0,1"
SECOND = "2,5e+05,2,2,2,26,-1,2,0,0,0,2,2682,1725,2682,3272,3455,3261,0,1000,1000,1000,0,2000,1"


async def load(database: Database, path: Path) -> ImportResult:
    return await import_uci(database, path, terms=TERMS, by=OPERATOR, at=NOW)


def file(folder: Path, *rows: str, header: str = ",".join(HEADER)) -> Path:
    path = folder / "accounts.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


async def test_six_bills_and_payments_become_statements_that_add_up(
    database: Database, tmp_path: Path
) -> None:
    result = await load(database, file(tmp_path, FIRST, SECOND))
    assert result == ImportResult(2, 0, ())
    bank = ledger()
    async with database.transaction() as tx:
        account = AccountId("uci-a2")
        statements = (await bank.statements(tx, account_id=account))[::-1]
        assert [each.closing for each in statements] == [
            fen(bill) for bill in ("3261", "3455", "3272", "2682", "1725", "2682")
        ]
        assert [each.payments for each in statements] == [
            fen(paid) for paid in ("2000", "0", "1000", "1000", "1000", "0")
        ]
        assert [each.closing_on.month for each in statements] == [5, 6, 7, 8, 9, 10]
        assert [each.arrears_months for each in statements] == [2, 0, 0, 0, 2, 0]
        assert statements[-1].closing_on.year == 2026
        balance = await bank.balance(tx, account_id=account, at=NOW)
        assert (balance.owed, balance.limit) == (fen("2682"), fen("500000"))
        postings = await bank.recent_postings(tx, account_id=account, limit=99)
        for statement in statements:
            assert statement.closing == sum(
                each.amount for each in postings if each.posted_on <= statement.closing_on
            )


async def test_holders_are_made_up_marked_and_reachable_nowhere(
    database: Database, tmp_path: Path
) -> None:
    await load(database, file(tmp_path, FIRST, SECOND))
    bank = ledger()
    async with database.transaction() as tx:
        accounts = [await bank.account(tx, account_id=AccountId(f"uci-a{n}")) for n in (1, 2)]
        for account in accounts:
            assert account is not None
            holder = await bank.holder(tx, holder_id=account.holder_id)
            assert holder is not None
            assert holder.made_up
            assert holder.phone.startswith("+861541")
            assert parse_phone(holder.phone.removeprefix("+86")) == holder.phone
            (card,) = await bank.cards_of(tx, holder_id=holder.id)
            assert len(card.tail) == 4


async def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = file(tmp_path, FIRST, SECOND)
    await load(database, path)
    again = await load(database, path)
    assert again.as_json() == {"loaded": 0, "unchanged": 2, "rejected": []}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (FIRST.replace("20000", "2o000"), "LIMIT_BAL must be a whole number, not '2o000'"),
        (FIRST.replace("20000", "-5"), "LIMIT_BAL -5 is negative"),
        (FIRST.removesuffix(",1"), "24 columns, 25 expected"),
        (FIRST + ",1", "26 columns, 25 expected"),
        (FIRST.replace("1,", "x,", 1), "ID must be a whole number, not 'x'"),
        (FIRST.replace("1,", "0,", 1), "ID '0' is no number from 1 to 9999999"),
        (FIRST.replace(",0,689,0", ",0,-689,0"), "PAY_AMT2 -689 is negative"),
        (FIRST.replace("3913", "1e+99"), "BILL_AMT1 must be a whole number, not '1e+99'"),
        (SECOND.replace("26,-1", "26,123"), "PAY_0 123 is no number of months from -9 to 99"),
    ],
)
async def test_a_bad_row_is_named_and_the_good_rows_load(
    database: Database, tmp_path: Path, row: str, reason: str
) -> None:
    good = SECOND.replace("2,", "3,", 1)
    result = await load(database, file(tmp_path, row, good))
    assert result.as_json() == {
        "loaded": 1,
        "unchanged": 0,
        "rejected": [{"line": 2, "reason": reason}],
    }


async def test_an_id_with_other_figures_is_rejected(database: Database, tmp_path: Path) -> None:
    await load(database, file(tmp_path, FIRST))
    result = await load(database, file(tmp_path, FIRST.replace("20000", "30000")))
    assert result.rejected[0].reason == "ID 1 is loaded already, with other figures"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is not the UCI credit card file"),
        (b"PK\x03\x04rest", "is no text file"),
        (b"\xff\xfea\x00b\x00", "is no text file"),
        (b'"ID,LIMIT_BAL\n1,2', "is no CSV file"),
    ],
)
async def test_a_file_of_another_format_is_refused_as_a_whole(
    database: Database, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=message):
        await load(database, path)
    async with database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT count(*) FROM journal")
        assert await cursor.fetchone() == (0,)


async def test_a_file_that_is_not_there_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="cannot be read"):
        await load(database, tmp_path / "none.csv")


async def test_real_accounts_load_and_live_on(
    database: Database, tmp_path: Path, shared_data: Path
) -> None:
    whole = shared_data / "cards_uci" / "UCI_Credit_Card.csv"
    path = tmp_path / "first-accounts.csv"
    with whole.open(encoding="utf-8") as lines:
        path.write_text("".join(islice(lines, 3001)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    result = await import_uci(
        database,
        path,
        terms=TERMS,
        by=OPERATOR,
        at=NOW,
        progress=lambda done, all_rows: told.append((done, all_rows)),
    )
    assert (result.loaded, result.unchanged, result.rejected) == (3000, 0, ())
    assert told == [(2000, 3000), (3000, 3000)]
    assert (await load(database, path)).unchanged == 3000
    async with database.transaction() as tx:
        cursor = await tx.connection.execute(
            """
            SELECT count(*) FROM bank_statement AS statement
            WHERE closing <> (
                SELECT coalesce(sum(amount), 0) FROM bank_posting AS posting
                WHERE posting.account_id = statement.account_id AND posted_on <= closing_on
            )
            """
        )
        assert await cursor.fetchone() == (0,)
        # the next closings find accounts that they can go on with
        bank = ledger()
        assert await close_periods(tx, bank=bank, through=date(2026, 11, 10), at=NOW) == 1000


async def test_columns_that_somebody_added_are_read(database: Database, tmp_path: Path) -> None:
    header = ",".join([*HEADER, "address", "other_loans"])
    rows = (f"{FIRST},上海市浦东新区示范路1号,5000", f"{SECOND},,-5")
    result = await load(database, file(tmp_path, *rows, header=header))
    assert result.loaded == 1
    (bad,) = result.rejected
    assert (bad.line, "other_loans must not be negative" in bad.reason) == (3, True)
    async with database.transaction() as tx:
        found = await ledger().holder(tx, holder_id=HolderId(f"uci-h{FIRST.split(',')[0]}"))
    assert found is not None
    assert (found.address, found.other_loans) == ("上海市浦东新区示范路1号", 500_000)
