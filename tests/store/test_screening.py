"""``cardline screen``, ``policy diff`` and ``journal export`` on a bank with holders."""

import asyncio
import csv
import json
import random
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from cardline.adapters.postgres.database import Database
from cardline.app import commands
from cardline.app.commandline import app
from cardline.cards.model import Holder
from cardline.core.actor import SYSTEM
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.outreach import actions as outreach
from cardline.outreach.actions.screening import Listed, screen
from cardline.outreach.model import BlockKind, Channel, Contact, Outcome, Purpose, Wishes
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.columns import micros
from tests.store.ledger_fixture import ledger

POLICY = contact_policy(load_area("outreach"))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
AT = "2026-11-23T12:00"


def holder(number: int) -> Holder:
    zone = ("Asia/Shanghai", "Europe/London")[number % 5 == 4]
    return Holder(
        HolderId(f"h{number}"), "林晓", PhoneNumber(f"+86154000000{number:02}"), "123X", zone=zone
    )


async def live(tx: Transaction, chance: random.Random) -> None:
    """Let thirty holders have a past: consents, stops, marks, calls, wishes."""
    everybody = [holder(number) for number in range(30)]
    await ledger().add_holders(tx, holders=everybody)
    for number, one in enumerate(everybody):
        common = {"stream": f"holder:{one.id}", "by": SYSTEM}
        ago = NOON - timedelta(days=chance.randrange(1, 200))
        if chance.random() < 0.8:
            for channel in (Channel.CALL, Channel.SMS):
                await outreach.give_consent(
                    tx,
                    holder=one.id,
                    purpose=Purpose.MARKETING,
                    channel=channel,
                    source="app",
                    wording="w",
                    at=ago,
                    **common,  # type: ignore[arg-type]
                )
        if chance.random() < 0.2:
            await outreach.stop_marketing(
                tx,
                holder=chance.choice((one.id, None)),
                phone=one.phone,
                source="sms",
                at=NOON - timedelta(days=chance.randrange(0, 100)),
                **common,  # type: ignore[arg-type]
            )
        if chance.random() < 0.3:
            await outreach.block(
                tx,
                kind=chance.choice(list(BlockKind)),
                holder=one.id,
                phone=None,
                source="test",
                at=ago,
                until=chance.choice((None, NOON + timedelta(days=2))),
                **common,  # type: ignore[arg-type]
            )
        if chance.random() < 0.4:
            wished = Wishes(
                opens=chance.choice((None, time(13))),
                days_off=frozenset(chance.sample(range(1, 8), 2)),
                most_week=chance.choice((None, 1)),
            )
            await outreach.set_wishes(
                tx,
                wished,
                holder=one.id,
                policy=POLICY,
                at=ago,
                **common,  # type: ignore[arg-type]
            )
        if chance.random() < 0.2:
            await outreach.reject(tx, holder=one.id, phone=one.phone, at=ago, **common)  # type: ignore[arg-type]
        if chance.random() < 0.2:
            await outreach.know_number(tx, holder=one.id, phone=one.phone, at=ago)
        for place in range(chance.randrange(5)):
            at = NOON - timedelta(hours=chance.randrange(1, 24 * 20))
            purpose = chance.choice((Purpose.SERVICE, Purpose.MARKETING, Purpose.REMINDER))
            contact = Contact(purpose, Channel.CALL, one.phone, one.id)
            key = f"{number}/{place}"
            await outreach.pass_gate(tx, contact, key=key, policy=POLICY, at=at)
            if chance.random() < 0.8:
                outcome = chance.choice(list(Outcome))
                await outreach.tell_outcome(tx, key=key, outcome=outcome, by=SYSTEM, at=at)


