"""A bank elsewhere: the whole program under the packs of the United Kingdom and the United States.

A stranger complains on the public page; the desk, which comes up in English, looks at what is due
and why, decides, and answers by a letter. A letter is stopped before it is printed. Nobody is told
a law, a line, a currency or a time of China.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser import chromium
from tests.journeys.desk_agents import LATE, Seat, at_the_desk
from tests.journeys.program import Program, copy_home, until
from tests.journeys.shell import Shell

Staff = list[dict[str, Any]]

OF_CHINA = re.compile(r"12378|12363|12315|12321|96110|CNY|¥|yuan|China|CMP|PBC|[\u4e00-\u9fff]{4}")
"""What no page in English says abroad; names of the made-up staff are shorter."""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
def abroad(
    bank: Path, shell: Shell, prompts: Path, flow: Path, tmp_path: Path
) -> Iterator[Callable[[str], Program]]:
    """Make the bank's program under another pack; its printer's folder is in the way."""
    made: list[Program] = []

    def make(pack: str) -> Program:
        home = copy_home(bank, tmp_path / pack)
        (home / "print").write_text("no folder")  # nothing is printed until it is gone
        environment = {
            "CARDLINE_PACK": pack,
            "CARDLINE_LETTERS_FROM_EN": "1 Bank Street, London E14 5JP",
        }
        made.append(Program(home, shell, prompts=prompts, flow=flow, environment=environment))
        return made[-1]

    yield make
    for program in made:
        program.tear_down()


async def complains(
    browser: Browser, program: Program, *, phone: str, address: str
) -> tuple[str, str, str]:
    """Complain on the public page, as a stranger; return reference, code and what was said."""
    page = await browser.new_page()
    await page.goto(f"http://{program.http}/complain/new?as=self")
    await expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    await page.fill("[name=statement]", "My payment of October was booked twice.")
    await page.fill("[name=name]", "Jo Bennett")
    await page.fill("[name=phone]", phone)
    await page.fill("[name=address]", address)
    asked = await page.inner_text("main")
    await page.locator("main form button.primary").click()
    main = page.locator("main")
    await expect(main.get_by_text(re.compile(r"C\d{6}-\w{6}"))).to_be_visible(timeout=LATE)
    said = await main.inner_text()
    reference, code = re.search(r"C\d{6}-\w{6}", said), re.search(r"\d{4} \d{4} \d{4}", said)
    assert reference, said
    assert code, said
    for path in ("/complain/outside", "/my/contact-policy", "/verify", "/complain"):
        await page.goto(f"http://{program.http}{path}")
        if path != "/verify":  # its registry is the demonstration's
            told = await main.inner_text()
            assert not OF_CHINA.search(told), f"{path}: {told}"
            said += told
    await page.close()
    return reference[0], code[0], f"{asked}{said}"


async def reckons(page: Page, *expected: str) -> None:
    """Open every explanation of what is due, and find the sentences there."""
    due = page.locator(".panel", has=page.get_by_role("heading", name="What is due"))
    for one in await due.locator("summary").all():
        await one.click()
    for sentence in expected:
        await expect(due.get_by_text(sentence).first).to_be_visible(timeout=LATE)


async def classifies(seat: Seat, case: str, *, subject: str) -> None:
    """Take it, accept it, and say what it is about."""
    page = seat.page
    await seat.screen.open(f"/complaints/{case}")
    await page.get_by_role("button", name="I handle it", exact=True).click()
    await page.get_by_role("button", name="Accept", exact=True).click()
    for field, code in (("product", "card"), ("issue", "fees-interest"), ("severity", "middle")):
        await page.locator(f"#classify-{field}").select_option(code)
    await page.get_by_role("checkbox", name=subject, exact=True).check()
    await page.get_by_role("group", name="Root causes").get_by_role("checkbox").first.check()
    await seat.button("Confirm what it is about").last.click()
    await expect(page.locator(".facts").get_by_text(subject)).to_be_visible(timeout=LATE)


async def upholds(seat: Seat, *, limit: str, unit: str) -> None:
    """Uphold it. Accounts are kept in yuan here, so that nothing can be paid, and it says so."""
    page = seat.page
    await page.get_by_label("Upheld", exact=True).check()
    for field in ("findings", "basis", "reasons"):
        await page.locator(f"#complaint-{field}").fill("It was booked twice.")
    await page.get_by_label("Compensation", exact=True).check()
    await expect(page.get_by_text(f"not kept in {unit}", exact=False)).to_be_visible()
    await expect(page.get_by_text(f"Above {limit} a second person")).to_be_visible()
    await page.get_by_label("Compensation", exact=True).uncheck()
    await page.get_by_label("Apology", exact=True).check()
    await page.locator("form").get_by_role("button", name="Decide", exact=True).click()
    await expect(page.locator("#tell-channel")).to_be_visible(timeout=LATE)


async def answers(seat: Seat) -> None:
    """Answer by letter."""
    page = seat.page
    await page.locator("#tell-channel").select_option("letter")
    await page.locator("#tell-text").fill("Thank you for your patience.")
    form = page.locator("form", has=page.locator("#tell-text"))
    await form.get_by_role("button", name="Tell the complainant").click()
    await expect(page.get_by_text("on its way: it counts with its proof")).to_be_visible(
        timeout=LATE
    )


async def stops(lead: Seat, number: str) -> None:
    """Stop a letter that waits for the printer, with a reason, by the keyboard alone."""
    page = lead.page
    await lead.screen.open("/letters")
    await page.get_by_text("To be printed", exact=True).click()
    row = page.get_by_role("row").filter(has_text=number)
    await lead.button("Stop", within=row).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#withdraw-why")).to_be_focused(timeout=LATE)
    await expect(lead.dialog.get_by_role("button", name="Stop")).to_be_disabled()
    await page.keyboard.type("The wrong month")
    await page.keyboard.press("Tab")  # to Cancel
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(row).to_have_count(0, timeout=LATE)
    await page.get_by_text("Stopped", exact=True).click()
    await expect(row.get_by_text("by 6001: The wrong month")).to_be_visible(timeout=LATE)
    await lead.screen.check_access()


async def printed(program: Program) -> Path:
    """Clear the way to the printer and wait for the one letter."""
    folder = program.home / "print"
    folder.unlink()

    def come() -> list[Path]:
        return sorted(folder.glob("*.json"))

    (letter,) = await until(come, within=90, what="the letter to be printed")
    return Path(letter)


async def test_a_british_bank_answers_by_its_own_law_in_its_own_words_and_time(
    browser: Browser, abroad: Callable[[str], Program], staff: Staff
) -> None:
    program = abroad("uk")
    await program.start()
    case, code, said = await complains(
        browser, program, phone="07911 123456", address="12 High Street, London SW1A 1AA"
    )
    assert "within 56 days as a rule" in said
    assert "Financial Ombudsman Service" in said
    assert "0800 023 4567" in said
    handler = next(one for one in staff if one["role"] == "compliance")
    lead = next(one for one in staff if one["role"] == "lead")
    async with (
        at_the_desk(browser, program, handler) as seat,
        at_the_desk(browser, program, lead) as reader,
    ):
        page = seat.page
        await classifies(seat, case, subject="payment services")
        await expect(page.locator(".facts").get_by_text("+447911123456")).to_be_visible()
        await reckons(
            page, "Working days allowed: 15; Saturdays and Sundays do not count (DISP 1.6.2A).",
            "Working days allowed: 3; Saturdays and Sundays do not count (DISP 1.5.1).",
        )  # fmt: skip
        assert not OF_CHINA.search(await page.inner_text("main"))
        await upholds(seat, limit="£100.00", unit="pounds")
        await answers(seat)
        await stops(reader, "000001")
        await seat.screen.open(f"/complaints/{case}")
        await expect(
            page.get_by_text("did not arrive (stopped before it was printed)")
        ).to_be_visible(timeout=LATE)
        history = page.locator(".panel", has=page.get_by_role("heading", name="What happened"))
        await expect(history.get_by_text("The wrong month")).to_be_visible()
        await answers(seat)
    letter = await printed(program)
    assert letter.stem.endswith("000002")  # the first keeps its number and is never printed
    assert (await program.ask("journal", "verify"))["intact"]
    await sees(browser, program, case, code)
    await program.stop()


async def sees(browser: Browser, program: Program, case: str, code: str) -> None:
    """The complainant sees where it is, in the bank's time, and who else can help."""
    page = await browser.new_page()
    await page.goto(f"http://{program.http}/complain/{case}")
    await page.fill("[name=word]", code)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Who else can help")).to_be_visible(timeout=LATE)
    assert not OF_CHINA.search(await page.inner_text("main"))
    await page.close()


async def test_an_american_bank_settles_billing_errors_by_cycles(
    browser: Browser, abroad: Callable[[str], Program], staff: Staff
) -> None:
    program = abroad("us")
    await program.start()
    case, code, said = await complains(
        browser, program, phone="(202) 555-0143", address="350 5th Ave, New York, NY 10118"
    )
    assert "within 60 days as a rule" in said
    assert "Consumer Financial Protection Bureau" in said
    assert "855-411-2372" in said
    handler = next(one for one in staff if one["role"] == "compliance")
    async with at_the_desk(browser, program, handler) as seat:
        await classifies(seat, case, subject="billing error")
        await expect(seat.page.locator(".facts").get_by_text("+12025550143")).to_be_visible()
        await reckons(
            seat.page, "Whole statement periods allowed: 2 (Reg Z 1026.13(c)(2)).",
            "In no event more than 90 days.",
        )  # fmt: skip
        assert not OF_CHINA.search(await seat.page.inner_text("main"))
        await upholds(seat, limit="$100.00", unit="dollars")
    await sees(browser, program, case, code)
    await program.stop()
