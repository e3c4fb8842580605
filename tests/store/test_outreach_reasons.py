"""Every reason that the gate can give, given by the real database; a new one must be shown here."""

import ast
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import SYSTEM
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.outreach import actions as outreach
from cardline.outreach import rules
from cardline.outreach.model import (
    BlockKind,
    Channel,
    Contact,
    ContactPolicy,
    Outcome,
    Purpose,
    Wishes,
)
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules.gate import BLOCKED

CN, UK, US = (contact_policy(load_area("outreach", pack=pack)) for pack in ("cn", "uk", "us"))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
HOLDER, PHONE = HolderId("h1"), PhoneNumber("+8615400000001")
BY = {"stream": "holder:h1", "by": SYSTEM}


class World:
    """One holder, and what happens to them, all in one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.asked = 0

    async def ask(
        self,
        purpose: Purpose,
        channel: Channel = Channel.SMS,
        *,
        at: datetime = NOON,
        policy: ContactPolicy = CN,
        holder: HolderId | None = HOLDER,
        campaign: str | None = None,
    ) -> tuple[str, ...]:
        self.asked += 1
        contact = Contact(purpose, channel, PHONE, holder, campaign=campaign)
        verdict = await outreach.pass_gate(
            self.tx, contact, key=f"k{self.asked}", policy=policy, at=at
        )
        return verdict.codes

    async def made(
        self,
        purpose: Purpose,
        *days: int,
        channel: Channel = Channel.SMS,
        outcome: Outcome | None = None,
        policy: ContactPolicy = CN,
    ) -> None:
        """Make contacts so many days after noon of that Monday, each let pass by the gate."""
        for day in days:
            at = NOON + DAY * day
            assert await self.ask(purpose, channel, at=at, policy=policy) == ()
            if outcome is not None:
                assert await outreach.tell_outcome(
                    self.tx, key=f"k{self.asked}", outcome=outcome, by=SYSTEM, at=at
                )

    async def consents(self, *, ago: timedelta = DAY * 100, channel: Channel = Channel.SMS) -> None:
        await outreach.give_consent(
            self.tx,
            holder=HOLDER,
            purpose=Purpose.MARKETING,
            channel=channel,
            source="app",
            wording="w",
            at=NOON - ago,
            **BY,  # type: ignore[arg-type]
        )

    async def blocked(self, kind: BlockKind) -> None:
        await outreach.block(
            self.tx,
            kind=kind,
            holder=None if kind is BlockKind.WRONG_NUMBER else HOLDER,
            phone=PHONE if kind is BlockKind.WRONG_NUMBER else None,
            source="test",
            at=NOON - DAY,
            **BY,  # type: ignore[arg-type]
        )

    async def wishes(self, wished: Wishes) -> None:
        verdict = await outreach.set_wishes(
            self.tx,
            wished,
            holder=HOLDER,
            policy=CN,
            at=NOON - DAY,
            **BY,  # type: ignore[arg-type]
        )
        assert verdict.allowed

    async def rejects(self, **what: object) -> None:
        assert await outreach.reject(self.tx, holder=HOLDER, at=NOON - DAY, **BY, **what)  # type: ignore[arg-type]


Scene = Callable[[World], Awaitable[tuple[str, ...]]]
SCENES: dict[str, Scene] = {}


def scene(code: str) -> Callable[[Scene], Scene]:
    def keep(play: Scene) -> Scene:
        assert code not in SCENES
        SCENES[code] = play
        return play

    return keep


def _block(kind: BlockKind) -> Scene:
    async def play(world: World) -> tuple[str, ...]:
        await world.consents(channel=Channel.CALL)
        await world.blocked(kind)
        return await world.ask(Purpose.MARKETING, Channel.CALL)

    return play


SCENES |= {BLOCKED[kind][0]: _block(kind) for kind in BlockKind}


@scene("recipient-unknown")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.REMINDER, holder=None)


@scene("number-rejected")
async def _(world: World) -> tuple[str, ...]:
    await world.rejects(phone=PHONE)
    return await world.ask(Purpose.REMINDER)


@scene("channel-declined")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(channels_off=frozenset({Channel.SMS})))
    return await world.ask(Purpose.REMINDER)


@scene("kind-declined")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(kinds_off=frozenset({Purpose.REMINDER})))
    return await world.ask(Purpose.REMINDER)


@scene("campaign-rejected")
async def _(world: World) -> tuple[str, ...]:
    await world.rejects(campaign="spring")
    return await world.ask(Purpose.REMINDER, campaign="spring")


@scene("paused")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(paused_until=NOON + DAY))
    return await world.ask(Purpose.REMINDER)


@scene("consent-missing")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.MARKETING)


@scene("consent-withdrawn")
async def _(world: World) -> tuple[str, ...]:
    await world.consents()
    await outreach.stop_marketing(
        world.tx,
        holder=HOLDER,
        phone=PHONE,
        source="sms",
        at=NOON - DAY,
        **BY,  # type: ignore[arg-type]
    )
    return await world.ask(Purpose.MARKETING)


@scene("number-too-new")
async def _(world: World) -> tuple[str, ...]:
    await outreach.know_number(world.tx, holder=HOLDER, phone=PHONE, at=NOON - timedelta(hours=1))
    return await world.ask(Purpose.MARKETING)


@scene("number-unconfirmed")
async def _(world: World) -> tuple[str, ...]:
    await world.consents(ago=CN.number_confirmed)
    return await world.ask(Purpose.MARKETING)


@scene("list-not-asked")
async def _(world: World) -> tuple[str, ...]:
    await world.consents(channel=Channel.CALL)
    return await world.ask(Purpose.MARKETING, Channel.CALL, policy=UK)


@scene("holidays-unknown")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.MARKETING, at=NOON.replace(year=2029))


@scene("public-holiday")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.MARKETING, at=NOON.replace(month=10, day=2))


@scene("weekend")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.SURVEY, at=NOON - DAY)


@scene("quiet-hours")
async def _(world: World) -> tuple[str, ...]:
    return await world.ask(Purpose.REMINDER, at=NOON.replace(hour=3))


@scene("hours-declined")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(opens=time(13)))
    return await world.ask(Purpose.REMINDER)


@scene("cap-day")
async def _(world: World) -> tuple[str, ...]:
    await world.made(Purpose.SERVICE, 0, 0)
    return await world.ask(Purpose.REMINDER)


@scene("cap-week")
async def _(world: World) -> tuple[str, ...]:
    await world.consents()
    await world.made(Purpose.MARKETING, 0, 1)
    return await world.ask(Purpose.MARKETING, at=NOON + DAY * 6)


@scene("cap-month")
async def _(world: World) -> tuple[str, ...]:
    await world.consents()
    await world.made(Purpose.MARKETING, 0, 1, 8, 9)
    return await world.ask(Purpose.MARKETING, at=NOON + DAY * 29)


@scene("cap-total-day")
async def _(world: World) -> tuple[str, ...]:
    await world.consents()
    await world.made(Purpose.SERVICE, 0, 0)
    await world.made(Purpose.MARKETING, 0)
    return await world.ask(Purpose.SERVICE)


@scene("cap-total-week")
async def _(world: World) -> tuple[str, ...]:
    await world.made(Purpose.SERVICE, *(day for day in range(5) for _ in range(2)))
    return await world.ask(Purpose.SERVICE, at=NOON + DAY * 6)


@scene("cap-total-month")
async def _(world: World) -> tuple[str, ...]:
    days = (*range(5), *range(7, 12), 14, 15)
    await world.made(Purpose.SERVICE, *(day for day in days for _ in range(2)))
    return await world.ask(Purpose.SERVICE, at=NOON + DAY * 29)


@scene("wish-week")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(most_week=1))
    await world.made(Purpose.SERVICE, 0)
    return await world.ask(Purpose.SERVICE, at=NOON + DAY * 6)


@scene("wish-month")
async def _(world: World) -> tuple[str, ...]:
    await world.wishes(Wishes(most_month=1))
    await world.made(Purpose.SERVICE, 0)
    return await world.ask(Purpose.SERVICE, at=NOON + DAY * 29)


@scene("answered-today")
async def _(world: World) -> tuple[str, ...]:
    await world.made(Purpose.COLLECTION, 0, 0, 0, channel=Channel.CALL, outcome=Outcome.ANSWERED)
    return await world.ask(Purpose.COLLECTION, Channel.CALL)


@scene("unanswered-today")
async def _(world: World) -> tuple[str, ...]:
    await world.made(Purpose.COLLECTION, *[0] * 6, channel=Channel.CALL, outcome=Outcome.UNANSWERED)
    return await world.ask(Purpose.COLLECTION, Channel.CALL)


@scene("tries-spent")
async def _(world: World) -> tuple[str, ...]:
    await world.made(
        Purpose.COLLECTION,
        *range(7),
        channel=Channel.CALL,
        outcome=Outcome.UNANSWERED,
        policy=US,
    )
    return await world.ask(Purpose.COLLECTION, Channel.CALL, at=NOON + DAY * 6, policy=US)


@scene("rest-after-talk")
async def _(world: World) -> tuple[str, ...]:
    await world.made(
        Purpose.COLLECTION, 0, channel=Channel.CALL, outcome=Outcome.ANSWERED, policy=US
    )
    return await world.ask(Purpose.COLLECTION, Channel.CALL, at=NOON + DAY, policy=US)


@scene("rest-after-abandoned")
async def _(world: World) -> tuple[str, ...]:
    await world.made(Purpose.SERVICE, 0, channel=Channel.CALL, outcome=Outcome.ABANDONED)
    return await world.ask(Purpose.SERVICE, Channel.CALL, at=NOON + DAY)


@pytest.mark.parametrize("code", sorted(SCENES))
async def test_the_database_gives_this_reason(database: Database, code: str) -> None:
    async with database.transaction() as tx:
        world = World(tx)
        assert code in await SCENES[code](world)
        cursor = await tx.connection.execute(
            "SELECT reasons FROM outreach_contact WHERE key = %s", (f"k{world.asked}",)
        )
        row = await cursor.fetchone()
        assert row is not None
        assert code in [one["code"] for one in row[0]], "and keeps it with the contact"


def test_no_reason_of_the_rule_is_without_its_scene() -> None:
    assert reasons_of_the_rule() == set(SCENES)


def reasons_of_the_rule() -> set[str]:
    """Return every code that the rule can give, read out of its source."""
    found = {code for code, _ in BLOCKED.values()}
    computed: set[str] = set()
    prefixes: set[str] = set()
    for path in Path(rules.__file__).parent.glob("*.py"):
        if path.name in ("columns.py", "wishing.py", "registers.py"):
            continue  # the same in columns, wishes themselves, and no rule of contact
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "day_off":
                found |= {
                    one.value.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Return)
                    and isinstance(one.value, ast.Constant)
                    and isinstance(one.value.value, str)
                    and one.value.value
                }
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code":
                found |= {
                    one.value
                    for one in ast.walk(node.value)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called == "_reached":
                prefix = ast.literal_eval(node.args[3])
                windows = ("week", "month") if prefix == "wish" else ("day", "week", "month")
                found |= {f"{prefix}-{window}" for window in windows}
                prefixes.add(prefix)
            if called == "Reason":
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
                else:
                    computed.add(ast.unparse(code))
    assert computed == {"code", "off", "f'{code}-{name}'"}, "a new way in which codes are made"
    assert prefixes == {"cap", "cap-total", "wish"}
    return found