@pytest.mark.parametrize("seed", range(3))
async def test_screening_says_of_each_what_the_gate_would_say(
    database: Database, seed: int
) -> None:
    async with database.transaction() as tx:
        await live(tx, random.Random(seed))
    listed = [Listed(holder(number).phone, HolderId(f"h{number}")) for number in range(30)]
    listed += [Listed(holder(number).phone, None) for number in range(30)]
    listed += [Listed(PhoneNumber("+8613800138000"), None), Listed(holder(1).phone, HolderId("h2"))]
    answers = set()
    for purpose in (Purpose.MARKETING, Purpose.REMINDER, Purpose.SECURITY):
        for channel in (Channel.CALL, Channel.SMS):
            contact = Contact(purpose, channel, PhoneNumber("+"), None)
            async with database.transaction() as tx:
                judged = await screen(tx, listed, contact, bank=ledger(), policy=POLICY, at=NOON)
            for row in range(60):
                whose = holder(row % 30)
                asked = Contact(purpose, channel, whose.phone, whose.id)
                async with database.transaction() as tx:
                    recipient = await outreach.recipient_of(
                        tx, asked, key="", policy=POLICY, at=NOON, zone=ZoneInfo(whose.zone)
                    )
                verdict = may_contact(asked, recipient, POLICY, now=NOON)
                assert sorted(judged.names(int(judged.reasons[row]))) == sorted(set(verdict.codes))
                assert bool(judged.later[row]) is (verdict.not_before is not None)
                if verdict.not_before:
                    assert int(judged.until[row]) == micros(verdict.not_before)
                answers.add((verdict.allowed, bool(verdict.not_before)))
            for row in (60, 61):  # nobody's number; somebody else's
                assert "recipient-unknown" in judged.names(int(judged.reasons[row]))
    assert len(answers) == 3, "yes, later and no all occur"


# ---------------------------------------------------------------- the commands


@pytest.fixture
def lived(database_url: str) -> str:
    async def fill() -> None:
        async with Database(database_url) as database, database.transaction() as tx:
            await live(tx, random.Random(7))

    asyncio.run(fill())
    return database_url


def run(url: str, home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--database", url, "--home", str(home)])


def test_a_list_is_screened_with_a_result_file_and_a_last_line(lived: str, tmp_path: Path) -> None:
    source, result = tmp_path / "list.csv", tmp_path / "result.csv"
    rows = [f"154000000{number:02},h{number}" for number in range(30)]
    rows.insert(3, "no number,h9")
    rows.insert(7, "")
    rows.insert(9, "15400000001,h1\0\x1fh2")
    rows.append('"13800138000",')
    source.write_text("\ufeffPhone,holder_id\n" + "\n".join(rows) + "\n", encoding="utf-8")
    command = ("screen", str(source), "--out", str(result), "--purpose", "marketing")
    ended = run(lived, tmp_path, *command, "--channel", "sms", "--at", AT, "--json")
    assert ended.exit_code == 0, ended.output
    *bad, last = [json.loads(line) for line in ended.stdout.splitlines()]
    assert bad == [
        {"line": 5, "reason": "phone is no telephone number"},
        {"line": 11, "reason": "holder_id has characters that no id has"},
    ]
    assert last["rows"] == 31 == last["yes"] + last["no"] + last["later"]
    assert last["bad"] == 2
    assert last["seconds"] > 0
    assert last["reasons"]["recipient-unknown"] == 1
    with result.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["phone"] for row in written[:2]] == ["+8615400000000", "+8615400000001"]
    told = [row["answer"] for row in written]
    assert {word: told.count(word) for word in ("yes", "no", "later")} == {
        word: last[word] for word in ("yes", "no", "later")
    }
    for row in written:
        assert bool(row["reasons"]) is (row["answer"] != "yes")
        assert bool(row["not_before"]) is (row["answer"] == "later")
        if row["not_before"]:
            assert datetime.fromisoformat(row["not_before"]) > NOON
    assert written[-1]["reasons"].split()[0] == "recipient-unknown"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("number,name\n13800138000,x\n", "has no column phone"),
        ("", "has no column phone"),
        ("13800138000\n", "has no column phone"),
    ],
)
def test_a_list_without_its_columns_is_refused(
    lived: str, tmp_path: Path, content: str, says: str
) -> None:
    source, result = tmp_path / "list.csv", tmp_path / "result.csv"
    source.write_text(content, encoding="utf-8")
    command = ("screen", str(source), "--out", str(result), "--purpose", "survey")
    ended = run(lived, tmp_path, *command, "--channel", "call")
    assert ended.exit_code == 1
    assert says in ended.output
    assert not result.exists()


