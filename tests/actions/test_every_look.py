"""Whatever shows a holder's data to the staff writes a look that the holder reads (row F4).

Every address that the staff can read stands in one of three tables. A new one that stands in none
fails the first test; one that stands among the looks and writes none fails the second.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardline.app import wiring
from cardline.core.policy import AreaPolicy
from cardline.core.roles import ROLES, Role
from cardline.evidence.looks.model import ListenPolicy
from cardline.evidence.looks.rules import listen_policy
from cardline.portal.contacts import looks_at
from tests.actions.busy_bank import MARK, BusyBank, busy_bank
from tests.actions.busy_post import busy_post
from tests.actions.serving_desk import CARD, HOLDER
from tests.actions.test_role_matrix import OPEN, OWN_SESSION, guarded
from tests.actions.whole_application import whole_application

LOOKS = {
    "/interactions": "",
    "/interactions/{interaction}": "",
    "/interactions/{interaction}/screen": "",
    "/interactions/{interaction}/notes": "",
    "/interactions/{interaction}/wrap-ups": "",
    "/interactions/{interaction}/acts": "",
    "/interactions/{interaction}/permissions": "",
    "/interactions/{interaction}/trust": "",
    "/holders": "?phone=15400000001",
    "/holders/{holder}/looks": "",
    "/holders/{holder}/plan": "",
    "/holders/{holder}/cases": "",
    "/holders/{holder}/requests": "",
    "/holders/{holder}/complaints": "",
    "/holders/{holder}/scam-warnings": "",
    "/plans/proposed": "",
    "/tasks": "?whose=all",
    "/cases": "",
    "/cases/{case}": "",
    "/cases/{case}/clock": "case=objection",
    "/approvals": "",
    "/complaints": "",
    "/complaints/{complaint}": "",
    "/complaints/{complaint}/accounts": "",
    "/complaints/{complaint}/files": "",
    "/complaints/{complaint}/files/{file}": "",
    "/scam-reports": "",
    "/scam-reports/{report}": "",
    "/holder-messages": "",
    "/holder-messages/{message}": "",
    "/app-messages": "",
    "/emails": "",
    "/emails/{email}": "",
    "/emails/{email}/files/{file}": "file=email-file",
    "/letters": "",
    "/letters/{letter}/pdf": "",
    "/letters-in": "?interaction={letter-in-contact}",
    "/letters-in/{letter}": "letter=letter-in",
    "/letters-in/{letter}/scans/{file}": "letter=letter-in file=scan",
    "/letter-drafts": "",
    "/letter-drafts/{draft}/pdf": "",
    "/retention/holds": "",
    "/retention/requests": "",
}
"""What shows a holder's data; behind it the query, or which of the bank's names stand in it."""
LOOKS_ELSEWHERE = {
    "/interactions/{interaction}/recording": "test_looks: with a recording that can be heard",
    "/interactions/{interaction}/account": "test_serving_routes: an agent's act in a talk",
    "/chats/{chat}": "test_chat: the visitor of the busy bank is nobody known",
    "/chats/{chat}/files/{file}": "test_chat_routes",
    "/holder-messages/{message}/files/{file}": "test_portal_pages: a message with a file",
    "/campaigns/calls/{interaction}": "below: a call that a campaign placed",
    "/evidence/packs/{pack}/file": "test_evidence_pages: a pack that is made",
}
"""What shows a holder's data too; where it is shown that it writes the look."""
OWN = {
    "/staff/me": "oneself",
    "/agents/me/state": "oneself",
    "/agents/me/offer": "whom one is being rung for",
    "/calls/mine": "the call in which one is",
    "/chats/mine": "one's own chats; of others the matter and the place in the queue",
    "/interactions/{interaction}/wrap-up": "what one wrote oneself",
    "/evidence/packs": "what one asked for oneself, each time a look",
    "/evidence/packs/{pack}": "what one asked for oneself",
}
"""One's own work: the acts stand in the journal already."""
NOTHING = {
    **dict.fromkeys(
        ("/queues", "/queues/figures", "/agents", "/wall", "/calls/help", "/calls/{interaction}"),
        "who of the staff does what; conversations by their ids",
    ),
    "/chats": "matters, places and states of chats; not a word of them",
    **dict.fromkeys(
        (
            *("/reports/service", "/reports/agents", "/reports/contacts", "/reports/chats"),
            *("/reports/chats/ended", "/reports/cards", "/reports/outreach"),
            *("/complaint-reports/year", "/complaint-reports/causes"),
            *("/complaint-reports/export", "/complaint-reports/correctives"),
            *("/campaigns", "/campaigns/{campaign}", "/campaigns/{campaign}/foresight"),
            "/retention/due",
        ),
        "counts",
    ),
    **dict.fromkeys(
        (
            *("/desk/catalogue", "/knowledge", "/knowledge/{article}", "/scripts"),
            *("/complaint-catalogue", "/retention/classes", "/trust/registry", "/trust/tips"),
            *("/scam-persuasion", "/interactions/{interaction}/hold-refusal"),
        ),
        "words that are the same for all",
    ),
    **dict.fromkeys(
        ("/staff", "/staff/{number}/sessions", "/complaints/{complaint}/handlers"),
        "colleagues",
    ),
}
"""What shows nothing of a holder, and what it shows."""
PERSONAL = (MARK, HOLDER.name, HOLDER.phone, HOLDER.phone[3:], "世纪大道", CARD.tail)


