"""A complaint from each door to its end on a real server: what its complainant sees, and the desk.

Key 5, the public form and ``/my`` are walked in ``test_complaints``; here are e-mail, letter, chat,
what others hand on, and those who complain for, with or without somebody.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.journeys.browser import chromium
from tests.journeys.desk import Desk
from tests.journeys.people import Stage
from tests.journeys.post_office import SECONDS, PostOffice
from tests.journeys.program import Program, until
from tests.journeys.test_complaints import AgentsFor
from tests.journeys.test_query_password import Holders, code_sent_to

STATEMENT = "上周五客服答应退我三百元年费，到今天还没有退。"
REPLY = "您反映的年费问题，我们逐笔核对过了。"
pytestmark = pytest.mark.timeout(240)


@dataclass
class Floor:
    """Those who handle complaints, and what they do with one."""

    lead: Desk
    lead_number: str
    lead_name: str
    compliance: Desk

    async def row(self, case: str, *, door: str) -> dict[str, Any]:
        """Return the complaint as the list of the desk shows it."""
        rows = await self.lead.get("/complaints", door=door, limit="200")
        return next(dict(one) for one in rows if one["id"] == case)

    async def step(self, case: str, act: str, **body: Any) -> dict[str, Any]:
        """Take a step that must be allowed."""
        told = await self.lead.post(f"/complaints/{case}/{act}", **body)
        assert told["verdict"]["allowed"], told["verdict"]
        return dict(told)

    async def decided(self, case: str) -> None:
        """Take it up, accept it, decide it with an apology."""
        await self.step(case, "assign", to=self.lead_number)
        await self.step(case, "accept")
        await self.step(
            case,
            "decide",
            outcome="upheld",
            findings="查实客服当时已承诺退费",
            basis="领用合约第八条",
            reasons="承诺应当兑现",
            remedies=[{"kind": "apology"}],
        )

    async def becomes(self, case: str, state: str) -> dict[str, Any]:
        """Wait until it is in a state; return it whole."""

        async def there() -> Any:
            whole = await self.lead.get(f"/complaints/{case}")
            return whole if whole["row"]["state"] == state else None

        found = await until(there, within=SECONDS, what=f"{case} to be {state}")
        return dict(found)

    async def untold(self, case: str) -> list[str]:
        """Return the open tasks that this complaint has given somebody, but for its own ones."""
        tasks = await self.lead.get("/tasks", whose="all", limit="200")
        said = [str(one["what"]) for one in tasks]
        return [one for one in said if case in one and "没有送达" in one]


@pytest.fixture
async def floor(program: Program, staff: list[dict[str, Any]]) -> AsyncIterator[Floor]:
    who = {one["role"]: one for one in staff}
    lead, compliance = (Desk(program, str(who[role]["token"])) for role in ("lead", "compliance"))
    yield Floor(lead, str(who["lead"]["number"]), str(who["lead"]["name"]), compliance)
    await lead.close()
    await compliance.close()


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (240, 320), "#f4f1e8").save(made, "PNG")
    return made.getvalue()


def in_words(day: str) -> str:
    """Return a day as letters and e-mails say it."""
    told = date.fromisoformat(day)
    return f"{told.year}年{told.month}月{told.day}日"


def words_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


# ---------------------------------------------------------------- e-mail


async def test_by_e_mail_it_is_acknowledged_answered_in_its_thread_and_owed_again_when_that_bounces(
    floor: Floor, post_office: PostOffice
) -> None:
    sender = "zhou.ting@example.net"
    files = (("截图.png", "image/png", picture()),)
    first = await post_office.write(STATEMENT, sender=sender, subject="年费", files=files)
    word = await post_office.next_to(sender)
    assert word.message["In-Reply-To"] == first
    case = re.findall(r"C\d{6}-\w{6}", str(word.message["Subject"]))[0]
    row = await floor.row(case, door="email")
    assert (row["state"], row["handler"]) == ("received", None)
    whole = await floor.lead.get(f"/complaints/{case}")
    answer_by = next(one for one in whole["clocks"] if one["task"]["code"] == "answer")
    assert in_words(answer_by["last_day"]) in word.text
    assert "年费" not in word.text
    assert len(whole["files"]) == 1
    assert "acknowledged" in whole["marks"]

    # What is written back goes on in it.
    await post_office.write(
        "我有通话录音。", sender=sender, subject=f"回复：{word.message['Subject']}",
        In_Reply_To=str(word.message["Message-ID"]),
    )  # fmt: skip

    async def added() -> Any:
        return (await floor.lead.get(f"/complaints/{case}"))["facts"]

    assert [one["text"] for one in await until(added, within=SECONDS, what="it to be added")] == [
        "我有通话录音。"
    ]

    # The answer comes in the same thread, and counts when it has left.
    await floor.decided(case)
    await floor.step(case, "notices", about="answer", channel="email", text=REPLY)
    answer = await post_office.next_to(sender, already=1)
    assert answer.message["In-Reply-To"] == first
    for said in (REPLY, "领用合约第八条", "12378", "仲裁"):
        assert said in answer.text
    told = await floor.becomes(case, "answered")
    notice = next(one for one in told["notices"] if one["about"] == "answer")
    assert notice["proof"]
    assert notice["proven_at"]

    # It comes back: the answer is owed again, and one task says so.
    await post_office.cannot_deliver(answer)
    owed = await floor.becomes(case, "decided")
    assert "answered" not in owed["marks"]
    assert len(await floor.untold(case)) == 1
    tasks = await floor.lead.get("/tasks", whose="all", limit="200")
    assert not [one for one in tasks if "邮件未送达" in one["what"] and case in one["what"]]
    await floor.step(
        case, "notices", about="answer", channel="call", text=REPLY, proof="call-1",
        proof_kind="call",
        contents=[
            *("findings", "basis", "reasons", "reexamination", "mediation", "arbitration", "court")
        ],
    )  # fmt: skip
    assert await floor.untold(case) == []
    await floor.step(
        case, "classify", product="credit-card", issue="annual-fee", severity="low",
        causes=["fee-disclosure"], subjects=["fees"],
    )  # fmt: skip
    for remedy in told["decisions"][-1]["remedies"]:
        await floor.lead.post(f"/complaint-remedies/{remedy['id']}/done", text="已致电道歉")
    await floor.step(case, "close")
    assert (await floor.row(case, door="email"))["state"] == "closed"


# ---------------------------------------------------------------- letter


async def test_by_letter_it_is_answered_on_numbered_paper_and_owed_again_when_that_comes_back(
    floor: Floor, program: Program
) -> None:
    came = date.today() - timedelta(days=1)  # noqa: DTZ011 - the day of a stamp, on this machine
    scan = io.BytesIO()
    Image.new("RGB", (600, 800), "#ffffff").save(scan, "PDF")
    await floor.lead.hand_in(
        "/letters-in",
        [("files", ("来信.pdf", scan.getvalue(), "application/pdf"))],
        subject="年费没有退",
        received_on=came.isoformat(),
        box="complaints",
        sender="吴建国",
    )
    rows = await floor.lead.get("/complaints", door="letter", limit="200")
    wholes = [await floor.lead.get(f"/complaints/{one['id']}") for one in rows]
    whole = next(one for one in wholes if one["name"] == "吴建国")
    case = whole["row"]["id"]
    assert len(whole["files"]) == 1
    received = datetime.fromisoformat(whole["row"]["received_at"]).astimezone(UTC)
    assert (received + timedelta(hours=8)).date() == came, "the day of its stamp counts"

    await floor.decided(case)
    to = "610000 成都市锦江区春熙路1号"
    told = await floor.step(case, "notices", about="answer", channel="letter", text=REPLY, to=to)
    letter = await printed(floor, told["made"], case)
    pdf = await floor.lead.content(f"/letters/{letter['id']}/pdf")
    paper = words_of(pdf)
    for said in (letter["number"], "吴建国", "春熙路1号", REPLY.rstrip("。"), case, "申请核查"):
        assert "".join(said.split()) in paper, said
    assert told["complaint"]["state"] == "decided"
    await floor.lead.post(f"/letters/{letter['id']}/posted", **posting(letter, "XA00000000144"))
    answered = await floor.becomes(case, "answered")
    in_time = answered["marks"]["answered"]

    # The post brings it back.
    await floor.lead.post(f"/letters/{letter['id']}/returned", reason="moved")
    owed = await floor.becomes(case, "decided")
    assert owed["marks"]["answered"] == in_time, "it was posted in time (CMP 21)"
    assert len(await floor.untold(case)) == 1
    to_whom = {"name": "吴建国", "lines": ["610041", "成都市武侯区人民南路4号"]}
    sent = await floor.lead.post(
        f"/letters/{letter['id']}/again", addressee=to_whom, registered=True
    )
    second = await in_the_tray(floor, sent["id"])
    assert second["number"] != letter["number"]
    await floor.lead.post(f"/letters/{second['id']}/posted", **posting(second, "XA00000000244"))
    once_more = await floor.becomes(case, "answered")
    assert once_more["marks"]["answered-again"] > in_time
    assert await floor.untold(case) == []


def posting(letter: dict[str, Any], number: str) -> dict[str, str]:
    """Return what the post room enters: posted just when it was printed."""
    return {"carrier": "中国邮政", "posting": number, "posted_at": letter["printed_at"]}


async def printed(floor: Floor, notice: str, case: str) -> dict[str, Any]:
    """Wait until the letter that carries a notice is printed."""
    whole = await floor.lead.get(f"/complaints/{case}")
    letter = next(one["carried_by"] for one in whole["notices"] if one["id"] == notice)
    return await in_the_tray(floor, letter)


async def in_the_tray(floor: Floor, letter: str) -> dict[str, Any]:
    """Wait until a letter lies in the printer's tray."""

    async def there() -> Any:
        return [one for one in await floor.lead.get("/letters") if one["id"] == letter]

    return dict((await until(there, within=SECONDS, what="the letter to be printed"))[0])


