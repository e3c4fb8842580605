"""What is sent to the doors of complaints to hurt: each says what it did, the house stays well."""

import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import aiosmtplib
import pytest

from tests.journeys.post_office import COMPLAINTS, SECONDS, SERVICE, PostOffice
from tests.journeys.program import Program, until
from tests.journeys.test_complaint_doors import STATEMENT, Floor, Form, floor, form

pytestmark = pytest.mark.timeout(240)
__all__ = ["floor", "form"]
FALSE_PAPER = b"%PDF-1.7\n\x00\xff this is no paper"
_NUMBER = count(1)


def bomb() -> bytes:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("账单.txt", b"0" * 100_000_000)
    return made.getvalue()


async def whole_of(floor: Floor, sender: str, *, cases: int = 1) -> list[dict[str, Any]]:
    """Wait until an address has so many complaints; return them whole, the oldest first."""

    async def there() -> Any:
        rows = await floor.lead.get("/complaints", door="email", limit="200")
        wholes = [await floor.lead.get(f"/complaints/{one['id']}") for one in rows]
        mine = [one for one in wholes if one["name"] == sender]
        return mine if len(mine) >= cases else None

    return list(await until(there, within=SECONDS, what=f"{cases} complaints of {sender}"))


@pytest.fixture
async def well(program: Program) -> AsyncIterator[None]:
    """The program answers all the while, in time: nobody waits for what is done to it."""
    slow: list[float] = []

    async def ask() -> None:
        while True:
            began = time.monotonic()
            assert (await program.readiness())["ready"]
            slow.append(time.monotonic() - began)
            await asyncio.sleep(0.2)

    asking = asyncio.create_task(ask())
    yield
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert asking.cancelled(), asking.exception()
    assert sorted(slow)[len(slow) // 2] < 1.0, slow


@pytest.mark.usefixtures("well")
async def test_an_e_mail_of_25_megabytes_is_taken_and_a_larger_one_is_refused_before_it_is_sent(
    floor: Floor, post_office: PostOffice
) -> None:
    sender = "large@example.net"
    head = f"From: {sender}\r\nTo: {COMPLAINTS}\r\nSubject: large\r\nMessage-ID: <l@x>\r\n\r\n"
    line = b"x" * 76 + b"\r\n"
    body = STATEMENT.encode() + b"\r\n" + line * 334_000
    await post_office.bring(head.encode() + body, to=COMPLAINTS, sender=sender)
    (whole,) = await whole_of(floor, sender)
    assert STATEMENT in whole["statement"]
    with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
        await post_office.bring(head.encode() + body + line * 12_000, to=COMPLAINTS, sender=sender)
    assert refused.value.code == 552


@pytest.mark.usefixtures("well")
async def test_bombs_and_false_papers_are_left_out_and_the_complaint_says_so(
    floor: Floor, post_office: PostOffice
) -> None:
    sender = "bomb@example.net"
    files = (
        ("账单.zip", "application/zip", bomb()),
        ("合同.pdf", "application/pdf", FALSE_PAPER),
    )
    await post_office.write(STATEMENT, sender=sender, files=files)
    (whole,) = await whole_of(floor, sender)
    assert whole["files"] == []
    story = await floor.lead.get(f"/interactions/{whole['interaction']}")
    came = next(one for one in story["timeline"] if one["kind"] == "email.received")
    assert len(came["refused"]) == 2, came
    assert await post_office.next_to(sender)


MALFORMED = {
    "endless.parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 5000,
    "no.end": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n",
    "false.code": b"Content-Transfer-Encoding: base64\r\n"
    b"Content-Type: text/plain; charset=x\r\n\r\n%%%%not base64\xff\xfe\r\n",
    "deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one)
        for one in range(400)
    ),
    "no.head": b"\r\n\xff\xfe\x00\x01 only bytes\r\n",
}


