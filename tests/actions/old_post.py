"""What was written and posted, and complaints, of some age."""

from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from cardline.core.phone import PhoneNumber

NUMBER = PhoneNumber("+8613800138000")


async def written_rows(house: Any, name: str, at: datetime) -> None:
    """One row of every kind that was written or posted, row by row, of this age."""
    who: dict[str, object] = {"holder": "h2", "language": "zh", "zone": "Asia/Shanghai"}
    sent = {
        "key": name, "purpose": "service", "template": "x", "solicited": True, "at": at,
        "due_at": at, "stream": "s", **who,
    }  # fmt: skip
    told = {"subject": f"致{NUMBER}", "text": f"您的号码{NUMBER}"}
    await house.put(
        "mail_outbox", id=name, address=f"{NUMBER}@x.cn", box="general", message_id=name,
        token=name, state="sent", sent_at=at, gateway_id=f"250 {NUMBER}", **sent, **told,
    )  # fmt: skip
    await house.put(
        "mail_in", id=name, fingerprint=name, message_id=f"{NUMBER}@x.cn", kind="bounce",
        box="general", sender=f"{NUMBER}@x.cn", sender_name=NUMBER, holder="h2", language="zh",
        bytes=9, at=at, **told,
    )  # fmt: skip
    await house.put(
        "mail_address", address=f"{name}.{NUMBER}@x.cn", bad_since=at, code="5.1.1", mail=name
    )
    await house.put(
        "app_outbox", id=name, address=NUMBER, account="app", state="sent", **sent, **told
    )
    window = {"name": "林女士", "lines": [NUMBER]}
    await house.put(
        "letter", id=name, address=NUMBER, addressee=window, content=told, registered=True,
        state="posted", posted_at=at, posting=f"XA{NUMBER}", **sent,
    )  # fmt: skip
    await house.put(
        "letter_draft", id=name, addressee=window, registered=False, stream="s", author="x",
        written_at=at, state="rejected", decided_by="y", decided_at=at, why=NUMBER, **who, **told,
    )  # fmt: skip
    await house.put("complaint_form", key=name, at=at)
    await house.put(
        "evidence_pack", id=name, holder="h2", complaint="", numbers=[NUMBER], audience="holder",
        language="zh", most=9, asked_by="x", reason="x", asked_at=at, state="failed",
    )  # fmt: skip
    await house.put(
        "desk_task", id=name, source=name, kind="other", what=f"回电{NUMBER}", holder="h2",
        matter="general", due_at=at, opened_at=at, opened_by="x", done_at=at, done_by="x",
    )  # fmt: skip


async def old_complaint(
    house: Any, name: str, closed: datetime | None, *, received: datetime, **more: object
) -> None:
    """A complaint with everything that belongs to one."""
    has = {"name": "林女士", "reach": {"phone": NUMBER, "email": "", "address": ""}}
    await house.put(
        "complaint",
        **{
            "id": name, "key": f"staff/{NUMBER}/{name}", "door": "form", "anonymous": False,
            "identity_tail": "123X", "statement": f"{NUMBER}被扣费", "demand": f"打{NUMBER}",
            "persons": ["7004"], "account_id": f"a{NUMBER}", "language": "zh",
            "zone": "Asia/Shanghai", "taken_by": "x", "received_at": received,
            "recorded_at": received, "state": "closed" if closed else "accepted",
            "likeness": name, "issue": "fees", "closed_at": closed, **has, **more,
            "proxy": {**has, "authority_files": [], "identity_files": [], "heir": False,
                "principal": "", "until": None, "checked_by": ""},
            "joint": {"people": 2, "representatives": [NUMBER], "in_person": False},
        },
    )  # fmt: skip
    part: dict[str, object] = {"complaint": name, "run": 1}
    at = received
    await house.put("complaint_arrival", door="form", at=at, reference=NUMBER, **part)
    await house.put("complaint_mark", mark="received", at=at, **part)
    await house.put("complaint_fact", id=name, text=NUMBER, restarts=False, by="x", at=at, **part)
    await house.put(
        "complaint_pause", id=name, ground="mediation", why=NUMBER, since=at,
        until=at + timedelta(days=1), by="x", **part,
    )  # fmt: skip
    await house.put(
        "complaint_extension", id=name, grade="complex", ground="x", why=NUMBER, asked_by="x",
        asked_at=at, **part,
    )  # fmt: skip
    await house.put(
        "complaint_decision", round=1, outcome="upheld", findings=NUMBER, basis=NUMBER,
        reasons=NUMBER, compensation=100, needs_second=False, by="x", at=at, **part,
    )  # fmt: skip
    await house.put(
        "complaint_remedy", id=name, round=1, kind="compensation", detail=NUMBER, amount=100,
        account_id=f"a{NUMBER}", ordered_at=at, done_at=at, posting="p", **part,
    )  # fmt: skip
    await house.put(
        "complaint_notice", id=name, about="answer", channel="letter", text=NUMBER, by="x", at=at,
        proof=NUMBER, proven_at=at, **part,
    )  # fmt: skip
    await house.put(
        "complaint_task", id=name, complaint=name, department="账务", what=NUMBER, due_at=at,
        opened_by="x", opened_at=at, done_at=at, done_by="x", result=NUMBER,
    )  # fmt: skip
    await house.put("complaint_lookup", complaint=name, word_hash=b"x" * 32, made_at=at)


async def came_in(house: Any, name: str, at: datetime, *, door: str, owner: str) -> None:
    """A letter or an e-mail that came in; nobody hangs up on one, so it has no end of its own."""
    await house.put(
        "interaction", id=name, door=door, line="line", from_number="", to_number="",
        language="zh", opened_at=at, flow_version="x", state=Jsonb({}), proofs=Jsonb({}),
        holder_id="h1",
    )  # fmt: skip
    if door == "letter":
        await house.put(
            "letter_in", id=owner, interaction=name, box="complaints", holder="h1", sender="林女士",
            subject=f"{NUMBER}的投诉", language="zh", received_on=at.date(), content=owner,
            taken=True, scanned_by="x", at=at, posting=NUMBER,
        )  # fmt: skip
    else:
        await house.put(
            "mail_in", id=owner, fingerprint=owner, message_id=owner, kind="message",
            box="complaints", interaction=name, sender=f"{NUMBER}@x.cn", sender_name="林女士",
            holder="h1", subject="投诉", text=NUMBER, language="zh", bytes=9, taken=True, at=at,
        )  # fmt: skip
