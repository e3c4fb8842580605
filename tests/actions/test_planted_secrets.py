"""Secrets are planted wherever people type; afterwards everything that was kept is searched."""

import asyncio
import logging
import re
from base64 import b32encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import structlog

from cardline.app.operation.logs import mask_event
from cardline.core.actor import OPERATOR
from cardline.core.clock import utc_now
from cardline.core.ids import HolderId
from cardline.core.masking import Secret
from cardline.desk.login import credentials
from cardline.desk.login.totp import code_of, step_of
from cardline.identity import query_password
from cardline.identity.actions import subject_of
from cardline.identity.codes import issue_one_time_code
from cardline.identity.model import CodePurpose
from tests.actions.busy_bank import TOKEN, BusyBank, busy_bank
from tests.actions.openapi_requests import Description
from tests.actions.serving_desk import CARD, HOLDER
from tests.actions.whole_application import HOST, token_of, whole_application

PAN = "6222021234567890128"
SPACED = "6222 0212 3456 7890 128"
CVV = "738"
TYPED_CODE = "904417"
TYPED_PASSWORD = "581239"
QUERY_PASSWORD = "739154"
STAFF_PASSWORD = "staff password 48213 planted"
TOTP = b"totp-planted-48213!!"
SAID = f"我的卡号是{SPACED}，CVV {CVV}，验证码是{TYPED_CODE}，密码是{TYPED_PASSWORD}"
"""What a holder types who has never heard of secrets, and an agent who repeats it."""
SEALED = {
    "sms_embedded": "stands for the holder's telephone, which a code is sent to",
}
"""Tables that are not searched for the code that was sent, and why."""


@dataclass
class Kept:
    """Everything that was written or told anywhere."""

    parts: dict[str, str] = field(default_factory=dict)

    def holding(self, secret: str | bytes) -> list[str]:
        """Where a secret stands: plain, in hexadecimal, in base 32, or with gaps."""
        raw = secret.encode() if isinstance(secret, str) else secret
        forms = [raw.hex(), b32encode(raw).decode().rstrip("=")]
        if isinstance(secret, str):
            forms.append(secret)
        return sorted(
            name for name, text in self.parts.items() if any(form in text for form in forms)
        )


@pytest.fixture
async def bank(database_url: str, tmp_path: Path) -> AsyncIterator[BusyBank]:
    async with whole_application(database_url, tmp_path) as whole:
        yield await busy_bank(whole)


async def everything(bank: BusyBank, home: Path) -> Kept:
    """Read every table, every file below home but the keys, and every answer of the API."""
    kept = Kept()
    for table in await bank.whole.ask(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ):
        rows = await bank.whole.ask(f"SELECT t::text FROM {table} AS t")
        kept.parts[f"table {table}"] = "\n".join(rows)
    for path in sorted(home.rglob("*")):  # noqa: ASYNC240 - nothing else goes on here
        kept.parts[f"name {path.name}"] = str(path.relative_to(home))
        if path.is_file() and path.parent.name != "secrets":
            kept.parts[f"file {path.name}"] = path.read_bytes().decode("latin-1")
    async with bank.whole.client() as stranger:
        description = Description(await bank.whole.description(), bank.names)
        kept.parts["metrics"] = (await stranger.get("/metrics")).text
    async with bank.agent() as owner, bank.whole.client("lead") as lead:
        for one in description.operations():
            if one.method == "GET" and one.path.startswith("/api/"):
                for name, asking in (("6001", owner), ("lead", lead)):
                    answer = await asking.get(description.address(one, None))
                    kept.parts[f"{one} for {name}"] = answer.text
    return kept


