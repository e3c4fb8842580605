"""What an agent works on is not there for a colleague who has nothing to do with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.busy_bank import MARK, BusyBank, busy_bank
from tests.actions.openapi_requests import Description
from tests.actions.test_role_matrix import guarded
from tests.actions.whole_application import whole_application

_CASES = "cases are the work of all who serve: the list of them is too"
OPEN_ON_PURPOSE = {
    "POST /api/v1/holders/{holder}/notes": "whoever finds a holder may leave word; none is read",
    "GET /api/v1/holders/{holder}/plan": "a plan is for every agent whom this person reaches",
    "PUT /api/v1/holders/{holder}/plan": "a proposal, which another lead reviews",
    "GET /api/v1/knowledge/{article}": "knowledge is for all",
    "GET /api/v1/interactions/{interaction}/hold-refusal": "the same words for all",
    "POST /api/v1/chats/{chat}/accept": "two race for one chat; who is late is told so",
    "GET /api/v1/cases/{case}": _CASES,
    "GET /api/v1/cases/{case}/clock": _CASES,
    "GET /api/v1/campaigns/calls/{interaction}": "null for all that is no call of one's own",
    "POST /api/v1/cases/{case}/take": _CASES,
    "POST /api/v1/cases/{case}/note": _CASES,
    "POST /api/v1/cases/{case}/decide": "refused by the verdict unless the case is one's own",
    "POST /api/v1/cases/{case}/answer": "refused by the verdict unless the case is one's own",
    "POST /api/v1/cases/{case}/close": "refused by the verdict unless the case is one's own",
    "POST /api/v1/cases/{case}/withdraw": _CASES,
    "GET /api/v1/holder-messages/{message}": "waits for whoever is free, until it is answered",
    "POST /api/v1/holder-messages/{message}/answer": "waits for whoever is free",
    "GET /api/v1/holder-messages/{message}/files/{file}": "waits for whoever is free",
}
"""What an agent reaches without having had to do with it, and why."""
NAMES = ("interaction", "holder", "card", "case", "change", "request", "reversal", "closure")
NAMES += ("task", "chat", "file", "message", "offer", "leg")
WORDS = {
    "plausible": "她说出了最近三笔消费的商户和金额，声音与录音一致",
    "month": "2026-03",
    "sdp": "v=0 and so on",
    "tab": "a-tab-of-a-page",
    "reason": "not-mine",
    "warning_read": True,
    "text": "这是一段足够长的文字，说明所发生的事情。",
}
"""Values with which a body is well formed and gets as far as the thing."""


@pytest.fixture
async def bank(database_url: str, tmp_path: Path) -> AsyncIterator[BusyBank]:
    async with whole_application(database_url, tmp_path) as whole:
        yield await busy_bank(whole)


async def described(bank: BusyBank) -> Description:
    return Description(await bank.whole.description(), bank.names | WORDS)


def for_agents(bank: BusyBank) -> set[str]:
    """Operations that name something and that agents may call."""
    return {
        f"{method} {path}"
        for method, path, roles in guarded(bank.whole.application.routes)
        if "{" in path and "agent" in roles
    }


async def test_a_colleague_who_has_nothing_to_do_with_it_finds_nothing(bank: BusyBank) -> None:
    """What is there is told apart from what is not by nothing: not a status, not a word."""
    description = await described(bank)
    nothing = Description(
        description.document, bank.names | WORDS | dict.fromkeys(NAMES, "nothing")
    )
    operations = [one for one in description.operations() if str(one) in for_agents(bank)]
    assert len(operations) > 50
    assert set(OPEN_ON_PURPOSE) < {str(one) for one in operations}
    faults = []
    async with bank.whole.client("agent") as colleague:
        for one in operations:
            if str(one) in OPEN_ON_PURPOSE:
                continue
            body = description.least(one.body) if one.body is not None else None
            there = await colleague.request(one.method, description.address(one, None), json=body)
            not_there = await colleague.request(one.method, nothing.address(one, None), json=body)
            same = (there.status_code, there.content) == (not_there.status_code, not_there.content)
            if not same or there.status_code not in (404, 409) or MARK in there.text:
                faults.append(f"{one}: {there.status_code} {there.text[:200]} for {body}")
    assert not faults, "\n".join(faults)


async def test_whose_work_it_is_finds_it(bank: BusyBank) -> None:
    """The test above can fail: the same requests by the one whose work it is are answered."""
    description = await described(bank)
    found = set()
    async with bank.agent() as owner:
        for one in description.operations():
            if str(one) in for_agents(bank) and one.method == "GET":
                answer = await owner.get(description.address(one, None))
                if answer.status_code == 200:
                    found.add(str(one))
    assert found >= {
        "GET /api/v1/interactions/{interaction}",
        "GET /api/v1/interactions/{interaction}/screen",
        "GET /api/v1/interactions/{interaction}/account",
        "GET /api/v1/holders/{holder}/cases",
        "GET /api/v1/chats/{chat}",
        "GET /api/v1/chats/{chat}/files/{file}",
    }


async def test_a_message_that_was_answered_is_no_longer_everybodys(bank: BusyBank) -> None:
    address = f"/api/v1/holder-messages/{bank.names['message']}"
    async with bank.agent() as owner, bank.whole.client("agent") as colleague:
        assert (await colleague.get(address)).status_code == 200
        answered = await owner.post(f"{address}/answer", json={"text": "您好，已为您处理。"})
        assert answered.status_code == 200
        assert (await owner.get(address)).status_code == 200
        assert (await colleague.get(address)).status_code == 404
        again = await colleague.post(f"{address}/answer", json={"text": "您好，已为您处理。"})
        assert again.status_code == 404
