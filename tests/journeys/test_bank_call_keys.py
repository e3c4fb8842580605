"""The keys of a call that the bank makes, pressed by sipp on the real line (rows D2, D3, E1, B6).

What each person heard is read off the recording of their call, where every prompt is a tone.
"""

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.sim.phone import NEVER
from tests.journeys.people import AGENT_HZ, Agent, Stage
from tests.journeys.program import Program, until
from tests.journeys.recordings import recording_of

AgentsFor = Callable[..., list[dict[str, Any]]]
Holders = Callable[..., dict[str, Any]]
CALLEE = Path(__file__).parent / "sipp" / "callee.xml"
KEYS = ("8", "6", "91", "0", "1")
"""One person each, in the order in which they are called."""
OPENING = "zh/bank_call_hello.0"

pytestmark = pytest.mark.skipif(
    shutil.which("sipp") is None or os.geteuid() != 0,
    reason="sipp (Debian: sip-tester) must be installed, and sends keys only as root",
)


async def sipp_answers(program: Program, folder: Path) -> asyncio.subprocess.Process:
    """Let sipp be the telephone network: it answers one call after the other and presses keys."""
    (folder / "keys.csv").write_text("\n".join(["SEQUENTIAL", *(f"{key};" for key in KEYS)]) + "\n")
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-nostdin", "-i", "127.0.0.1", "-p", program.trunk.rpartition(":")[2]),
        *("-sf", str(CALLEE), "-inf", "keys.csv", "-m", str(len(KEYS)), "-timeout", "150"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await asyncio.sleep(0.3)  # sipp tells nobody when it listens; a first try too early is repeated
    assert process.returncode is None
    return process


class Records:
    """What the database of the program holds."""

    def __init__(self, program: Program) -> None:
        self._url = EmbeddedPostgres(program.home).url

    def ask(self, question: str, *values: object) -> list[Any]:
        with psycopg.connect(self._url) as connection:
            return connection.execute(question.encode(), values).fetchall()

    def lives_at_noon(self, holder: str) -> None:
        """Let a holder live where it is noon now, since reminders keep hours."""
        ahead = 12 - datetime.now(UTC).hour
        zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
        self.ask("UPDATE bank_holder SET zone = %s WHERE id = %s RETURNING id", zone, holder)

    def call_of(self, campaign: str, holder: str) -> tuple[str, str] | None:
        """Return interaction and end of the last call to somebody, once it is over."""
        found = self.ask(
            "SELECT a.interaction, a.outcome FROM campaign_attempt AS a"
            " JOIN campaign_entry AS e ON e.id = a.entry"
            " WHERE e.campaign = %s AND e.holder = %s AND a.outcome IS NOT NULL",
            campaign,
            holder,
        )
        return found[-1] if found else None

    def journaled(self, stream: str, kind: str) -> list[Any]:
        rows = self.ask("SELECT body FROM journal WHERE stream = %s AND kind = %s", stream, kind)
        return [row[0] for row in rows]

    def texts_to(self, holder: str) -> list[str]:
        rows = self.ask("SELECT template FROM sms_outbox WHERE holder = %s ORDER BY id", holder)
        return [str(row[0]) for row in rows]


async def talks_and_leaves(agent: Agent) -> None:
    """Answer what rings now, say something, and hang up."""
    talk = await agent.rings(within=60)
    talk.answer()
    await agent.becomes("talking")
    await asyncio.sleep(1.0)  # the person is to hear a voice, and a recording to keep it
    await talk.hang_up()
    await agent.becomes("wrap-up")
    await agent.ready()


@pytest.mark.timeout(240)
async def test_each_key_in_a_call_of_the_bank_does_what_it_does_on_the_hotline(
    program: Program,
    stage: Stage,
    agents_for: AgentsFor,
    holders: Holders,
    tmp_path: Path,
) -> None:
    records = Records(program)
    called = [holders() for _ in KEYS]
    for one in called:
        one["id"] = records.ask("SELECT id FROM bank_holder WHERE phone = %s", one["phone"])[0][0]
        records.lives_at_noon(one["id"])
    stops, checks, freezes, asks, rings_back = called
    agent = await stage.agent(agents_for()[0], policy=NEVER)
    first, second = [await made(stage, called) for _ in range(2)]
    assert (await stage.lead.get(f"/campaigns/{second}/foresight"))["yes"] == len(KEYS)

    sipp = await sipp_answers(program, tmp_path)
    try:
        assert (await stage.lead.post(f"/campaigns/{first}/start"))["allowed"]

        async def over(holder: str) -> str:
            found = await until(
                lambda: records.call_of(first, holder), within=60, what="the end", every=0.2
            )
            return str(found[0])

        # 8: withdrawn at once, and the next campaign of this kind is refused by the gate.
        stopped = await over(stops["id"])
        foreseen = await stage.lead.get(f"/campaigns/{second}/foresight")
        assert foreseen["reasons"]["consent-withdrawn"] == 1

        # 6: the proof is on its way to the registered phone before anybody answers for us.
        await until(lambda: records.texts_to(checks["id"]), within=60, what="the proof", every=0.2)
        await talks_and_leaves(agent)
        checked = await over(checks["id"])

        # 9 and 1: frozen before the agent is there.
        def card() -> Any:
            (state,) = records.ask(
                "SELECT state FROM bank_card WHERE holder_id = %s", freezes["id"]
            )
            return state[0] == "frozen"

        await until(card, within=60, what="the frozen card", every=0.2)
        await talks_and_leaves(agent)
        frozen = await over(freezes["id"])

        await talks_and_leaves(agent)  # 0
        joined = await over(asks["id"])
        noted = await over(rings_back["id"])  # 1
        async with asyncio.timeout(30):
            assert await sipp.wait() == 0, "sipp met a call that it did not expect"
    finally:
        if sipp.returncode is None:
            sipp.kill()
            await sipp.wait()

    report = await stage.lead.get(f"/campaigns/{first}")
    assert report["outcomes"] == {"withdrawn": 1, "talked": 3, "will-ring": 1}, report["outcomes"]
    assert (report["answered"], report["abandoned"]) == (5, 0)

    heard = {}
    for key, call in zip(KEYS, (stopped, checked, frozen, joined, noted), strict=True):
        heard[key] = await hears(stage, call)
        assert heard[key][0] == OPENING, (key, heard[key])
    voice = f"{AGENT_HZ} Hz"
    ends = ["zh/bank_call_stopped.0", "zh/bank_call_goodbye.0"]
    assert heard["8"][-2:] == ends
    assert heard["8"].count(ends[0]) == 1, "confirmed once"
    assert heard["6"].index("zh/bank_call_proof_sent.0") < heard["6"].index(voice)
    order = [heard["91"].index(f"zh/{one}.0") for one in ("freeze_offer", "card_frozen")]
    assert order == sorted(order)
    assert order[-1] < heard["91"].index(voice)
    assert voice in heard["0"]
    assert "zh/bank_call_keys.0" not in heard["0"], "nobody who wants a person hears all keys first"
    assert heard["1"][-2:] == ["zh/bank_call_will_ring.0", "zh/bank_call_goodbye.0"]
    assert not any(voice in heard[key] for key in ("8", "1"))

    # What is written of it, and who is told.
    (withdrawn,) = records.journaled(stopped, "outreach.withdrawn")
    assert (withdrawn["purpose"], withdrawn["source"], withdrawn["already"]) == (
        "reminder",
        "call",
        False,
    )
    assert records.texts_to(stops["id"]) == [], "confirmed in the call, and not once more by text"
    assert records.texts_to(checks["id"]) == ["bank_call_proof"]
    assert records.texts_to(freezes["id"]) == ["card_frozen"]
    for call in (checked, frozen, joined):  # the place: whoever was held for the call has it
        attempt = records.ask(
            "SELECT agent_held, agent, connected_at IS NOT NULL, abandoned FROM campaign_attempt"
            " WHERE interaction = %s",
            call,
        )
        ((held, who, connected, abandoned),) = attempt
        assert (held, connected, abandoned) == (True, True, False)
        assert (
            who == records.ask("SELECT id FROM routing_agent WHERE number = %s", agent.number)[0][0]
        )


async def hears(stage: Stage, interaction: str) -> list[str]:
    """Return what a person who was called heard, as far as prompts and voices have names."""

    async def recorded() -> dict[str, Any] | None:
        told = await stage.lead.get(f"/interactions/{interaction}")
        return told if told["recording"] else None

    told = await until(recorded, within=60, what="the recording", every=0.3)
    return recording_of(stage.program, told).heard_by_caller()


async def made(stage: Stage, people: list[dict[str, Any]]) -> str:
    """Make a campaign of bill reminders for these people; returns its id."""
    campaign = await stage.lead.post(
        "/campaigns",
        name="reminders",
        kind="reminder",
        hold_out=0,
        opens="00:00:00",
        closes="23:59:59",
    )
    rows = [f"{one['id']},12.00,2026-12-24" for one in people]
    text = "\n".join(["holder_id,amount,due", *rows])
    listed = await stage.lead.post(f"/campaigns/{campaign['id']}/list", csv=text)
    assert listed["added"] == len(people), listed
    return str(campaign["id"])