# ---------------------------------------------------------------- chat


async def test_by_chat_a_person_writes_it_down_and_the_same_by_the_form_goes_on_in_it(
    floor: Floor, program: Program, agents_for: AgentsFor
) -> None:
    agent = Desk(program, str(agents_for("complaint")[0]["token"]))
    await agent.put("/chats/availability", ready=True, capacity=3)
    async with chromium() as browser:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"http://{program.http}/chat?language=zh")
        await page.fill("#text", "我要投诉")
        await page.click("button[value=send]")

        async def following() -> Any:
            return (await agent.get("/chats/mine"))["next"]

        chat = (await until(following, within=SECONDS, what="a chat to take"))["id"]
        assert (await agent.attempt(f"/chats/{chat}/accept")).is_success
        told = await agent.post(
            f"/interactions/{chat}/complaint",
            key="written-once",
            statement=STATEMENT,
            name="孙丽",
            reach={"phone": "+8613711104321"},
            subjects=["fees"],
        )
        case = told["complaint"]
        said = f"您的投诉编号是{case}，我们最迟于{in_words(told['next_by'])}回复您。"
        assert (
            await agent.attempt(f"/chats/{chat}/messages", text=said, key=f"k-{chat}")
        ).is_success
        await page.click("button[value=refresh]")
        assert case in await page.inner_text("#messages")
        await agent.attempt(f"/chats/{chat}/close", outcome="resolved")

        # The same person, impatient, writes the same into the public form.
        await page.goto(f"http://{program.http}/complain/new?as=self")
        await page.fill("#statement", STATEMENT)
        await page.fill("#name", "孙丽")
        await page.fill("#phone", "137 1110 4321")
        await page.click("main button.primary")
        second = (await page.inner_text("#reference")).strip()
        word = (await page.inner_text("#word")).strip()
        assert second != case
        await page.goto(f"http://{program.http}/complain/{second}")
        await page.fill("#word", word)
        await page.click("main button.primary")
        seen = await page.inner_text("main")
        assert case in seen
        assert STATEMENT in seen
    await agent.put("/chats/availability", ready=False)
    await agent.close()
    whole = await floor.lead.get(f"/complaints/{case}")
    assert whole["joined"] == [second]
    assert [one["door"] for one in whole["arrivals"]] == ["chat", "form"]
    assert (await floor.row(second, door="form"))["state"] == "joined"
    row = await floor.row(case, door="chat")
    assert row["next_last_day"]