async def say_everywhere(bank: BusyBank) -> set[str]:
    """Type secrets into every free text that an agent and a visitor have."""
    call, holder, names = bank.names["interaction"], bank.names["holder"], bank.names
    here = f"/api/v1/interactions/{call}"
    due = (utc_now() + timedelta(days=1)).isoformat()
    wrap_up = {
        "version": 0,
        "matter": "general",
        "summary": SAID,
        "promises": [{"what": SAID, "due_at": due}],
    }
    plan = {"text": SAID, "valid_to": (utc_now() + timedelta(days=30)).isoformat()}
    typed = {
        ("POST", f"{here}/notes"): {"text": SAID},
        ("POST", f"/api/v1/holders/{holder}/notes"): {"text": SAID},
        ("PUT", f"{here}/wrap-up"): wrap_up,
        ("POST", "/api/v1/tasks"): {"what": SAID, "due_at": due, "interaction": call},
        ("POST", f"/api/v1/tasks/{names['task']}/done"): {"result": SAID},
        ("POST", f"{here}/disputes"): {
            "posting": names["posting"], "reason": "other", "told": SAID, "key": "another",
        },
        ("POST", f"/api/v1/cases/{names['case']}/note"): {"text": SAID},
        ("POST", f"/api/v1/cases/{names['case']}/withdraw"): {"text": SAID},
        ("POST", f"{here}/warnings"): {"category": "abuse", "words": SAID},
        ("PUT", f"/api/v1/holders/{holder}/plan"): plan,
        ("POST", f"{here}/unmask"): {"field": "phone", "reason": SAID},
        ("POST", f"{here}/cards/{CARD.id}/hold"): {"plausible": SAID},
        ("POST", f"{here}/hold-refusal"): {"reason": SAID, "warning_read": True},
        ("POST", f"{here}/judgement"): {"why": SAID[:500]},
        ("POST", f"{here}/address-change"): {"address": f"上海市浦东新区世纪大道1号 {SAID}"},
        ("POST", f"/api/v1/chats/{names['chat']}/messages"): {"text": SAID, "key": "k-agent-1"},
        ("POST", f"/api/v1/holder-messages/{names['message']}/answer"): {"text": SAID},
        ("POST", "/api/v1/agents/me/state"): {"state": "not-ready", "reason": SAID},
        ("POST", f"{here}/scam-report"): {
            "text": SAID, "sender": SAID[:80], "key": "planted-key", "plausible": SAID[:500],
        },
        ("POST", f"{here}/scam-warning"): {
            "reasons": ["asks-code"], "words": SAID, "goes_on": True,
        },
        ("POST", "/api/v1/check-message"): {"text": SAID, "sender": SAID[:80]},
    }  # fmt: skip
    taken = set()
    async with bank.agent() as agent:
        for (method, path), body in typed.items():
            answer = await agent.request(method, path, json=body)
            assert answer.status_code < 500, (path, answer.text)
            if answer.status_code < 300:
                taken.add(path)
        for path in ("/api/v1/interactions", "/api/v1/knowledge"):
            await agent.get(path, params={"q": f"{PAN} {SAID}"[:90]})
    async with bank.whole.client() as visitor:
        page = (await visitor.get("/chat")).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        form = {"csrf": found.group(1), "language": "zh", "key": "key-of-planted"}
        await visitor.post("/chat/messages", data=form | {"text": SAID})
        for name, content in ((f"卡号{PAN}.txt", SAID.encode()), ("a.txt", PAN.encode())):
            await visitor.post("/chat/files", data=form, files={"file": (name, content)})
        taken.add("visitor")
    return taken


async def test_no_secret_stands_anywhere_after_it_was_typed_everywhere(
    bank: BusyBank, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    whole, parts = bank.whole, bank.whole.running.parts
    logged: list[str] = []

    def remember(logger: object, method: str, event: structlog.typing.EventDict) -> str:
        logged.append(str(dict(mask_event(logger, method, event))))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, remember])
    events: list[str] = []
    listening = asyncio.create_task(_listen(bank, events))
    try:
        taken = await say_everywhere(bank)
        assert len(taken) >= 12, taken
        code = await _secrets_of_holders(bank)
        secrets = await _secrets_of_staff(bank)
        kept = await everything(bank, tmp_path)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        structlog.configure(**before)
    kept.parts["log"] = "\n".join(logged) + _said(caplog) + "".join(capsys.readouterr())
    kept.parts["live events"] = "\n".join(events)
    assert len(events) > 3, "no open desk heard of anything: nothing was searched"
    faults = {
        secret: where
        for secret in (PAN, SPACED, TYPED_CODE, TYPED_PASSWORD, f"CVV {CVV}", *secrets)
        if (where := kept.holding(secret))
    }
    assert not faults, "\n".join(f"{secret!r}: {where}" for secret, where in faults.items())
    assert kept.holding(QUERY_PASSWORD) == []
    assert set(kept.holding(code)) <= {f"table {name}" for name in SEALED}
    assert kept.holding("**** **** **** 0128"), "what people typed was not kept at all"
    async with parts.database.transaction() as tx:
        await tx.connection.execute(
            "UPDATE desk_note SET text = text || %s WHERE interaction IS NOT NULL", (PAN,)
        )
    again = (await everything(bank, tmp_path)).holding(PAN)
    assert "table desk_note" in again, "a secret that is there is not found: this test can not fail"
    assert any(name.startswith("GET /api/v1/interactions/{interaction}") for name in again)
    assert whole is bank.whole


