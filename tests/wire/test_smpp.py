"""SMPP 3.4 against a message centre on real TCP, with its faults: what is sent, once, and known."""

import asyncio
import contextlib
import os
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from cardline.adapters.postgres.database import Database
from cardline.adapters.smpp.book import Book, Delivery
from cardline.adapters.smpp.client import Incoming, SmppSms, SmscAway
from cardline.adapters.smpp.options import Address, SmppOptions
from cardline.adapters.smpp.session import Timing
from cardline.core.clock import utc_now
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.messages.model import FateUnknown, RejectedByGateway
from tests.journeys.program import until
from tests.wire import gsm_alphabet
from tests.wire.smsc import (
    BAD_DESTINATION,
    PASSWORD,
    QUEUE_FULL,
    SYSTEM_ERROR,
    THROTTLED,
    Smsc,
    smsc,
)

TO = "+8615400000000"
LONG = "您的信用卡" * 30


@dataclass
class Client:
    """The client, and what it told."""

    centre: Smsc
    book: Book
    sms: SmppSms
    heard: list[Incoming] = field(default_factory=list)
    told: list[Delivery] = field(default_factory=list)
    found: list[tuple[str, str]] = field(default_factory=list)
    faults: int = 0
    """So often taking a text fails."""
    not_yet: int = 0
    """So often what became of a message is not taken yet."""

    async def send(self, text: str = "hello", *, key: str = "k1") -> str:
        return await self.sms.send(to=TO, text=text, key=key)

    async def bound(self) -> None:
        await until(lambda: self.sms.bound, within=20, what="a session")


def options(centre: Smsc) -> SmppOptions:
    return SmppOptions(
        host="127.0.0.1",
        port=centre.port,
        system_id="cardline",
        source=Address("10690000000", 3, 1),
        patience=10.0,
        pauses=(0.02, 0.05),
        breath=0.02,
        longest=0.1,
        timing=Timing(answer=10.0, quiet=30.0),
    )


@asynccontextmanager
async def connected(
    centre: Smsc, database: Database, given: SmppOptions | None = None, *, password: str = PASSWORD
) -> AsyncIterator[Client]:
    async def hear(incoming: Incoming) -> None:
        if client.faults:
            client.faults -= 1
            raise RuntimeError("the database is away")
        client.heard.append(incoming)

    async def tell(tx: Transaction, delivery: Delivery) -> bool:
        if client.not_yet:
            client.not_yet -= 1
            return False
        client.told.append(delivery)
        return True

    async def found(key: str, gateway_id: str) -> None:
        client.found.append((key, gateway_id))

    book = Book(database, secret=b"k" * 32, clock=utc_now)
    sms = SmppSms(
        given or options(centre),
        password=Secret(password),
        book=book,
        hear=hear,
        tell=tell,
        found=found,
    )
    client = Client(centre, book, sms)
    running = asyncio.create_task(sms.run())
    try:
        yield client
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def centre() -> AsyncIterator[Smsc]:
    async with smsc() as centre:
        yield centre


@pytest.fixture
async def client(centre: Smsc, database: Database) -> AsyncIterator[Client]:
    async with connected(centre, database) as client:
        await client.bound()
        yield client


# ---------------------------------------------------------------- sending


async def test_a_text_arrives_as_it_was_written(client: Client) -> None:
    assert await client.send("Total: 5 € [ok]", key="a") == "a1"
    await client.send("您的卡已冻结 😀", key="b")
    latin, chinese = client.centre.took
    assert (latin.text, latin.coding) == ("Total: 5 € [ok]", 0)
    assert (chinese.text, chinese.coding) == ("您的卡已冻结 😀", 8)
    assert (latin.source, latin.to) == ("10690000000", "8615400000000")
    assert latin.registered == 1
    assert client.centre.binds == [("cardline", PASSWORD)]


async def test_a_long_text_leaves_in_parts_that_belong_together(client: Client) -> None:
    await client.send(LONG)
    took = client.centre.took
    assert "".join(one.text for one in took) == LONG
    references = {one.part[0] for one in took}
    assert len(references) == 1
    assert [one.part[1:] for one in took] == [(3, 1), (3, 2), (3, 3)]


