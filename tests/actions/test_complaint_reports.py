"""The year, causes over time, what a regulator gets, and what a corrective action changed."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any, Literal

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions, reporting
from cardline.complaints.causes import load_causes
from cardline.complaints.model import Complainant, Door, Reach
from cardline.complaints.spreadsheet import as_csv
from cardline.complaints.words import catalogue
from cardline.complaints.work_model import Outcome
from cardline.core.errors import Conflict, Invalid
from tests.actions.complaint_room import COMPLIANCE, LEAD, SECOND, Room, decision


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


async def year(room: Room, of: int = 2026) -> dict[str, object]:
    async with room.database.transaction() as tx:
        return await reporting.year_report(tx, of, config=room.config, at=room.now)


async def test_the_year_counts_each_complaint_once_and_nobody_of_the_staff(room: Room) -> None:
    answered = await room.answered()
    await room.classify(answered, causes=("fee-disclosure", "system-fault"))
    await room.ask(actions.follow_up, answered, satisfied=True, words="")
    await room.sweep()
    twice = await room.receive("k2", door=Door.EMAIL, statement="利息算错了。")
    await room.receive("k3", door=Door.LETTER, statement="利息算错了！")  # joined
    withdrawn = await room.accepted("k4", statement="额度被降了。")
    await room.ask(actions.withdraw, withdrawn, why="已解决")
    stranger = Complainant(None, "周平", "123X", Reach(phone="13900001111"))
    await room.receive("k5", complainant=stranger, account_id=None, statement="电话太多。")
    room.later(days=20)
    found = await year(room)
    assert (found["received"], found["answered"], found["answered_in_time"]) == (4, 1, 1)
    assert (found["withdrawn"], found["unanswered_overdue"], found["open"]) == (1, 2, 3)
    assert found["by_door"] == {"email": 1, "portal": 3}
    assert found["by_month"] == {"09": 4}
    assert found["by_outcome"] == {"upheld": 1}
    assert (found["compensation_fen"], found["share_satisfied"]) == (30000, 1.0)
    assert [one["code"] for one in found["causes"]] == ["fee-disclosure", "system-fault"]  # type: ignore[index,attr-defined]
    whole = json.dumps(found, ensure_ascii=False)
    for secret in (LEAD.number, LEAD.name, SECOND.number, "周平", "13900001111", twice.id):
        assert secret not in whole
    assert (await year(room, 2025))["received"] == 0
    with pytest.raises(Invalid):
        await year(room, 1)


async def test_a_year_begins_at_midnight_of_the_bank(room: Room) -> None:
    room.now = room.now.replace(month=12, day=31, hour=15, minute=59)
    await room.receive()
    room.later(minutes=1)  # midnight in Shanghai
    await room.receive("k2", statement="另一件事。")
    assert (await year(room))["received"] == 1
    assert (await year(room, 2027))["received"] == 1


async def test_a_re_examination_that_changes_the_outcome_is_counted(room: Room) -> None:
    case = await room.answered(what=decision(None, Outcome.NOT_UPHELD))
    await room.ask(actions.ask_reexamination, case, why="不同意", in_writing=True)
    await room.do(actions.assign, case, to=COMPLIANCE.number, staff=COMPLIANCE)
    await room.do(actions.decide, case, decision(1000), staff=COMPLIANCE)
    found = await year(room)
    assert (found["reexaminations"], found["changed_by_reexamination"]) == (1, 1)


async def test_the_export_has_what_is_asked_for_and_nobody_in_it(room: Room) -> None:
    case = await room.answered()
    await room.classify(case, product="=HYPERLINK(1)", issue="annual-fee")
    await room.sweep()
    room.later(minutes=1)
    await room.receive(
        "k2",
        door=Door.REGULATOR,
        statement="另一件事。",
        outside_reference="局转17号",
        complainant=Complainant(None, "周平", "", Reach(phone="13900001111")),
        account_id=None,
    )
    async with room.database.transaction() as tx:
        rows = await reporting.export(tx, 2026, config=room.config)
    assert [tuple(row) for row in rows] == [reporting.COLUMNS] * 2
    assert {(row["compensation"], row["currency"]) for row in rows} == {
        ("300.00", "CNY"),
        ("0.00", "CNY"),
    }
    text = written(rows)
    assert text[0] == "\ufeff"  # or a spreadsheet reads the Chinese as something else
    first, second = csv.DictReader(io.StringIO(text[1:]))
    assert first["产品"] == "'=HYPERLINK(1)"  # a spreadsheet runs nothing
    assert (first["是否按时"], first["办理天数"], first["答复期限"]) == ("是", "0", "2026-09-25")
    assert (first["类别"], first["处理结论"], first["状态"]) == ("收费", "成立", "已答复")
    assert (second["转办文号"], second["处理结论"]) == ("局转17号", "")
    assert (second["渠道"], second["是否满意"]) == ("金融监管机构转来", "")
    assert "周平" not in text + reporting.as_json(rows)
    assert "h1" not in text
    (english, _) = csv.DictReader(io.StringIO(written(rows, "en")[1:]))
    assert (english["Outcome"], english["In time"]) == ("upheld", "yes")
    assert {one["outcome"] for one in json.loads(reporting.as_json(rows))} == {"upheld", None}


def written(rows: Any, language: Literal["zh", "en"] = "zh") -> str:
    return as_csv(rows, reporting.COLUMNS, language=language, causes=load_causes())


def test_every_column_of_the_export_has_its_words() -> None:
    assert catalogue()["columns"].keys() == set(reporting.COLUMNS)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_nothing_in_an_export_is_run_by_a_spreadsheet(first: str) -> None:
    row: dict[str, str | int | bool | None] = dict.fromkeys(reporting.COLUMNS)
    row["outside_reference"] = f"{first}1+1"
    (read,) = csv.DictReader(io.StringIO(written([row])[1:], newline=""))
    assert read["转办文号"] == f"'{first}1+1"


async def test_a_corrective_action_is_due_reminded_and_measured(room: Room) -> None:
    room.now -= timedelta(weeks=3)
    for week in range(3):
        for n in range(2):
            case = await room.accepted(f"w{week}-{n}", statement=f"第{week}周第{n}件。")
            await room.classify(case)
        room.later(weeks=1)
    async with room.working(LEAD) as (tx, work):
        with pytest.raises(Invalid):
            await actions.open_corrective(
                tx, work, cause="nonsense", what="改系统", owner="6010", due_on=date(2027, 1, 1)
            )
        made = await actions.open_corrective(
            tx, work, cause="fee-disclosure", what="减免自动录入", owner=SECOND.number,
            due_on=date(2026, 9, 20),
        )  # fmt: skip
    room.later(days=9)
    await room.sweep()
    assert f"整改措施{made.id}请按期完成，最后一天是2026年9月20日" in await room.rows(
        "SELECT what FROM desk_task"
    )
    async with room.working(SECOND) as (tx, work):
        done = await actions.finish_corrective(tx, work, made.id, result="已上线")
        with pytest.raises(Conflict):
            await actions.finish_corrective(tx, work, made.id, result="已上线")
    assert done.done_on == date(2026, 9, 19)
    room.later(weeks=2)
    case = await room.accepted("after", statement="还是收了。")
    await room.classify(case)
    room.later(days=1)
    async with room.database.transaction() as tx:
        ((_, effect),) = await actions.correctives(tx, config=room.config, at=room.now)
    assert effect is not None
    assert (effect.before, effect.after, effect.weeks_after) == (0.75, 0.0, 2)
    async with room.database.transaction() as tx:
        told = await reporting.trend(
            tx, since=date(2026, 8, 1), until=date(2026, 11, 1), config=room.config
        )
    assert told["pareto"] == [{"code": "fee-disclosure", "count": 7, "cumulative": 1.0}]
    assert sum(one["count"] for one in told["weeks"]) == 7