@pytest.mark.usefixtures("well")
async def test_whatever_is_malformed_is_read_as_far_as_it_goes(
    floor: Floor, post_office: PostOffice
) -> None:
    for name, rest in MALFORMED.items():
        sender = f"{name}@example.net"
        head = f"From: {sender}\r\nSubject: {name} {STATEMENT}\r\n"
        head += f"Message-ID: <{next(_NUMBER)}@mal>\r\n"
        await post_office.bring(head.encode() + rest, to=COMPLAINTS, sender=sender)
        # What is an attack and no e-mail is kept by its words alone: nobody is believed to have
        # written it.
        (whole,) = await whole_of(floor, "" if name == "deep" else sender)
        assert f"{name} {STATEMENT}" in whole["statement"]


@pytest.mark.usefixtures("well")
async def test_machines_that_answer_are_not_answered_and_nothing_goes_round_in_a_circle(
    floor: Floor, post_office: PostOffice
) -> None:
    robot = "robot@example.net"
    marks = (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<all.example.net>"},
        {"X_Autoreply": "yes"},
    )
    for mark in marks:
        await post_office.write(STATEMENT, sender=robot, **mark)
    await post_office.write(STATEMENT, sender=robot, subject="自动回复：您的投诉已收到")
    # Our own e-mail, sent on to us by somebody's rule.
    first = "forward@example.net"
    await post_office.write(STATEMENT, sender=first)
    ours = (await post_office.next_to(first)).message
    await post_office.bring(ours.as_bytes(), to=COMPLAINTS, sender=first)
    await post_office.bring(ours.as_bytes(), to=SERVICE, sender=first)
    # What came last is through, so all of it is.
    await post_office.write(STATEMENT, sender="last@example.net")
    await post_office.next_to("last@example.net")
    rows = await floor.lead.get("/complaints", door="email", limit="200")
    names = [(await floor.lead.get(f"/complaints/{one['id']}"))["name"] for one in rows]
    assert robot not in names
    assert names.count(first) == 1
    assert "complaints@card.bank.example" not in names
    assert post_office.to(robot) == []
    assert len(post_office.to(first)) == 1
    assert post_office.to(COMPLAINTS) == post_office.to(SERVICE) == []


@pytest.mark.usefixtures("well")
async def test_a_flood_of_one_address_is_five_complaints_one_answer_and_nothing_lost(
    floor: Floor, post_office: PostOffice
) -> None:
    sender, most = "flood@example.net", 5
    for number in range(most + 4):
        await post_office.write(f"第{number}件：我要投诉。", sender=sender)
    wholes = await whole_of(floor, sender, cases=most)
    assert len(wholes) == most
    added = [fact["text"] for one in wholes for fact in one["facts"]]
    assert [f"第{number}件" in text for number, text in enumerate(added, start=most)] == [True] * 4
    assert all("并入办理" in text for text in added)
    await post_office.next_to(sender)
    await post_office.write(STATEMENT, sender="after@example.net")
    await post_office.next_to("after@example.net")
    assert len(post_office.to(sender)) == 1


async def test_a_paper_that_is_none_is_refused_by_the_form_and_what_was_typed_is_kept(
    floor: Floor, form: Form
) -> None:
    files = [("files", ("合同.pdf", FALSE_PAPER, "application/pdf"))]
    body = {"as": "self", "key": "false-paper-1", "statement": STATEMENT, "name": "冯涛"}
    page = await form.client.post("/complain", data={**body, "phone": "13711104477"}, files=files)
    assert page.status_code == 422
    assert 'id="fault"' in page.text
    assert STATEMENT in page.text
    rows = await floor.lead.get("/complaints", door="form", limit="200")
    names = [(await floor.lead.get(f"/complaints/{one['id']}"))["name"] for one in rows]
    assert "冯涛" not in names


async def test_after_all_of_it_the_journal_holds(program: Program) -> None:
    ended = await program.tell("journal", "verify")
    assert ended.status == 0, ended.out + ended.err