async def test_or_whole_as_a_payload(centre: Smsc, database: Database) -> None:
    async with connected(centre, database, replace(options(centre), long="payload")) as client:
        await client.send(LONG)
    (one,) = centre.took
    assert one.payload
    assert one.text == LONG


async def test_the_same_key_is_sent_once(client: Client) -> None:
    first = await client.send(LONG)
    assert await client.send(LONG) == first
    assert len(client.centre.took) == 3


async def test_no_more_wait_for_an_answer_than_the_window_has(
    centre: Smsc, database: Database
) -> None:
    centre.hold = asyncio.Event()
    async with connected(centre, database, replace(options(centre), window=3)) as client:
        sending = [asyncio.create_task(client.send(key=f"k{number}")) for number in range(9)]
        await until(lambda: centre.outstanding == 3, within=10, what="a full window")
        centre.hold.set()
        await asyncio.gather(*sending)
    assert centre.most_outstanding == 3
    assert len(centre.took) == 9


async def test_a_centre_that_is_too_slow_is_given_a_rest(client: Client) -> None:
    client.centre.statuses = [THROTTLED, QUEUE_FULL, THROTTLED]
    await client.send()
    assert len(client.centre.refused) == 3
    assert len(client.centre.took) == 1


async def test_a_centre_that_stays_too_slow_puts_the_message_off(
    centre: Smsc, database: Database
) -> None:
    centre.statuses = [THROTTLED] * 500
    async with connected(centre, database, replace(options(centre), patience=0.5)) as client:
        with pytest.raises(SmscAway):
            await client.send()
        centre.statuses = []
        await client.send()  # nothing stands in the way of the next try
    assert len(centre.took) == 1


async def test_refusals_say_whether_it_is_worth_trying_again(client: Client) -> None:
    client.centre.statuses = [SYSTEM_ERROR, BAD_DESTINATION, 0x0A]
    with pytest.raises(SmscAway, match="0x8"):
        await client.send()
    with pytest.raises(RejectedByGateway, match="0xb"):
        await client.send()
    with pytest.raises(SmscAway, match="0xa"):  # our own address: ours to mend
        await client.send()
    await client.send()
    assert len(client.centre.took) == 1


async def test_after_a_refused_part_only_what_is_missing_is_sent(client: Client) -> None:
    client.centre.statuses = [0, SYSTEM_ERROR]
    with pytest.raises(SmscAway):
        await client.send(LONG)
    await client.send(LONG)
    assert "".join(one.text for one in client.centre.took) == LONG


# ---------------------------------------------------------------- what nobody can know


@pytest.mark.parametrize("fault", ["cut", "cut_within"])
async def test_an_answer_that_was_cut_off_is_never_sent_again(client: Client, fault: str) -> None:
    setattr(client.centre, fault, 1)
    with pytest.raises(FateUnknown):
        await client.send()
    await until(lambda: len(client.centre.binds) == 2, within=20, what="a new session")
    with pytest.raises(FateUnknown):
        await client.send()
    assert len(client.centre.took) == 1
    await client.send(key="another")
    assert len(client.centre.took) == 2


async def test_an_answer_that_comes_late_settles_what_was_unknown(
    centre: Smsc, database: Database
) -> None:
    centre.silent = 1
    given = replace(options(centre), timing=Timing(answer=0.3))
    async with connected(centre, database, given) as client:
        await client.bound()
        with pytest.raises(FateUnknown):
            await client.send()
        centre.answer_late()
        await until(lambda: client.found, within=10, what="the late answer")
        assert client.found == [("k1", "a1")]
        assert await client.send() == "a1"
    assert len(centre.took) == 1


async def test_whoever_died_between_sending_and_writing_leaves_an_unknown_one(
    client: Client, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO smpp_part (key, part, parts, state, at) "
            "VALUES ('k1', 0, 1, 'sending', now() - interval '31 seconds'),"
            "       ('k2', 0, 1, 'sending', now())"
        )
    with pytest.raises(FateUnknown):
        await client.send(key="k1")
    with pytest.raises(SmscAway):  # its sender may be alive: not now
        await client.send(key="k2")
    assert client.centre.took == []