def _said(caplog: pytest.LogCaptureFixture) -> str:
    """What the server logged; the browser of this test logs the addresses that it asks for."""
    ours = (one for one in caplog.records if not one.name.startswith(("httpx", "httpcore")))
    return "\n".join(one.getMessage() for one in ours)


async def _listen(bank: BusyBank, events: list[str]) -> None:
    async for _, payload in bank.whole.running.parts.database.listen("live", "routing"):
        events.append(payload)


async def _secrets_of_holders(bank: BusyBank) -> str:
    """A query password is set and tried, a code is sent; return the code."""
    parts = bank.whole.running.parts
    holder = HolderId(HOLDER.id)
    async with parts.database.transaction() as tx:
        about = {"config": parts.identity, "stream": "i1", "by": OPERATOR, "at": utc_now()}
        await query_password.bring_query_password(
            tx,
            holder=holder,
            password=Secret(QUERY_PASSWORD),
            **about,  # type: ignore[arg-type]
        )
        subject = subject_of(HOLDER, [CARD])
        for tried in (TYPED_PASSWORD, QUERY_PASSWORD):
            await query_password.check_query_password(
                tx,
                subject=subject,
                password=Secret(tried),
                caller=None,
                **about,  # type: ignore[arg-type]
            )
        verdict = await issue_one_time_code(
            tx,
            subject=subject,
            purpose=CodePurpose.IDENTIFY,
            **about,  # type: ignore[arg-type]
        )
        assert verdict.allowed, verdict.codes
    from cardline.adapters.sms.outbox import OutboxSms
    from cardline.messages.actions import dispatch

    await dispatch(
        parts.database, OutboxSms(parts.database), config=parts.identity.sms, clock=utc_now
    )
    sent = "".join(
        str(one) for one in await bank.whole.ask("SELECT t::text FROM sms_embedded AS t")
    )
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", sent)
    assert found, "no code was sent"
    return found.group(1)


async def _secrets_of_staff(bank: BusyBank) -> list[str | bytes]:
    """Somebody logs in, wrongly and rightly; return all that must not be kept."""
    parts = bank.whole.running.parts
    number = "7002"
    hashed = await parts.login.vault.hash_password(number, Secret(STAFF_PASSWORD))
    async with parts.database.transaction() as tx:
        await credentials.bring_credentials(
            tx, number, hashed=hashed, totp_secret=TOTP, config=parts.login, by=OPERATOR,
            at=utc_now(),
        )  # fmt: skip
    transport = httpx.ASGITransport(bank.whole.application)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        right = {"number": number, "password": STAFF_PASSWORD}
        right["code"] = code_of(TOTP, step_of(utc_now()))
        wrong = right | {"password": f"{STAFF_PASSWORD}?"}
        malformed = right | {"code": {"a": STAFF_PASSWORD}}
        for body in (malformed, wrong):
            assert (await browser.post("/api/v1/session", json=body)).status_code in (401, 422)
        answer = await browser.post("/api/v1/session", json=right)
        assert answer.status_code == 200, answer.text
        session = browser.cookies["cardline_session"]
    return [STAFF_PASSWORD, TOTP, session, answer.json()["csrf"], TOKEN, token_of("agent")]