# ---------------------------------------------------------------- handed on


async def test_what_a_regulator_hands_on_has_its_own_clock_and_its_holder_sees_it(
    floor: Floor, stage: Stage, holders: Holders
) -> None:
    holder = holders()
    bank = await stage.program.ask("holder", "show", holder["phone"])
    body = {
        "number": "金监转〔2026〕118号",
        "received_at": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
        "holder": bank["accounts"][0]["id"].rpartition("-")[0],
        "statement": STATEMENT,
        "subjects": ["fees"],
    }
    first = await floor.compliance.post("/complaint-transfers", door="association", **body)
    case = first["complaint"]
    assert "tell-regulator" not in await tasks_of(floor, case)
    again = await floor.compliance.post("/complaint-transfers", door="regulator", **body)
    assert again["joined_to"] == case
    due = await tasks_of(floor, case)
    assert due["tell-regulator"] < due["answer"], "seven working days, not fifteen"
    whole = await floor.lead.get(f"/complaints/{case}")
    assert [one["reference"] for one in whole["arrivals"]] == [body["number"]] * 2
    await floor.decided(case)
    assert (await floor.row(case, door="association"))["next_what"] == "tell-regulator"
    await floor.step(case, "outside", whom="regulator-told", reference="复函〔2026〕7号")
    row = await floor.row(case, door="association")
    assert row["next_what"] == "answer"
    async with chromium() as browser:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(f"http://{stage.program.http}/my/complaints/{case}")
        await page.fill("#phone", holder["phone"].removeprefix("+86"))
        await page.click("main button.primary")
        await page.wait_for_selector("#code")
        await page.fill("#code", await code_sent_to(stage, holder))
        await page.click("main button.primary")
        await page.fill("#card_tail", holder["cards"][0]["tail"])
        await page.fill("#id_tail", holder["id_tail"])
        await page.click("main button.primary")
        seen = await page.inner_text("main")
    for said in ("已作出决定", in_words(row["next_last_day"]), floor.lead_name, STATEMENT):
        assert said in seen, said