async def test_two_nodes_never_send_the_same_message_both(
    client: Client, database: Database
) -> None:
    async with connected(client.centre, database) as other:
        await other.bound()
        keys = [f"k{number}" for number in range(20)]
        ends = await asyncio.gather(
            *(one.send(key=key) for key in keys for one in (client, other)),
            return_exceptions=True,
        )
    assert len(client.centre.took) == 20
    assert all(isinstance(end, str | SmscAway) for end in ends)


# ---------------------------------------------------------------- the session


async def test_a_session_that_breaks_is_made_again_and_one_that_ends_says_so(
    centre: Smsc, database: Database
) -> None:
    centre.bind_statuses = [SYSTEM_ERROR, 0x05]
    async with connected(centre, database) as client:
        await client.send(key="a")
        assert len(centre.binds) == 3
        assert await centre.ask(0x06) == 0  # the centre unbinds
        await client.send(key="b")
        assert await centre.ask(0x15) == 0  # enquire_link
        assert await centre.ask(0x0103) == 0x03  # data_sm: we do not speak that
    assert centre.unbinds == 1
    assert len(centre.took) == 2


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack(">IIII", 8, 5, 0, 1),
        struct.pack(">IIII", 0xFFFFFFFF, 5, 0, 1),
        struct.pack(">IIII", 32, 5, 0, 1) + b"\0" * 4,
        os.urandom(64),
    ],
    ids=["http", "too-short", "too-long", "torn", "noise"],
)
async def test_garbage_ends_the_session_and_not_the_client(client: Client, garbage: bytes) -> None:
    client.centre.raw(garbage)
    await asyncio.sleep(0)
    client.centre.drop()
    await until(lambda: len(client.centre.binds) >= 2, within=20, what="a new session")
    await client.send()
    assert len(client.centre.took) == 1


async def test_a_centre_that_went_quiet_is_noticed(centre: Smsc, database: Database) -> None:
    given = replace(options(centre), timing=Timing(answer=1.0, quiet=0.05))
    async with connected(centre, database, given) as client:
        await until(lambda: centre.enquiries >= 2, within=20, what="a question whether it is there")
        centre.mute = True
        await until(lambda: not client.sms.bound, within=20, what="the session's end")
        centre.mute = False
        await until(lambda: len(centre.binds) >= 2, within=20, what="a new session")
        await client.send()


async def test_the_password_is_in_no_log(
    centre: Smsc, database: Database, capfd: pytest.CaptureFixture[str]
) -> None:
    async with connected(centre, database, password="wr0ng!!") as client:
        await until(lambda: len(centre.binds) >= 2, within=20, what="two tries")
        assert not client.sms.bound
    said = "".join(capfd.readouterr())
    assert "the password is wrong" in said
    assert "wr0ng" not in said


# ---------------------------------------------------------------- receipts


@pytest.mark.parametrize("tlv", [False, True])
async def test_receipts_are_told_once_for_the_whole_message(client: Client, tlv: bool) -> None:
    await client.send(LONG, key="long")
    await client.send(key="short")
    ids = [one.id for one in client.centre.took]
    for id_ in (*ids[:2], *ids[:2]):
        assert await client.centre.tell(id_, "DELIVRD", tlv=tlv) == 0
    await client.centre.tell(ids[3], "ENROUTE", tlv=tlv)
    await client.centre.tell(ids[3], "UNDELIV", error="027", tlv=tlv)
    await until(lambda: client.told, within=10, what="the first end")
    assert client.told == [Delivery("short", False, "27" if tlv else "027")]
    await client.centre.tell(ids[2].lower().lstrip("0"), "DELIVRD", tlv=tlv)
    await until(lambda: len(client.told) == 2, within=10, what="the other end")
    assert client.told[1] == Delivery("long", True, "")


async def test_a_receipt_may_come_before_its_answer_or_for_nobody(client: Client) -> None:
    client.centre.receipt_first, client.centre.receipts = True, "DELIVRD"
    client.not_yet = 2  # the message is still being written down as sent
    await client.centre.tell("FFFF", "DELIVRD")
    await client.centre.deliver("8615400000000", b"nonsense", esm_class=0x04)
    await client.send()
    await until(lambda: client.told, within=15, what="the receipt")
    assert client.told == [Delivery("k1", True, "")]


