"""Who complains without a log-in follows it to its end: by the code of an e-mail, of a letter.

State, date, person, the answer, what they think of it, a re-examination, the evidence, which is
checked with nothing but itself.
"""

import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.browser import chromium
from tests.journeys.post_office import SECONDS, PostOffice
from tests.journeys.program import Program, until
from tests.journeys.shell import Shell
from tests.journeys.test_complaint_doors import (
    REPLY,
    STATEMENT,
    Floor,
    Form,
    floor,
    form,
    in_the_tray,
    in_words,
    words_of,
)

pytestmark = pytest.mark.timeout(240)
__all__ = ["floor", "form"]


async def pack_of(form: Form, program: Program, case: str, *, code: str, given: str) -> bytes:
    """Have the pack made, wait for the job, take it; two posts in all."""
    at, body = f"/complain/{case}/evidence", {"word": code, "given": given}
    folder = program.home / "evidence" / "packs"
    before = set(folder.glob("*.zip"))
    asked = await form.client.post(at, data=body)
    assert "正在制作" in asked.text

    async def made() -> Any:
        for _ in set(folder.glob("*.zip")) - before:
            taken = await form.client.post(at, data=body)
            if taken.headers["content-type"] == "application/zip":
                return taken.content
        return None

    return bytes(await until(made, within=2 * SECONDS, what="the pack"))


def holds(shell: Shell, path: Path, pack: bytes) -> bool:
    """Check a pack with nothing but itself."""
    path.write_bytes(pack)
    return "核验通过" in shell.run("verify-evidence", str(path)).out


async def test_by_the_code_of_an_e_mail_it_is_followed_to_a_re_examination_and_a_pack(
    floor: Floor, form: Form, post_office: PostOffice, program: Program, shell: Shell,
    tmp_path: Path,
) -> None:  # fmt: skip
    sender = "xu.jing@example.net"
    await post_office.write(f"{STATEMENT}（徐静）", sender=sender, subject="年费没退")
    mail = await post_office.next_to(sender)
    case = re.findall(r"C\d{6}-\w{6}", str(mail.message["Subject"]))[0]
    code = re.findall(r"\d{4} \d{4} \d{4}", mail.text)[0]
    assert f"/complain/{case}" in mail.text
    await floor.step(case, "assign", to=floor.lead_number)
    async with chromium() as browser:
        page = await (await browser.new_context(java_script_enabled=False)).new_page()
        await page.goto(f"http://{program.http}/complain")
        await page.fill("input[name=reference]", case.lower().replace("-", " "))
        await page.locator("form[action$='/look'] button").click()
        await page.fill("#word", code.replace(" ", ""))
        await page.click("main button.primary")
        seen = await page.inner_text("main")
        row = await floor.row(case, door="email")
        for said in ("已收到", floor.lead_name, in_words(row["next_last_day"]), STATEMENT):
            assert said in seen, said

        await floor.decided(case)
        await floor.step(case, "notices", about="answer", channel="email", text=REPLY)
        await floor.becomes(case, "answered")
        await page.goto(f"http://{program.http}/complain/{case}")
        await page.fill("#word", code)
        await page.click("main button.primary")
        assert REPLY in await page.inner_text("main")
        await page.get_by_role("button", name="不满意", exact=True).click()
        assert "您说：不满意" in await page.inner_text("main")
        await page.fill("#why", "还应当退还利息")
        await page.get_by_role("button", name="申请核查").click()
        seen = await page.inner_text("main")
        assert "核查申请已收到" in seen
        assert "还应当退还利息" in seen
    whole = await floor.lead.get(f"/complaints/{case}")
    assert whole["row"]["round"] == 2
    said = [one["body"] for one in whole["steps"] if one["kind"] == "complaint.followed-up"]
    assert [one["satisfied"] for one in said] == [False]
    assert code not in json.dumps(whole, ensure_ascii=False)

    pack = await pack_of(form, program, case, code=code, given=sender.upper())
    assert holds(shell, tmp_path / "mail.zip", pack)


async def test_by_the_code_of_a_letter_its_state_and_its_pack_are_open_and_the_copy_has_no_code(
    floor: Floor, form: Form, program: Program, shell: Shell, tmp_path: Path
) -> None:
    scan = io.BytesIO()
    Image.new("RGB", (600, 800), "#ffffff").save(scan, "PDF")
    today = date.today().isoformat()  # noqa: DTZ011 - the day of a stamp, on this machine
    await floor.lead.hand_in(
        "/letters-in",
        [("files", ("来信.pdf", scan.getvalue(), "application/pdf"))],
        subject="短信太多", received_on=today, box="complaints", sender="郑国栋",
    )  # fmt: skip
    rows = await floor.lead.get("/complaints", door="letter", limit="200")
    wholes = [await floor.lead.get(f"/complaints/{one['id']}") for one in rows]
    case = next(one["row"]["id"] for one in wholes if one["name"] == "郑国栋")
    told = await floor.step(
        case, "notices", about="acknowledgement", channel="letter",
        text="来信和附件都已收到，谢谢您。", to="610000 成都市锦江区春熙路2号",
    )  # fmt: skip
    whole = await floor.lead.get(f"/complaints/{case}")
    carrier = next(one["carried_by"] for one in whole["notices"] if one["id"] == told["made"])
    letter = await in_the_tray(floor, carrier)
    paper = words_of(on_paper(program, letter["id"]))
    assert case in paper
    code = re.findall(r"查询口令是(\d{12})", paper)[0]
    copy = words_of(await floor.lead.content(f"/letters/{letter['id']}/pdf"))
    assert "查询口令是******" in copy
    assert code not in copy
    seen = await form.see(case, code)
    assert "已收到" in seen
    pack = await pack_of(form, program, case, code=code, given="郑国栋")
    assert holds(shell, tmp_path / "letter.zip", pack)
    assert code.encode() not in pack


def on_paper(program: Program, letter: str) -> bytes:
    """Return what lies at the printer for a letter."""
    folder = program.home / "print"
    for manifest in folder.glob("*.json"):
        if json.loads(manifest.read_text(encoding="utf-8"))["letter"] == letter:
            return manifest.with_suffix(".pdf").read_bytes()
    raise AssertionError("nothing at the printer")