def no_stays(area: AreaPolicy) -> ListenPolicy:
    """Every look is a new one: what is read twice is written twice."""
    never = timedelta(0)
    return replace(listen_policy(area), one_stay=never, one_list=never)


@pytest.fixture
async def bank(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BusyBank]:
    monkeypatch.setattr(wiring, "listen_policy", no_stays)
    async with whole_application(database_url, tmp_path) as whole:
        yield await busy_bank(whole)


def read_by_staff(bank: BusyBank) -> Iterator[tuple[str, frozenset[str]]]:
    for method, path, roles in guarded(bank.whole.application.routes):
        if method == "GET" and f"GET {path}" not in OPEN and not path.startswith(OWN_SESSION):
            yield path.removeprefix("/api/v1"), roles


def address(path: str, more: str, names: Mapping[str, str]) -> str:
    """Fill in the names; ``more`` is a query, or says which name stands for which."""
    other = {} if more.startswith("?") else dict(one.split("=") for one in more.split())

    def name(found: re.Match[str]) -> str:
        return names.get(other.get(found[1], found[1]), "nothing")

    return "/api/v1" + re.sub(r"\{([^}]+)\}", name, path + (more if more[:1] == "?" else ""))


async def test_of_everything_that_the_staff_can_read_it_is_said_whether_it_is_a_look(
    bank: BusyBank,
) -> None:
    known = [*LOOKS, *LOOKS_ELSEWHERE, *OWN, *NOTHING]
    assert len(known) == len(set(known))
    assert {path for path, _ in read_by_staff(bank)} == set(known)


async def test_every_look_by_whoever_has_the_right_is_written_where_the_holder_reads_it(
    bank: BusyBank,
) -> None:
    names = bank.names | await busy_post(bank)
    faults = []
    for path, roles in read_by_staff(bank):
        if path not in LOOKS:
            continue
        for role in (one for one in ROLES if one in roles):
            before = await seen(bank)
            async with bank.whole.client(role) as client:
                answer = await client.get(address(path, LOOKS[path], names))
            new = (await seen(bank))[len(before) :]
            if role == "agent" and (answer.status_code in (404, 422) or answer.text == "[]"):
                continue  # a colleague who has nothing to do with it
            if answer.status_code != 200:
                faults.append(f"{path}: {role} got {answer.status_code} {answer.text[:200]}")
            elif not any(by.endswith(number_of(role)) and to == role for by, to in new):
                faults.append(f"{path}: {role} saw {answer.text[:200]} and {new} is told")
    assert not faults, "\n".join(faults)


async def test_whoever_is_shown_before_a_call_finds_it_called_or_not(bank: BusyBank) -> None:
    async with bank.whole.client("lead") as lead:
        body = {"name": "关怀回访", "kind": "care", "mode": "preview", "hold_out": 0}
        made = (await lead.post("/api/v1/campaigns", json=body)).json()
        base = f"/api/v1/campaigns/{made['id']}"
        listed = await lead.post(f"{base}/list", json={"csv": f"holder_id\n{HOLDER.id}\n"})
        assert listed.status_code == 200, listed.text
        started = await lead.post(f"{base}/start")
        assert started.json()["allowed"], started.text
        preview = await lead.post(f"{base}/preview")
        assert preview.json()["name"] == HOLDER.name
        assert await seen(bank) == [("agent:a7002", "lead")]
        await bank.whole.ask(
            """
            INSERT INTO campaign_attempt
                (id, entry, campaign, number, channel, interaction, call, agent, dialled_at)
            VALUES ('ca', %s, %s, 1, 'call', %s, 'call1', 'a6001', now()) RETURNING id
            """,
            *(preview.json()["entry"], made["id"], bank.names["interaction"]),
        )
        call = await lead.get(f"/api/v1/campaigns/calls/{bank.names['interaction']}")
        assert call.json()["campaign"] == made["id"]
    async with bank.agent() as agent:  # whose call it is works in it
        assert (await agent.get(call.request.url.path)).json() is not None
    assert await seen(bank) == [("agent:a7002", "lead")] * 2


async def test_what_shows_nothing_of_a_holder_does_not(bank: BusyBank) -> None:
    names = bank.names | await busy_post(bank)
    period = "?start=2026-09-01T00:00:00Z&end=2026-09-02T00:00:00Z&since=2026-01-01"
    period += "&until=2026-12-31&year=2026"
    faults, read = [], 0
    for path, roles in read_by_staff(bank):
        if path not in NOTHING:
            continue
        role = next(one for one in ("compliance", "lead", "administrator", "agent") if one in roles)
        async with bank.whole.client(role) as client:
            answer = await client.get(address(path, "", names) + period)
        read += answer.status_code == 200
        if answer.status_code not in (200, 404) or any(one in answer.text for one in PERSONAL):
            faults.append(f"{path}: {role} got {answer.status_code} {answer.text[:300]}")
    assert not faults, "\n".join(faults)
    assert read > 20


async def seen(bank: BusyBank) -> list[tuple[str, str]]:
    """What the holder's own page tells, the newest last: who looked and as what."""
    async with bank.whole.running.parts.database.transaction() as tx:
        found = await looks_at(tx, holder=HOLDER.id, most=1000)
    return [(look.by, look.role) for look, _ in reversed(found)]


def number_of(role: Role) -> str:
    """The staff number of the one of a role, with which the name in the journal ends."""
    return str(7001 + ROLES.index(role))