async def test_delivered_after_all_is_told_after_a_failure(client: Client) -> None:
    await client.send()
    (one,) = client.centre.took
    await client.centre.tell(one.id, "UNDELIV")
    await until(lambda: len(client.told) == 1, within=10, what="the failure")
    await client.centre.tell(one.id, "DELIVRD")
    await until(lambda: len(client.told) == 2, within=10, what="the delivery")
    await client.centre.tell(one.id, "UNDELIV")
    await client.centre.tell("1", "DELIVRD")
    assert [one.delivered for one in client.told] == [False, True]


async def test_receipts_in_decimal_find_a_message_named_in_hexadecimal(
    centre: Smsc, database: Database
) -> None:
    given = replace(options(centre), receipt_ids="decimal")
    async with connected(centre, database, given) as client:
        await client.send()
        await centre.tell(str(0xA1).zfill(10), "DELIVRD")
        await until(lambda: client.told, within=10, what="the receipt")


# ---------------------------------------------------------------- texts that come in


async def test_a_text_comes_in_whatever_its_coding(client: Client) -> None:
    gsm = bytes(
        next(code for code, char in gsm_alphabet.BASIC.items() if char == ord(one)) for one in "é T"
    )
    assert await client.centre.deliver("8613800138000", "冻结") == 0
    assert await client.centre.deliver("8613800138000", gsm) == 0
    assert await client.centre.deliver("13800138000", "退订", ton=2) == 0
    heard = [(one.sender, one.text) for one in client.heard]
    assert heard == [("+8613800138000", "冻结"), ("+8613800138000", "é T"), ("13800138000", "退订")]


async def test_a_text_delivered_again_is_the_same_one(client: Client) -> None:
    for text in ("GS 1234", "GS 1234", "GS 4321"):
        assert await client.centre.deliver("8613800138000", text) == 0
    await client.centre.deliver("8613800138001", "GS 1234")
    first, again, other, elsewhere = (one.message for one in client.heard)
    assert first == again
    assert len({first, other, elsewhere}) == 3


async def test_what_could_not_be_taken_is_delivered_again(client: Client) -> None:
    client.faults = 1
    assert await client.centre.deliver("8613800138000", "GS") == 0x64
    assert await client.centre.deliver("8613800138000", "GS") == 0
    assert [one.text for one in client.heard] == ["GS"]


async def test_long_texts_are_put_together_in_whatever_order_they_come(client: Client) -> None:
    first, second = (one.encode("utf-16-be") for one in ("我想冻结", "我的卡"))
    header = bytes.fromhex("050003CC02")
    await client.centre.deliver(
        "8613800138000", header + b"\x02" + second, coding=8, esm_class=0x40
    )
    assert client.heard == []
    await client.centre.deliver("8613800138000", header + b"\x01" + first, coding=8, esm_class=0x40)

    def sar(number: int) -> bytes:
        return struct.pack(">HHHHHBHHB", 0x020C, 2, 7, 0x020E, 1, 2, 0x020F, 1, number)

    await client.centre.deliver("8613800138000", "STO", options=sar(1))
    await client.centre.deliver("8613800138000", "P", options=sar(2))
    payload = "退订".encode("utf-16-be")
    await client.centre.deliver(
        "8613800138000", b"", coding=8, options=struct.pack(">HH", 0x0424, len(payload)) + payload
    )
    assert [one.text for one in client.heard] == ["我想冻结我的卡", "STOP", "退订"]


async def test_what_cannot_be_read_is_refused_for_good_or_dropped(client: Client) -> None:
    assert await client.centre.ask(0x05, b"\0\1\1no end of this string") == 0x65
    assert await client.centre.deliver("8613800138000", b"\x99\x98", coding=4) == 0
    assert await client.centre.deliver("8613800138000", b"\x40ab", esm_class=0x40) == 0
    assert await client.centre.deliver("8613800138000", "T") == 0
    assert [one.text for one in client.heard] == ["T"]
