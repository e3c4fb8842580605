"""What the busy bank has by post and beside the call: one of everything that a list can show."""

from collections.abc import Awaitable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import httpx

from cardline.complaints import actions as complaints
from cardline.complaints.model import ComplaintId
from cardline.core.actor import Actor, holder_actor
from cardline.core.clock import utc_now
from cardline.evidence.retention.actions import ask_erasure
from cardline.messages.hooks.actions import receive_app
from cardline.messages.letters.printing import dispatch as print_letters
from cardline.messages.mail.inbound import receive as receive_mail
from tests.actions.busy_bank import MARK, BusyBank, picture
from tests.actions.mail_room import Printer
from tests.actions.serving_desk import HOLDER

TEXT = f"{MARK}: 这是一段足够长的文字，说明所发生的事情。"


async def busy_post(bank: BusyBank) -> dict[str, str]:
    """Let letters, e-mails, reports and complaints be there; return their ids by their names."""
    names = dict[str, str]()
    async with (
        bank.agent() as agent,
        bank.whole.client("lead") as lead,
        bank.whole.client("compliance") as compliance,
    ):
        names |= await _letters(bank, agent, lead)
        names |= await _reports(bank, agent)
        names |= await _complaint(bank, agent)
        names |= await _mail(bank, agent)
        look = {"field": "phone", "reason": "核对来电号码是否一致"}
        told = f"/api/v1/interactions/{bank.names['interaction']}"
        assert (await _ok(lead.post(f"{told}/unmask", json=look)))["allowed"]
        hold = {"on": "holder", "of": HOLDER.id, "reason": "诉讼中，需保全证据"}
        await _ok(compliance.post("/api/v1/retention/holds", json=hold))
    await _app_message(bank)
    parts = bank.whole.running.parts
    async with parts.database.transaction() as tx:
        by, policy = holder_actor(HOLDER.id), parts.retention.policy
        await ask_erasure(tx, HOLDER.id, by=by, policy=policy, at=utc_now())
    return names


async def _letters(
    bank: BusyBank, agent: httpx.AsyncClient, lead: httpx.AsyncClient
) -> dict[str, str]:
    """A printed letter, a draft that waits, and a letter that came in."""
    body = {"holder": HOLDER.id, "subject": MARK, "text": TEXT}
    drafts = [(await _ok(agent.post("/api/v1/letter-drafts", json=body)))["id"] for _ in range(2)]
    letter = await _ok(lead.post(f"/api/v1/letter-drafts/{drafts[0]}/approve"))
    parts = bank.whole.running.parts
    done = await print_letters(
        parts.database, Printer(), parts.typesetter, config=parts.letters, clock=utc_now
    )
    assert done.sent == 1, done
    form = {"subject": MARK, "received_on": "2026-09-01", "holder": HOLDER.id}
    scan = {"files": ("scan.png", picture())}
    came = await _ok(agent.post("/api/v1/letters-in", data=form, files=scan))
    read = await _ok(agent.get(f"/api/v1/letters-in/{came['id']}"))
    return {
        "letter": letter["id"],
        "draft": drafts[1],
        "letter-in": came["id"],
        "letter-in-contact": came["interaction"],
        "scan": read["scans"][0]["id"],
    }


async def _reports(bank: BusyBank, agent: httpx.AsyncClient) -> dict[str, str]:
    """A plan, a scam report and a warning, and an objection to a month of the credit record."""
    ends = (utc_now() + timedelta(days=30)).isoformat()
    plan = {"text": TEXT, "valid_to": ends}
    await _ok(agent.put(f"/api/v1/holders/{HOLDER.id}/plan", json=plan))
    told = f"/api/v1/interactions/{bank.names['interaction']}"
    report = {"text": "您的账户异常，点击 http://a.example 解冻", "key": "report-key"}
    made = await _ok(agent.post(f"{told}/scam-report", json=report))
    warning = {"reasons": ["safe-account"], "words": TEXT, "goes_on": True}
    assert (await _ok(agent.post(f"{told}/scam-warning", json=warning)))["allowed"]
    objection = {"account": "a1", "month": "2026-08", "reason": "paid-in-time", "told": TEXT}
    case = await _ok(agent.post(f"{told}/credit-objection", json=objection))
    return {"report": made["report"]["id"], "objection": case["case"]["id"]}


async def _complaint(bank: BusyBank, agent: httpx.AsyncClient) -> dict[str, str]:
    """A complaint to which the staff tied a file from elsewhere, when that was possible."""
    told = f"/api/v1/interactions/{bank.names['interaction']}"
    body = {"key": "complaint-key", "statement": TEXT, "demand": MARK}
    made = (await _ok(agent.post(f"{told}/complaint", json=body)))["complaint"]
    parts = bank.whole.running.parts
    async with parts.database.transaction() as tx:
        await complaints.add_facts(
            tx,
            ComplaintId(made),
            text=TEXT,
            files=[bank.names["file"]],
            config=parts.complaints,
            by=Actor("staff", "7001"),
            at=utc_now(),
        )
    return {"complaint": made}


async def _mail(bank: BusyBank, agent: httpx.AsyncClient) -> dict[str, str]:
    """An e-mail with a file, which the agent says is the holder's."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lin@example.com", "service@bank.example", MARK
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content(TEXT)
    mail.add_attachment(picture(), maintype="image", subtype="png", filename="a.png")
    parts = bank.whole.running.parts
    came = await receive_mail(
        mail.as_bytes(),
        envelope="lin@example.com",
        recipients=["service@bank.example"],
        desk_=parts.mail_desk,
    )
    assert came is not None
    whose = {"holder": HOLDER.id, "proof": "claimed", "why": "来信中写明"}
    told = await _ok(agent.post(f"/api/v1/emails/{came.id}/holder", json=whose))
    return {"email": came.id, "email-file": told["files"][0]["id"]}


async def _app_message(bank: BusyBank) -> None:
    parts = bank.whole.running.parts
    async with parts.database.transaction() as tx:
        await receive_app(
            tx,
            message="m1",
            account="app",
            party="device-1",
            holder=HOLDER.id,
            text=TEXT,
            bank=parts.bank,
            config=parts.app_messages,
            at=utc_now(),
        )


async def _ok(asked: Awaitable[httpx.Response]) -> Any:
    answer = await asked
    assert answer.is_success, (answer.request.url, answer.text)
    return answer.json() if answer.content else None