@pytest.mark.parametrize(
    "arguments", [("--at", "tomorrow"), ("--purpose", "fun"), ("--pack", "xx")]
)
def test_a_wrong_word_is_said_and_nothing_is_written(
    lived: str, tmp_path: Path, arguments: tuple[str, str]
) -> None:
    source, result = tmp_path / "list.csv", tmp_path / "result.csv"
    source.write_text("phone\n13800138000\n", encoding="utf-8")
    command = ("screen", str(source), "--out", str(result), "--purpose", "survey")
    ended = run(lived, tmp_path, *command, "--channel", "call", *arguments)
    assert ended.exit_code != 0
    assert not result.exists()
    same = ("screen", str(source), "--out", str(source), "--purpose", "survey", "--channel", "sms")
    ended = run(lived, tmp_path, *same)
    assert ended.exit_code == 1
    assert source.read_text(encoding="utf-8").startswith("phone")


def test_new_rules_are_held_against_the_journal_and_its_export(lived: str, tmp_path: Path) -> None:
    pack = tmp_path / "stern"
    pack.mkdir()
    text = (Path(commands.__file__).parents[2] / "policies/cn/outreach.toml").read_text("utf-8")
    stern = text.replace("[service_caps]\nvalue = [2]", "[service_caps]\nvalue = [1]")
    stern = stern.replace(
        "[service_closes]\nvalue = 21:00:00", "[service_closes]\nvalue = 12:00:00"
    )
    assert stern != text
    (pack / "outreach.toml").write_text(stern, encoding="utf-8")
    ended = run(lived, tmp_path, "policy", "diff", "cn", str(pack), "--json")
    assert ended.exit_code == 0, ended.output
    told = json.loads(ended.stdout)
    assert told["new"] == "stern/outreach/2026-11-27"
    assert told["contacts"] > 30
    assert told["changed"] == sum(told["by_purpose"].values()) > 0
    assert told["reasons_gained"]["quiet-hours"] > 0
    assert "quiet-hours" not in told["reasons_lost"]
    assert told["unreadable"] == told["otherwise_then"] == 0
    assert sum(told["answers"].values()) == told["contacts"]
    exported = tmp_path / "journal.jsonl"
    ended = run(lived, tmp_path, "journal", "export", str(exported), "--json")
    assert json.loads(ended.stdout)["entries"] == len(exported.read_bytes().splitlines())
    over = ("policy", "diff", "cn", str(pack), "--over", str(exported), "--json")
    assert json.loads(run(lived, tmp_path, *over).stdout) == told
    again = run(lived, tmp_path, "journal", "export", str(exported))
    assert again.exit_code == 1, "an export never overwrites"
    nothing = json.loads(run(lived, tmp_path, "policy", "diff", "cn", "cn", "--json").stdout)
    assert nothing["changed"] == 0
    plain = run(lived, tmp_path, "policy", "diff", "cn", "uk", "--limit", "3")
    assert plain.exit_code == 0
    assert "would change" in plain.stdout


def test_a_journal_that_is_none_and_a_pack_that_is_not_there_are_named(
    lived: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"stream": "a"}\n', encoding="utf-8")
    ended = run(lived, tmp_path, "policy", "diff", "cn", "cn", "--over", str(broken))
    assert ended.exit_code == 1
    assert "line 1" in ended.output
    ended = run(lived, tmp_path, "policy", "diff", "cn", "nowhere")
    assert ended.exit_code == 1
    assert "nowhere" in ended.output
