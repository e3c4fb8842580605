"""What became of a text, as the network told it: in the holder's log, and on the agent's screen."""

import re
from pathlib import Path

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.identity.config import IdentityConfig
from cardline.messages.actions import dispatch, send_sms
from cardline.messages.delivery import take_receipt
from cardline.messages.model import FateUnknown, RejectedByGateway
from tests.actions.identity_desk import config
from tests.actions.portal_house import MINE, NOW, House
from tests.actions.test_messages_outbox import Gateway
from tests.actions.workplace import open_workplace
from tests.store.ledger_fixture import HOLDER

SHOWN = {
    # tail in the text: state, and what a holder reads in each language
    "1111": ("delivered", "已送达", "Delivered"),
    "2222": ("undelivered", "未能送达", "Could not be delivered"),
    "3333": ("unknown", "已发出，未能确认是否送达", "Sent; we cannot tell whether it arrived"),
    "4444": ("sent", "已发送", "Sent"),
    "5555": ("failed", "未能发出", "Could not be sent"),
}


async def texts_with_their_fates(
    database: Database, holder: HolderId, phone: PhoneNumber, sms: IdentityConfig
) -> None:
    """Send one text for each fate, and take the receipts of the message centre."""
    at = NOW
    for tail, (state, _, _) in SHOWN.items():
        faults: dict[str, list[Exception]] = {
            "unknown": [FateUnknown("the answer was lost")],
            "failed": [RejectedByGateway("no such number")],
        }
        async with database.transaction() as tx:
            await send_sms(
                tx,
                config=sms.sms,
                holder=holder,
                to=phone,
                template="card_frozen",
                values={"tail": tail},
                language="zh",
                key=tail,
                stream="t",
                at=at,
            )
        gateway = Gateway(*faults.get(state, []))
        await dispatch(database, gateway, config=sms.sms, clock=lambda: at)
        if state in ("delivered", "undelivered"):
            async with database.transaction() as tx:
                told = state == "delivered"
                assert await take_receipt(tx, key=tail, delivered=told, error="", at=at)


@pytest.mark.parametrize(("language", "place"), [("zh", 1), ("en", 2)])
async def test_a_holder_reads_in_the_log_whether_each_text_arrived(
    database: Database, tmp_path: Path, language: str, place: int
) -> None:
    house = House(database, tmp_path)
    await house.fill()
    await texts_with_their_fates(database, MINE.id, MINE.phone, house.identity)
    browser = house.browser()
    async with browser.client:
        await browser.log_in(proven=True)
        await browser.send("/my/preferences", {"language": language}, page="/my/preferences")
        page = (await browser.get("/my/contacts?door=texts")).text
        for tail, shown in SHOWN.items():
            (line,) = [one for one in page.split("<li ") if tail in one]
            (soft,) = re.findall(r'<p class="soft">(.*?)</p>', line)
            assert soft.rpartition(" · ")[2] == shown[place], line
            link = re.search(r"/my/contacts/([\w-]+)", line)
            assert link is not None
            assert f"<dd>{shown[place]}</dd>" in (await browser.get(link[0])).text


async def test_an_agent_sees_it_beside_each_text(database: Database) -> None:
    async with open_workplace(database) as place:
        await place.call("i1")
        await texts_with_their_fates(place.services.database, HOLDER.id, HOLDER.phone, config())
        shown = await place.told("GET", "/interactions/i1/screen")
        states = {re.findall(r"\d{4}", one["text"])[0]: one["state"] for one in shown["messages"]}
        assert states == {tail: state for tail, (state, _, _) in SHOWN.items()}
