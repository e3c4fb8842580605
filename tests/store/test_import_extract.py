"""Loading a bank's own extract: good rows load, every bad row says what is wrong with it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cardline.adapters.corebank.extract import import_csv
from cardline.adapters.corebank.importing import ImportRefused, ImportResult
from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState, InterestMode, Product
from cardline.core.actor import OPERATOR
from cardline.core.ids import AccountId, HolderId
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from tests.rules.card_book import TERMS, fen
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
GOOD = {
    "holder_id": "H-1",
    "name": "林晓",
    "phone": "13800138000",
    "id_tail": "123x",
    "language": "zh",
    "account_id": "A-1",
    "credit_limit": "50000.00",
    "statement_day": "5",
    "due_days": "18",
    "interest_mode": "partial",
    "daily_rate": "0.00045",
    "minimum_rate": "0.05",
    "opened_on": "2024-01-15",
    "card_token": "tok-1",
    "card_tail": "1234",
    "product": "gold",
    "state": "frozen",
    "activated": "no",
    "issued_on": "2024-02-29",
    "balance": "1234.56",
    "points": "300",
}
HEADER = list(GOOD)


def line(**changes: str) -> str:
    return ",".join((GOOD | changes).values())


def second(**changes: str) -> str:
    """Another holder who is in order."""
    return line(
        **{
            "holder_id": "H-2",
            "phone": "13800138001",
            "account_id": "A-2",
            "card_token": "tok-2",
            **changes,
        }
    )


def file(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "extract.csv"
    path.write_bytes(("\r\n".join([",".join(HEADER), *rows]) + "\r\n").encode(encoding))
    return path


async def load(database: Database, path: Path) -> ImportResult:
    return await import_csv(database, path, terms=TERMS, by=OPERATOR, at=NOW)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_row_becomes_holder_account_card_and_balance(
    database: Database, tmp_path: Path, encoding: str
) -> None:
    result = await load(database, file(tmp_path, line(), encoding=encoding))
    assert result.as_json() == {"loaded": 1, "unchanged": 0, "rejected": []}
    bank = ledger()
    async with database.transaction() as tx:
        holder = await bank.holder_by_phone(tx, phone=PhoneNumber("+8613800138000"))
        assert holder is not None
        assert (holder.name, holder.id_tail, holder.made_up) == ("林晓", "123X", False)
        (account,) = await bank.accounts_of(tx, holder_id=holder.id)
        assert (account.credit_limit, account.statement_day) == (fen("50000"), 5)
        assert account.interest_mode is InterestMode.PARTIAL
        assert (account.daily_rate, account.minimum_rate) == (Decimal("0.00045"), Decimal("0.05"))
        (card,) = await bank.cards_of(tx, holder_id=holder.id)
        assert (card.state, card.product, card.activated) == (
            CardState.FROZEN,
            Product.GOLD,
            False,
        )
        assert card.issued_on == date(2024, 2, 29)
        balance = await bank.balance(tx, account_id=account.id, at=NOW)
        assert balance.owed == fen("1234.56")
        assert (await bank.points(tx, account_id=account.id, at=NOW)).balance == 300
        (closed,) = await bank.close_periods(tx, through=date(2026, 12, 5), at=NOW)
        assert (closed.closing, closed.minimum_payment) == (fen("1234.56"), Fen(6173))


async def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = file(tmp_path, line(), second())
    await load(database, path)
    assert await load(database, path) == ImportResult(0, 2, ())


async def test_one_holder_may_have_several_cards_and_accounts(
    database: Database, tmp_path: Path
) -> None:
    rows = [
        line(),
        line(card_token="tok-2", card_tail="5678", balance="", points=""),
        line(card_token="tok-3", account_id="A-3", balance="7"),
    ]
    assert (await load(database, file(tmp_path, *rows))).loaded == 3
    # and one more comes with a later extract
    more = line(card_token="tok-4", balance="0", points="")
    assert (await load(database, file(tmp_path, *rows, more))).as_json() == {
        "loaded": 1,
        "unchanged": 3,
        "rejected": [],
    }
    async with database.transaction() as tx:
        balance = await ledger().balance(tx, account_id=AccountId("A-1"), at=NOW)
        assert balance.owed == fen("1234.56")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"credit_limit": "5o000"}, "credit_limit must be yuan with at most two decimals"),
        ({"credit_limit": "1e9"}, "credit_limit must be yuan with at most two decimals"),
        ({"credit_limit": "-1"}, "credit limit -100 is negative"),
        ({"statement_day": "31"}, "statement day 31 does not exist in every month"),
        ({"statement_day": "five"}, "statement_day must be a whole number, not 'five'"),
        ({"due_days": "60"}, "due days 60: must be 1 to 25"),
        ({"daily_rate": "0.05"}, "daily rate 0.05: must be 0 to 0.0005"),
        ({"minimum_rate": "0.5"}, "minimum rate 0.5: must be 0.02 to 0.15"),
        ({"state": "stolen"}, "state must be active or frozen or closed"),
        ({"state": "held"}, "state must be active or frozen or closed"),
        ({"product": "wood"}, "product must be standard or gold or platinum"),
        ({"phone": "CALL-ME"}, "phone must be a telephone number, not 'CALL-ME'"),
        ({"phone": "12"}, "phone must be a telephone number, not '12'"),
        ({"id_tail": "12X3"}, "id_tail must be the last 4 characters"),
        ({"card_tail": "12345"}, "card_tail must be the last 4 digits"),
        ({"card_token": "6225 8812 3456 7890"}, "card_token is a card number"),
        ({"card_token": ""}, "card_token is empty"),
        ({"issued_on": "2023-02-29"}, "issued_on must be a day that exists"),
        ({"issued_on": "2027-01-01"}, "must not be after 2026-11-22"),
        ({"language": "de"}, "language must be zh or en"),
        ({"activated": "1"}, "activated must be yes or no"),
        ({"balance": "1,5"}, "22 columns, 21 expected"),
        ({"name": ""}, "name is empty"),
    ],
)
async def test_a_bad_row_is_named_and_the_good_rows_load(
    database: Database, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    result = await load(database, file(tmp_path, line(**changes), second()))
    assert result.loaded == 1
    (rejected,) = result.rejected
    assert rejected.line == 2
    assert reason in rejected.reason


async def test_everything_that_is_wrong_is_said_at_once(database: Database, tmp_path: Path) -> None:
    row = line(statement_day="31", state="lost", credit_limit="much")
    (rejected,) = (await load(database, file(tmp_path, row))).rejected
    assert rejected.reason.count(";") == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"phone": "13800138000"}, "phone +8613800138000 belongs to holder H-1 already"),
        ({"card_token": "tok-1"}, "card tok-1 is loaded already, with other values"),
        ({"account_id": "A-1"}, "account A-1 is known with another contract or holder"),
        ({"holder_id": "H-1"}, "holder H-1 is known with other particulars"),
    ],
)
async def test_a_row_that_contradicts_an_earlier_one_is_rejected(
    database: Database, tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    within_one_file = await load(database, file(tmp_path, line(), second(**changes)))
    assert (within_one_file.loaded, within_one_file.rejected[0].line) == (1, 3)
    assert reason in within_one_file.rejected[0].reason
    from_a_later_file = await load(database, file(tmp_path, second(**changes)))
    assert reason in from_a_later_file.rejected[0].reason


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("holder_id,name", "it lacks phone, id_tail"),
        (",".join([*HEADER, "cvv"]), "it has the unknown cvv"),
        (",".join([*HEADER, "phone"]), "it names a column twice"),
        (";".join(HEADER), "it lacks holder_id"),
    ],
)
async def test_a_file_of_another_format_is_refused_as_a_whole(
    database: Database, tmp_path: Path, header: str, message: str
) -> None:
    path = tmp_path / "other.csv"
    path.write_text(f"{header}\n{line()}\n", encoding="utf-8")
    with pytest.raises(ImportRefused, match=message):
        await load(database, path)
    async with database.transaction() as tx:
        assert await ledger().holder_by_phone(tx, phone=PhoneNumber("+8613800138000")) is None


async def test_the_example_of_the_how_to_page_loads(database: Database, tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "howto" / "import-accounts.md"
    example = page.read_text(encoding="utf-8").split("```csv\n")[1].split("```")[0]
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")
    assert await load(database, path) == ImportResult(2, 0, ())


async def test_what_else_is_known_of_a_holder_is_read_where_it_is_given(
    database: Database, tmp_path: Path
) -> None:
    more = "address,email,other_loans"
    rows = (
        f"{line()},上海市浦东新区示范路1号,lin@example.cn,120000.50",
        f"{second()},,,",
        f"{second(holder_id='H-3', phone='13800138002', card_token='tok-3')},短,nobody,-1",
    )
    path = tmp_path / "more.csv"
    path.write_text("\n".join([f"{','.join(HEADER)},{more}", *rows]), encoding="utf-8")
    result = await import_csv(database, path, terms=TERMS, by=OPERATOR, at=NOW)
    assert result.loaded == 2
    (bad,) = result.rejected
    assert bad.line == 4
    for column in ("address", "email", "other_loans"):
        assert f"{column} must" in bad.reason
    async with database.transaction() as tx:
        first = await ledger().holder(tx, holder_id=HolderId("H-1"))
        other = await ledger().holder(tx, holder_id=HolderId("H-2"))
    assert first is not None
    assert other is not None
    assert (first.address, first.email) == ("上海市浦东新区示范路1号", "lin@example.cn")
    assert first.other_loans == fen("120000.50")
    assert (other.address, other.email, other.other_loans) == (None, None, None)
