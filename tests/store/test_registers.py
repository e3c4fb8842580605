"""Public lists of those who want no advertising: loaded whole, obeyed at once, not read back."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from cardline.adapters.postgres.database import Database
from cardline.app.commandline import app
from cardline.cards.model import Holder
from cardline.core.actor import SYSTEM
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.outreach import actions as outreach
from cardline.outreach.actions import registers
from cardline.outreach.actions.screening import Listed, screen
from cardline.outreach.model import Channel, Contact, ContactPolicy, Purpose
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.columns import micros
from cardline.outreach.rules.registers import BadRow, mark_of, numbers_in
from tests.store.ledger_fixture import ledger

CN, UK = (
    replace(contact_policy(load_area("outreach", pack=pack)), list_key=b"k" * 32)
    for pack in ("cn", "uk")
)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
NUMBERS = [PhoneNumber(f"+86154000000{number:02}") for number in range(20)]


async def load(
    database: Database,
    numbers: list[PhoneNumber],
    *,
    name: str = "tps",
    as_of: datetime = NOON - DAY,
    policy: ContactPolicy = CN,
) -> None:
    async with database.transaction() as tx:
        await registers.load_register(
            tx,
            numbers,
            name=name,
            region="CN",
            as_of=as_of,
            policy=policy,
            by=SYSTEM,
            at=NOON,
        )


async def codes(
    database: Database,
    number: PhoneNumber,
    *,
    purpose: Purpose = Purpose.MARKETING,
    policy: ContactPolicy = CN,
    at: datetime = NOON,
) -> tuple[str, ...]:
    contact = Contact(purpose, Channel.CALL, number, HolderId("h1"), agent_held=True)
    async with database.transaction() as tx:
        verdict = await outreach.pass_gate(
            tx, contact, key=f"{number}/{purpose}/{at}", policy=policy, at=at
        )
    return verdict.codes


async def test_a_number_on_a_list_gets_no_advertising_and_all_else(database: Database) -> None:
    assert "do-not-call" not in await codes(database, NUMBERS[0])
    await load(database, NUMBERS[:2])
    assert "do-not-call" in await codes(database, NUMBERS[0])
    assert "do-not-call" not in await codes(database, NUMBERS[2])
    assert await codes(database, NUMBERS[0], purpose=Purpose.REMINDER) == ()


async def test_a_list_is_replaced_whole_or_not_at_all(database: Database) -> None:
    await load(database, NUMBERS[:2])
    await load(database, NUMBERS[:2], name="other")
    with pytest.raises(Invalid, match="no number"):
        await load(database, [], as_of=NOON)
    with pytest.raises(Invalid, match="younger"):
        await load(database, NUMBERS[5:6], as_of=NOON - DAY * 2)
    with pytest.raises(Invalid, match="still to come"):
        await load(database, NUMBERS[5:6], as_of=NOON + DAY)
    assert "do-not-call" in await codes(database, NUMBERS[0])
    async with database.transaction() as tx:
        await registers.drop_register(tx, name="other", by=SYSTEM, at=NOON)
    await load(database, NUMBERS[1:3], as_of=NOON)
    assert "do-not-call" not in await codes(database, NUMBERS[0], at=NOON + timedelta(minutes=1))
    assert "do-not-call" in await codes(database, NUMBERS[2])
    async with database.transaction() as tx:
        (one,) = await registers.loaded_registers(tx)
        with pytest.raises(NotFound):
            await registers.drop_register(tx, name="other", by=SYSTEM, at=NOON)
    assert (one.name, one.numbers, one.as_of) == ("tps", 2, NOON)


async def test_no_number_can_be_read_back_without_the_key(database: Database) -> None:
    await load(database, NUMBERS[:1])
    async with database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT mark FROM outreach_register_number")
        ((mark,),) = await cursor.fetchall()
    assert NUMBERS[0][-8:].encode() not in mark
    assert mark == mark_of(NUMBERS[0], key=CN.list_key)
    assert mark != mark_of(NUMBERS[0], key=b"x" * 32)


async def test_a_number_counts_as_held_against_the_lists_as_of_the_oldest(
    database: Database,
) -> None:
    """The British rule wants a list of the last 28 days before a call that sells."""
    assert "list-not-asked" in await codes(database, NUMBERS[0], policy=UK)
    await load(database, NUMBERS[5:], name="tps")
    assert "list-not-asked" not in await codes(database, NUMBERS[1], policy=UK)
    await load(database, NUMBERS[5:], name="ctps", as_of=NOON - DAY * 29)
    assert "list-not-asked" in await codes(database, NUMBERS[2], policy=UK)


@pytest.mark.parametrize("seed", range(2))
async def test_screening_obeys_the_lists_as_the_gate_does(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    holders = [Holder(HolderId(f"h{n}"), "林晓", one, "123X") for n, one in enumerate(NUMBERS)]
    async with database.transaction() as tx:
        await ledger().add_holders(tx, holders=holders)
        for one in holders[::3]:
            await outreach.scrub_number(
                tx, holder=one.id, phone=one.phone, at=NOON - DAY * chance.randrange(40)
            )
    for name in ("tps", "ctps"):
        as_of = NOON - DAY * chance.randrange(30)
        await load(database, chance.sample(NUMBERS, 8), name=name, as_of=as_of)
    said = set()
    for policy in (CN, UK):
        for channel in (Channel.CALL, Channel.SMS):
            listed = [Listed(one, None) for one in NUMBERS]
            asked = Contact(Purpose.MARKETING, channel, PhoneNumber("+"), None)
            async with database.transaction() as tx:
                judged = await screen(tx, listed, asked, bank=ledger(), policy=policy, at=NOON)
                for row, one in enumerate(holders):
                    contact = replace(asked, to=one.phone, holder=one.id)
                    recipient = await outreach.recipient_of(
                        tx, contact, key="", policy=policy, at=NOON, zone=ZoneInfo(one.zone)
                    )
                    verdict = may_contact(contact, recipient, policy, now=NOON)
                    names = judged.names(int(judged.reasons[row]))
                    assert sorted(names) == sorted(set(verdict.codes))
                    if verdict.not_before:
                        assert int(judged.until[row]) == micros(verdict.not_before)
                    said |= set(names)
    assert {"do-not-call", "list-not-asked"} <= said | {"list-not-asked"}


# ---------------------------------------------------------------- files as they are published


@pytest.mark.parametrize(
    ("region", "rows", "expected"),
    [
        ("GB", [["02079460000"], [""], ["07700 900123"]], ["+442079460000", "+447700900123"]),
        ("US", [["212", "5550123"], ["2125550124"]], ["+12125550123", "+12125550124"]),
        ("US", [["Area", "Number"], ["212", "5550123"]], ["+12125550123"]),
        ("CN", [["name", "Phone"], ["x", "13800138000"]], ["+8613800138000"]),
        ("CN", [["号码"], ["13800138000"]], ["+8613800138000"]),
    ],
)
def test_lists_are_read_as_they_are_published(
    region: str, rows: list[list[str]], expected: list[str]
) -> None:
    assert list(numbers_in(enumerate(rows, 1), region=region)) == expected


def test_bad_rows_are_named_and_not_repeated() -> None:
    rows = [["02079460000"], ["hello"], ["a", "b", "c"], ["1"], ["79460000"]]
    found = list(numbers_in(enumerate(rows, 1), region="GB"))
    assert [one.line for one in found if isinstance(one, BadRow)] == [2, 3, 4, 5]


def _run(home: Path, url: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--home", str(home), "--database", url])


def test_the_command_loads_shows_and_drops(database_url: str, tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "list.txt"
    file.write_text("02079460000\n07700900123\n", encoding="utf-8")
    loading = ("do-not-call", "load", "tps", str(file), "--region", "GB", "--as-of", "2026-11-01")
    assert _run(home, database_url, *loading).exit_code == 0
    shown = _run(home, database_url, "do-not-call", "list", "--json")
    (one,) = json.loads(shown.stdout)
    assert (one["name"], one["numbers"], one["region"]) == ("tps", 2, "GB")
    file.write_text("02079460000\nnot a number 12345\n02079460001\n", encoding="utf-8")
    refused = _run(home, database_url, *loading)
    assert refused.exit_code == 1
    assert "line 2" in refused.output
    assert "12345" not in refused.output
    assert "02079460000" not in refused.output
    taken = _run(home, database_url, *loading, "--skip-bad", "--json")
    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.stdout)["numbers"] == 2
    assert _run(home, database_url, "do-not-call", "drop", "tps").exit_code == 0
