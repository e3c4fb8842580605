"""Staff counted by SQL is staff counted by the rule, for whatever may stand in the tables."""

import random
from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.transaction import Transaction
from cardline.routing import actions, rules
from cardline.routing.store import agents
from tests.actions.routing_floor import POLICY, after

NOW = after(0)


async def _random_agent(tx: Transaction, number: int, chance: random.Random) -> None:
    def when() -> object:
        exact = (-POLICY.absence_grace, timedelta(0))
        return chance.choice((None, NOW + chance.choice(exact), NOW + _seconds(chance)))

    name = f"a{number}"
    wanted = chance.choice(("ready", "ready", "not-ready", "logged-out"))
    phone = chance.choice(("", f"sip:{number}@192.0.2.1", f"phone:{number}"))
    await tx.connection.execute(
        """
        INSERT INTO routing_agent (id, number, name, languages, wanted, reason, wanted_since,
            wrap_until, phone) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            *(name, name, name, chance.choice((["zh"], ["en", "zh"])), wanted),
            *("meal" if wanted == "not-ready" else "", when(), when(), phone),
        ),
    )
    for matter in chance.sample(("account", "limit"), chance.randint(0, 2)):
        await tx.connection.execute(
            "INSERT INTO routing_skill VALUES (%s, %s, %s, %s)",
            (name, matter, NOW - timedelta(days=1), chance.choice((None, NOW, after(1)))),
        )
    leased = when()
    if leased is not None:
        await tx.connection.execute(
            "INSERT INTO routing_phone VALUES (%s, %s, %s)", (f"phone:{number}", leased, NOW)
        )
    if chance.random() < 0.2:
        await tx.connection.execute(
            "INSERT INTO routing_talk (id, interaction, agent, kind, started_at)"
            " VALUES (%s, %s, %s, 'transfer', %s)",
            (name, name, name, NOW),
        )
    if chance.random() < 0.3:
        await tx.connection.execute(
            """
            WITH w AS (
                INSERT INTO routing_wait (id, interaction, queue, language, urgent, since,
                    entered_at)
                VALUES (%(name)s, %(name)s, 'account-zh', 'zh', false, %(at)s, %(at)s)
            )
            INSERT INTO routing_offer (id, token, wait, interaction, agent, phone, overflow,
                made_at, ring_until, expires_at)
            VALUES (%(name)s, '', %(name)s, %(name)s, %(name)s, '', false, %(at)s, %(until)s,
                %(until)s)
            """,
            {
                "name": name,
                "at": NOW - timedelta(days=1),
                "until": NOW + chance.choice((timedelta(0), _seconds(chance))),
            },
        )


def _seconds(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.randint(-300, 300))


@pytest.mark.parametrize("seed", range(4))
async def test_staff_counted_by_sql_is_staff_counted_by_the_rule(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    async with database.transaction() as tx:
        for number in range(150):
            await _random_agent(tx, number, chance)
        known = [agent for agent, _ in await actions.agent_states(tx, at=NOW)]
        counted = await agents.profiles(tx, POLICY, at=NOW)
    assert len(counted) > 4
    assert set(counted) == set(rules.profiles(known, POLICY, now=NOW))
