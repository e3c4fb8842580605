"""The whole way of an e-mail and of a letter: SMTP in, the desk by HTTP, files and paper out."""

import asyncio
import email
import io
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
from pypdf import PdfReader

from cardline.adapters.corebank.account_store import add_holders
from cardline.app.outward.ways import send_for_ever, take_mail_in
from cardline.cards.model import Holder
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from tests.actions.test_mail_in import picture
from tests.actions.whole_application import Whole, whole_application
from tests.journeys.program import free_port

HOLDER = Holder(
    HolderId("h1"),
    "张伟",
    PhoneNumber("+8615400000001"),
    "123X",
    address="北京市西城区；金融大街17号院3号楼1201室",
    email="zhang@example.com",
)


@asynccontextmanager
async def house(database_url: str, home: Path) -> AsyncIterator[tuple[Whole, int]]:
    """The application with its loops and its door for e-mail."""

    async with whole_application(database_url, home) as whole:
        port = free_port(socket.SOCK_STREAM)
        parts = whole.running.parts
        async with parts.database.transaction() as tx:
            await add_holders(tx, [HOLDER])
        opened = replace(parts, settings=replace(parts.settings, mail_in=f"127.0.0.1:{port}"))
        tasks = [
            asyncio.create_task(send_for_ever(opened)),
            asyncio.create_task(take_mail_in(opened)),
        ]
        try:
            yield whole, port
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def until(found: Callable[[], Any]) -> Any:
    """Wait until there is something, for half a minute at most."""
    async with asyncio.timeout(30):
        while not (thing := found()):  # noqa: ASYNC110 - files and tables tell nobody
            await asyncio.sleep(0.05)
    return thing


def eml(home: Path, subject: str) -> EmailMessage | None:
    for path in (home / "mail" / "out").glob("*.eml"):
        read = email.message_from_bytes(path.read_bytes(), policy=default)
        if subject in str(read["Subject"]):
            assert isinstance(read, EmailMessage)
            return read
    return None


async def deliver(port: int, message: EmailMessage) -> None:
    for _ in range(100):
        try:
            await aiosmtplib.send(
                message, hostname="127.0.0.1", port=port, start_tls=False, timeout=10
            )
            return
        except aiosmtplib.SMTPConnectError:
            await asyncio.sleep(0.05)
    raise AssertionError("the door for e-mail never opened")


def checked(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_email_comes_in_by_smtp_is_answered_at_the_desk_and_leaves(
    database_url: str, tmp_path: Path
) -> None:
    async with house(database_url, tmp_path) as (whole, port):
        message = EmailMessage()
        message["From"], message["To"] = "张伟 <zhang@example.com>", "service@card.bank.example"
        message["Subject"], message["Message-ID"] = "账单问题", "<1@example.com>"
        message.set_content("我的账单不对，密码：845201")
        message.add_attachment(picture(), maintype="image", subtype="png", filename="账单.png")
        message.set_boundary("the-same-bytes-again")
        await deliver(port, message)
        await deliver(port, message)
        assert await until(lambda: eml(tmp_path, "已收到您的来信"))
        async with whole.client("lead") as lead:
            (head,) = checked(await lead.get("/api/v1/emails"))
            assert (head["holder"], head["registered"]) == ("h1", True)
            one = checked(await lead.get(f"/api/v1/emails/{head['id']}"))
            assert "845201" not in one["text"]
            file = await lead.get(f"/api/v1/emails/{head['id']}/files/{one['files'][0]['id']}")
            assert file.headers["content-type"] == "image/png"
            body = {"text": "已为您更正账单。", "key": "k1"}
            told = checked(await lead.post(f"/api/v1/emails/{head['id']}/answer", json=body))
            assert told["answers"][-1]["text"] == "已为您更正账单。"
            assert checked(await lead.get("/api/v1/emails")) == []
        reply = await until(lambda: eml(tmp_path, "回复：账单问题"))
        assert reply["In-Reply-To"] == "<1@example.com>"
        assert reply["To"] == "zhang@example.com"


async def test_a_letter_is_written_by_one_let_go_by_another_printed_and_posted(
    database_url: str, tmp_path: Path
) -> None:
    async with house(database_url, tmp_path) as (whole, _):
        async with whole.client("lead") as lead:
            draft = checked(
                await lead.post(
                    "/api/v1/letter-drafts",
                    json={"holder": "h1", "subject": "关于您的来信", "text": "您好。\n\n谢谢。"},
                )
            )
            shown = await lead.get(f"/api/v1/letter-drafts/{draft['id']}/pdf")
            assert shown.content.startswith(b"%PDF-")
            own = await lead.post(f"/api/v1/letter-drafts/{draft['id']}/approve")
            assert (own.status_code, own.json()["code"]) == (409, "four-eyes")
        async with whole.running.parts.database.transaction() as tx:
            await tx.connection.execute("UPDATE letter_draft SET author = '7999'")
        async with whole.client("lead") as lead:
            sent = checked(await lead.post(f"/api/v1/letter-drafts/{draft['id']}/approve"))
            manifest = await until(lambda: list((tmp_path / "print").glob("*.json")))
            told = json.loads(manifest[0].read_text(encoding="utf-8"))
            assert told["number"] == sent["number"]
            pdf = (tmp_path / "print" / f"{told['name']}.pdf").read_bytes()
            words = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
            assert "金融大街" in words.replace(" ", "")

            async with asyncio.timeout(30):
                while not (queue := checked(await lead.get("/api/v1/letters"))):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            body = {"carrier": "中国邮政", "posting": "XA1", "posted_at": queue[0]["printed_at"]}
            done = checked(await lead.post(f"/api/v1/letters/{queue[0]['id']}/posted", json=body))
            assert (done["state"], done["posting"]) == ("posted", "XA1")


async def test_scans_are_taken_in_by_a_form_larger_than_other_requests(
    database_url: str, tmp_path: Path
) -> None:
    async with house(database_url, tmp_path) as (whole, _), whole.client("agent") as agent:
        form = {"subject": "要求更正地址", "received_on": "2026-11-20", "holder": "h1"}
        large = b"%PDF-1.4\n" + b"%" * 600_000 + b"\nstartxref\n9\n%%EOF\n"
        files = [("files", ("1.pdf", large)), ("files", ("2.png", picture()))]
        letter = checked(await agent.post("/api/v1/letters-in", data=form, files=files))
        told = checked(await agent.get(f"/api/v1/letters-in/{letter['id']}"))
        assert [one["media_type"] for one in told["scans"]] == ["application/pdf", "image/png"]
        bad = await agent.post(
            "/api/v1/letters-in", data=form, files=[("files", ("x.pdf", b"no PDF"))]
        )
        assert (bad.status_code, bad.json()["code"]) == (422, "file-kind")
