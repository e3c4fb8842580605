"""Complaints over HTTP: who sees what, a whole life, refusals with words."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from cardline.core.actor import SYSTEM
from cardline.core.clock import utc_now
from cardline.core.ids import CallId, InteractionId, LegId, new_id
from cardline.core.roles import Role
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.identity.model import Proofs
from cardline.messages.files import clean, keep
from cardline.messages.letters import printing
from tests.actions.mail_room import Printer
from tests.actions.serving_desk import ACCOUNT, HOLDER
from tests.actions.whole_application import Whole, whole_application

API = "/api/v1"


@pytest.fixture
async def whole(database_url: str, tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_application(database_url, tmp_path) as whole:
        async with whole.running.parts.database.transaction() as tx:
            await whole.running.parts.bank.add_holders(tx, holders=[HOLDER])
            await whole.running.parts.bank.add_accounts(tx, accounts=[ACCOUNT])
        yield whole


async def ask(
    whole: Whole, role: Role, method: str, path: str, body: object = None, *, status: int = 200
) -> Any:
    async with whole.client(role) as client:
        answer: httpx.Response = await client.request(method, f"{API}{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


TAKEN = {
    "key": "press-one-1",
    "statement": "年费已经减免，却仍被收取。",
    "demand": "退还年费。",
    "subjects": ["fees"],
}
NOTICE = {
    "door": "pbc",
    "number": "银消〔2026〕17号",
    "received_at": "2026-11-20T09:00:00+08:00",
}


async def call(whole: Whole) -> str:
    """A call of the holder with the agent."""
    (agent,) = await whole.ask("SELECT agent_id FROM staff WHERE role = 'agent'")
    async with whole.running.parts.database.transaction() as tx:
        name = InteractionId(new_id("i"))
        await desk.open_interaction(
            tx,
            Interaction(
                id=name,
                door="phone",
                call=CallId(f"call-{name}"),
                line="l1",
                from_number=HOLDER.phone,
                to_number="95500",
                holder_id=HOLDER.id,
                language="zh",
                opened_at=utc_now(),
                answered_at=utc_now(),
                closed_at=None,
                outcome=None,
                flow_version="",
                state={},
                proofs=Proofs(claimed=HOLDER.id, caller=HOLDER.phone),
                continues=None,
            ),
            source="test",
        )
        leg = LegId(f"leg-{name}")
        await desk.leg_dialled(
            tx, name, leg, agent=agent, target="phone:1", purpose="offer", at=utc_now()
        )
        await desk.leg_answered(tx, name, leg, at=utc_now())
    return name


async def take(whole: Whole, conversation: str) -> str:
    path = f"/interactions/{conversation}/complaint"
    return str((await ask(whole, "agent", "POST", path, TAKEN))["complaint"])


async def test_a_complaint_lives_its_whole_life_over_http(whole: Whole) -> None:
    conversation = await call(whole)
    case = await take(whole, conversation)
    assert await take(whole, conversation) == case
    me = await whole.ask("SELECT number FROM staff WHERE role = 'lead'")
    given = await ask(whole, "lead", "POST", f"/complaints/{case}/assign", {})
    assert given["complaint"]["handler"] == me[0]
    await ask(whole, "lead", "POST", f"/complaints/{case}/accept")
    seen = await ask(whole, "lead", "GET", f"/complaints/{case}")
    answer = next(one for one in seen["clocks"] if one["key"] == "answer_simple")
    assert answer["task"]["zh"] == "作出处理决定并答复"
    assert len(answer["explained_zh"]) == len(answer["explained_en"]) >= 4
    assert "acknowledged" in seen["marks"]  # the agent said the number
    decided = await ask(whole, "lead", "POST", f"/complaints/{case}/decide", {
        "outcome": "upheld", "findings": "减免未录入", "basis": "合约第五条", "reasons": "条件满足",
        "remedies": [{"kind": "apology", "detail": "致歉"},
                     {"kind": "compensation", "amount": 90000, "account": ACCOUNT.id}],
    })  # fmt: skip
    assert decided["complaint"]["state"] == "awaiting"
    own = await ask(
        whole, "lead", "POST", f"/complaints/{case}/agree", {"agrees": True, "why": "同意"}
    )
    assert [one["code"] for one in own["verdict"]["reasons"]] == ["four-eyes"]
    assert own["verdict"]["reasons"][0]["zh"] == "作出决定的人不能自己复核"
    await ask(
        whole, "compliance", "POST", f"/complaints/{case}/agree", {"agrees": True, "why": "同意"}
    )
    codes = (await ask(whole, "lead", "GET", "/complaint-catalogue"))["contents"]
    told = await ask(whole, "lead", "POST", f"/complaints/{case}/notices", {
        "about": "answer", "channel": "handed-over", "text": "经查，年费应予减免，现已退还。",
        "contents": [one["code"] for one in codes], "proof_kind": "receipt", "proof": "17",
    })  # fmt: skip
    assert told["complaint"]["state"] == "answered"
    year = (await ask(whole, "lead", "GET", f"/complaints/{case}"))["row"]["received_at"][:4]
    report = await ask(whole, "quality", "GET", f"/complaint-reports/year?year={year}")
    assert report["answered_in_time"] == 1
    await ask(whole, "lead", "GET", f"/complaint-reports/export?year={year}", status=403)
    async with whole.client("compliance") as client:
        exported = await client.get(f"{API}/complaint-reports/export?year={year}")
    assert case in exported.text
    assert exported.headers["content-type"].startswith("text/csv")
    assert await whole.ask("SELECT count(*) FROM journal WHERE kind = 'complaint.exported'") == [1]


async def test_a_letter_is_sent_posted_and_comes_back_as_the_program_is_put_together(
    whole: Whole,
) -> None:
    parts = whole.running.parts
    await whole.ask("UPDATE bank_holder SET address = '杭州市西湖区文三路9号' RETURNING id")
    case = await take(whole, await call(whole))
    await ask(whole, "lead", "POST", f"/complaints/{case}/assign", {})
    await ask(whole, "lead", "POST", f"/complaints/{case}/accept")
    await ask(whole, "lead", "POST", f"/complaints/{case}/decide", {
        "outcome": "upheld", "findings": "减免未录入", "basis": "合约第五条", "reasons": "条件满足",
        "remedies": [{"kind": "apology", "detail": "致歉"}],
    })  # fmt: skip
    answer = {"about": "answer", "channel": "letter", "text": "您反映的年费问题，我们核对过了。"}
    told = await ask(whole, "lead", "POST", f"/complaints/{case}/notices", answer)
    assert (told["allowed"], told["complaint"]["state"]) == (True, "decided")
    mailed = await ask(
        whole, "lead", "POST", f"/complaints/{case}/notices", {**answer, "channel": "email"}
    )
    (why,) = mailed["verdict"]["reasons"]
    assert why["zh"] == "没有可用的地址，请换一种方式告知"
    printer = Printer()
    await printing.dispatch(
        parts.database, printer, parts.typesetter, config=parts.letters, clock=utc_now
    )
    pages = PdfReader(io.BytesIO(printer.given[0][0])).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    for said in ("条件满足", "申请调解", "申请仲裁", "向法院起诉", "12378"):
        assert said in text
    ((letter, registered),) = await whole.ask("SELECT id, registered FROM letter")
    assert registered
    body = {"carrier": "中国邮政", "posting": "XA1", "posted_at": utc_now().isoformat()}
    await ask(whole, "lead", "POST", f"/letters/{letter}/posted", body)
    seen = await ask(whole, "lead", "GET", f"/complaints/{case}")
    assert seen["row"]["state"] == "answered"
    await ask(whole, "lead", "POST", f"/letters/{letter}/returned", {"reason": "moved"})
    seen = await ask(whole, "lead", "GET", f"/complaints/{case}")
    assert seen["row"]["state"] == "decided"
    tasks = await whole.ask("SELECT what FROM desk_task WHERE source LIKE 'complaint-untold:%%'")
    assert tasks == [f"投诉{case}的答复没有送达（信函被退回），请换一种方式告知投诉人"]


async def test_an_agent_sees_what_they_took_and_nobody_what_is_about_them(whole: Whole) -> None:
    mine = await take(whole, await call(whole))
    agents = await whole.ask("SELECT number FROM staff WHERE role = 'agent'")
    leads = await whole.ask("SELECT number FROM staff WHERE role = 'lead'")
    other = (
        await ask(whole, "compliance", "POST", "/complaint-transfers", {
            **NOTICE, "statement": "客服态度差。", "persons": [*agents, *leads],
        })
    )["complaint"]  # fmt: skip
    listed = await ask(whole, "agent", "GET", "/complaints")
    assert [one["id"] for one in listed] == [mine]
    for role in ("agent", "lead"):
        await ask(whole, role, "GET", f"/complaints/{other}", status=404)  # type: ignore[arg-type]
    assert [one["id"] for one in await ask(whole, "lead", "GET", "/complaints")] == [mine]
    everything = await ask(whole, "compliance", "GET", "/complaints?handler=nobody&state=received")
    assert {one["id"] for one in everything} == {mine, other}
    page = await ask(whole, "compliance", "GET", f"/complaints?after={everything[0]['id']}")
    assert [one["id"] for one in page] == [everything[1]["id"]]
    await ask(whole, "agent", "POST", f"/complaints/{mine}/assign", {}, status=403)
    await ask(whole, "compliance", "GET", "/complaints?after=nothing", status=404)
    assert await ask(whole, "lead", "GET", f"/holders/{HOLDER.id}/complaints")


async def test_what_is_yet_to_be_shown_is_asked_for_and_the_time_runs(whole: Whole) -> None:
    needed = await ask(whole, "compliance", "POST", "/complaint-transfers", {
        **NOTICE, "statement": "我替母亲投诉。", "name": "周平",
        "reach": {"phone": "13900001111"}, "proxy": {"name": "周安"},
    })  # fmt: skip
    assert needed["still_needed"] == ["demand", "authority", "proxy-identity", "proxy-reach"]
    seen = await ask(whole, "lead", "GET", f"/complaints/{needed['complaint']}")
    assert seen["reach"]["phone"] == "139****1111"
    assert seen["proxy"]["lacks"] == [
        "authority-needed", "proxy-identity-needed", "proxy-reach-needed",
    ]  # fmt: skip
    await ask(whole, "agent", "POST", "/complaint-transfers", {}, status=403)


async def test_the_page_says_who_may_handle_it_and_where_money_may_go(whole: Whole) -> None:
    (lead,) = await whole.ask("SELECT number FROM staff WHERE role = 'lead'")
    path = f"/interactions/{await call(whole)}/complaint"
    case = (await ask(whole, "agent", "POST", path, TAKEN | {"persons": [lead]}))["complaint"]
    found = await ask(whole, "compliance", "GET", f"/complaints/{case}/handlers")
    against = {one["role"]: [why["zh"] for why in one["reasons"]] for one in found}
    assert against == {"lead": ["被投诉的人不能办理这件投诉"], "compliance": []}
    refused = await ask(whole, "compliance", "POST", f"/complaints/{case}/assign", {"to": lead})
    assert [one["code"] for one in refused["verdict"]["reasons"]] == ["complained-of"]
    seen = await ask(whole, "compliance", "GET", f"/complaints/{case}")
    (last,) = [one for one in seen["steps"] if one["kind"] == "complaint.step-refused"]
    assert [one["zh"] for one in last["reasons"]] == ["被投诉的人不能办理这件投诉"]
    paid = await ask(whole, "compliance", "GET", f"/complaints/{case}/accounts")
    assert [one["account"] for one in paid] == [ACCOUNT.id]
    await ask(whole, "lead", "GET", f"/complaints/{case}/handlers", status=404)


async def test_a_file_of_a_complaint_is_opened_with_a_trace_and_no_other_is(whole: Whole) -> None:
    case = await take(whole, await call(whole))
    files = whole.running.parts.files
    cleaned = clean("bill.txt", "年费 300 元".encode(), files.policy)
    async with whole.running.parts.database.transaction() as tx:
        mine, other = [
            await keep(
                tx, files, cleaned, scanned=False, owner=owner, stream=owner, by=SYSTEM,
                at=utc_now(),
            )
            for owner in (f"complaint:{case}", "i-other")
        ]  # fmt: skip
    await ask(whole, "lead", "POST", f"/complaints/{case}/facts", {
        "text": "客户寄来账单", "files": [mine.id], "new": False,
    })  # fmt: skip
    for strange in ([other.id], [mine.id, other.id], ["f-none"]):
        words = {"text": "再补充一张", "files": strange, "new": False}
        await ask(whole, "lead", "POST", f"/complaints/{case}/facts", words, status=404)
        shown = {"authority_files": strange, "identity_files": [mine.id], "principal": "李梅"}
        await ask(whole, "agent", "POST", f"/complaints/{case}/authority", shown, status=404)
    (shown,) = await ask(whole, "quality", "GET", f"/complaints/{case}/files")
    assert (shown["id"], shown["name"]) == (mine.id, "bill.txt")
    async with whole.client("lead") as client:
        given = await client.get(f"{API}/complaints/{case}/files/{mine.id}")
        assert given.content.decode() == "年费 300 元"
    await ask(whole, "lead", "GET", f"/complaints/{case}/files/{other.id}", status=404)
    seen = await ask(whole, "lead", "GET", f"/complaints/{case}")
    assert [one["kind"] for one in seen["steps"]].count("complaint.file-opened") == 1


async def test_a_true_credit_record_is_never_altered_by_whatever_name_it_goes(
    whole: Whole,
) -> None:
    """Row B8: neither the subject nor the issue leads round the rule."""
    catalogue = await ask(whole, "lead", "GET", "/complaint-catalogue")
    assert "credit-record" in {one["code"] for one in catalogue["issues"]}
    path = f"/interactions/{await call(whole)}/complaint"
    told = TAKEN | {"statement": "征信上的逾期记录不是我造成的。"}
    case = (await ask(whole, "agent", "POST", path, told))["complaint"]
    for step, body in (
        ("assign", {}),
        ("accept", None),
        ("classify", {"product": "card", "issue": "credit-record", "severity": "high",
                      "causes": [catalogue["causes"][0]["code"]], "subjects": ["fees"]}),
    ):  # fmt: skip
        done = await ask(whole, "lead", "POST", f"/complaints/{case}/{step}", body)
        assert done["allowed"], done
    decision = {"findings": "逐笔核对账单", "basis": "征信业管理条例第二十五条",
                "reasons": "还款迟于到期日"}  # fmt: skip
    correction = {"kind": "correction", "detail": "删除逾期记录"}
    for outcome, more, code in (
        ("not-upheld", {}, "fault-not-said"),
        ("not-upheld", {"bank_erred": False, "remedies": [correction]}, "bank-did-not-err"),
        ("upheld", {"bank_erred": True, "remedies": [{"kind": "apology"}]},
         "bank-erred-so-correct"),
    ):  # fmt: skip
        body = decision | {"outcome": outcome} | more
        told = await ask(whole, "lead", "POST", f"/complaints/{case}/decide", body)
        assert [one["code"] for one in told["verdict"]["reasons"]] == [code]
    body = decision | {"outcome": "not-upheld", "bank_erred": False}
    assert (await ask(whole, "lead", "POST", f"/complaints/{case}/decide", body))["allowed"]
