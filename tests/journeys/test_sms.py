"""The whole program with a carrier by SMPP: freeze, deny, stop, check, and receipts."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.desk import Desk
from tests.journeys.program import Program, until
from tests.wire.smsc import PASSWORD, Smsc, smsc

SECONDS = 40.0


class Telephone:
    """A holder's mobile telephone at this carrier."""

    def __init__(self, centre: Smsc, number: str) -> None:
        self.centre = centre
        self.number = number.removeprefix("+")
        self.read = 0

    async def texts(self, text: str) -> None:
        """Send a text to the bank."""
        assert await self.centre.deliver(self.number, text) == 0

    def shows(self) -> list[str]:
        """Return all messages that came whole, their parts put together."""
        found: list[str] = []
        parts: dict[int, dict[int, str]] = {}
        for one in self.centre.took:
            if one.to != self.number:
                continue
            if not one.esm_class & 0x40:
                found.append(one.text)
                continue
            reference, of, number = one.part
            waiting = parts.setdefault(reference, {})
            waiting[number] = one.text
            if len(waiting) == of:
                found.append("".join(text for _, text in sorted(parts.pop(reference).items())))
        return found

    async def rings(self, what: str) -> str:
        """Wait for a message that has not been read and says this; what came before is read."""

        def new() -> str | None:
            unread = list(enumerate(self.shows()))[self.read :]
            return next((self._up_to(place, text) for place, text in unread if what in text), None)

        return str(await until(new, within=SECONDS, what=f"a message with {what}"))

    def _up_to(self, place: int, text: str) -> str:
        self.read = place + 1
        return text


@pytest.mark.timeout(240)
async def test_a_holder_and_the_bank_by_text(
    make_program: Callable[..., Program],
    holders: Callable[..., dict[str, Any]],
    lead_token: str,
) -> None:
    async with smsc() as centre:
        centre.receipts = "DELIVRD"
        program = make_program(
            environment={
                "CARDLINE_SMPP": f"127.0.0.1:{centre.port}",
                "CARDLINE_SMPP_SYSTEM_ID": "cardline",
                "CARDLINE_SMPP_PASSWORD": PASSWORD,
                "CARDLINE_SMPP_PROTECTION": "none",
                "CARDLINE_SMS_INBOUND": "10690000000",
            }
        )
        await program.start()
        await until(lambda: centre.binds, within=SECONDS, what="a session")
        doctor = (await program.tell("doctor", "--json")).json  # others may have findings here
        (finding,) = [one for one in doctor if one["what"] == "SMPP"]
        assert finding["ok"], finding

        # A text freezes, and the notice arrives.
        first = Telephone(centre, holders()["phone"])
        await first.texts("挂失")
        assert "已于" in await first.rings("冻结")

        # An alert is denied by text: the card is frozen at once.
        robbed = holders()
        second = Telephone(centre, robbed["phone"])
        lead = Desk(program, lead_token)
        campaign = await lead.post(
            "/campaigns",
            name="alerts",
            kind="alert",
            channel="sms",
            hold_out=0,
            opens="00:00:00",
            closes="23:59:59",
        )
        row = f"{robbed['phone']},{robbed['cards'][0]['tail']},5999.00,shop"
        listed = await lead.post(
            f"/campaigns/{campaign['id']}/list", csv=f"phone,tail,amount,merchant\n{row}"
        )
        assert listed["added"] == 1, listed
        assert (await lead.post(f"/campaigns/{campaign['id']}/start"))["allowed"]
        await lead.close()
        alert = await second.rings("交易5999.00元")
        word = re.search(r"“(2\d+)”", alert)
        assert word is not None
        await second.texts(word[1])
        assert "已于" in await second.rings("冻结")

        # Was it really the bank? And advertising is stopped by a word, confirmed once, however
        # often it is said.
        third = Telephone(centre, holders()["phone"])
        await third.texts("退订")
        await third.rings("停止全部营销")
        for said in ("退订", "T", "STOP"):
            await third.texts(said)
        await second.texts("核实")
        assert "发过消息" in await second.rings("核实结果")
        stopped = [text for text in third.shows() if "停止全部营销" in text]
        assert len(stopped) == 1

        # What the network told is written down.
        async def delivered() -> bool:
            ours = [one for one in await program.ask("outbox") if one["to"].endswith(third.number)]
            return len(ours) == 1 and all(one["state"] == "delivered" for one in ours)

        await until(delivered, within=SECONDS, what="the receipts", every=0.5)
        assert PASSWORD not in program.log
        await program.stop()
        assert centre.unbinds == 1