async def tasks_of(floor: Floor, case: str) -> dict[str, str]:
    """Return what is due on a complaint, and by when."""
    whole = await floor.lead.get(f"/complaints/{case}")
    return {one["task"]["code"]: one["due_at"] for one in whole["clocks"]}


# ---------------------------------------------------------------- for others, with others, unnamed


@dataclass
class Form:
    """The public form, filled by somebody with a browser that runs no script."""

    client: httpx.AsyncClient

    async def send(self, who: str, key: str = "", **fields: str) -> tuple[str, str]:
        """Send it; returns the reference and the word."""
        blank = (await self.client.get(f"/complain/new?as={who}")).text
        given = re.findall(r'name="key" value="([^"]+)"', blank)[0]
        body = {"as": who, "key": key or given, "statement": STATEMENT, **fields}
        done = await self.client.post("/complain", data=body)
        assert done.status_code == 200, done.text
        found = re.findall(r'id="(?:reference|word)">([^<]+)<', done.text)
        assert len(found) == 2, done.text
        return found[0], found[1]

    async def see(self, reference: str, word: str) -> str:
        """Return what the page of a complaint says."""
        page = await self.client.post(f"/complain/{reference}", data={"word": word})
        assert page.status_code == 200
        return page.text


@pytest.fixture
async def form(program: Program) -> AsyncIterator[Form]:
    # From an address of its own, so that nobody else's tries count.
    transport = httpx.AsyncHTTPTransport(local_address="127.0.0.9")
    async with httpx.AsyncClient(
        base_url=f"http://{program.http}", transport=transport, timeout=30
    ) as client:
        yield Form(client)


async def test_a_proxy_is_told_nothing_before_they_have_shown_that_they_may(
    floor: Floor, form: Form
) -> None:
    case, word = await form.send(
        "proxy",
        name="周秀英",
        speaker="周明",
        phone="13711104444",
        statement=STATEMENT + "（母亲）",
    )
    page = await form.see(case, word)
    assert "已收到" in page
    await floor.decided(case)
    refused = await floor.lead.post(
        f"/complaints/{case}/notices", about="answer", channel="call", text=REPLY,
        proof="call-2", proof_kind="call",
    )  # fmt: skip
    codes = {one["code"] for one in refused["verdict"]["reasons"]}
    assert {"authority-needed", "proxy-identity-needed"} <= codes
    whole = await floor.lead.get(f"/complaints/{case}")
    assert whole["proxy"]["name"] == "周明"
    assert REPLY not in await form.see(case, word)


async def test_several_complain_together_and_somebody_without_a_name(
    floor: Floor, form: Form
) -> None:
    several, _ = await form.send(
        "joint", name="郑强", people="23", speaker="郑强\n何雨", phone="13711104455"
    )
    whole = await floor.lead.get(f"/complaints/{several}")
    assert whole["joint"] == {
        "people": 23, "representatives": ["郑强", "何雨"], "in_person": False
    }  # fmt: skip

    unnamed, word = await form.send("anonymous")
    await floor.decided(unnamed)
    row = await floor.row(unnamed, door="form")
    assert (row["anonymous"], row["next_what"]) == (True, None)
    assert "已作出决定" in await form.see(unnamed, word)


async def test_a_form_that_is_sent_twice_at_once_is_one_complaint(floor: Floor, form: Form) -> None:
    fields = {"name": "钱进", "phone": "13711104466", "statement": STATEMENT + "（钱）"}
    body = {"as": "self", "key": "pressed-twice-0001", **fields}
    both = await asyncio.gather(*(form.client.post("/complain", data=body) for _ in range(2)))
    assert [one.status_code for one in both] == [200, 200]
    found = {re.findall(r"C\d{6}-\w{6}", one.text)[0] for one in both}
    assert len(found) == 1
