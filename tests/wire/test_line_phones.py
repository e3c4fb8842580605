"""Desk phones register with the line (RFC 3261, section 10; RFC 7616)."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.ports.line.commands import Dial, Phone, SetPhones
from cardline.ports.line.events import Failed, PhoneState
from tests.wire.bare_sip import Message, Peer, caller, phone, talk
from tests.wire.line_support import RunningLine, running_line


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


LI = Phone(user="li", ha1=_md5("li:cardline:right horse"))


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path) as line:
        await line.send(SetPhones(phones=(LI,)))
        yield line


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = await Peer().open()
    yield peer
    peer.close()


class Registration:
    """Sends REGISTER requests for one phone."""

    def __init__(self, line: RunningLine, peer: Peer, user: str = "li") -> None:
        self.line, self.peer, self.user = line, peer, user
        self.call_id = secrets.token_hex(6)
        self.cseq = 0
        self.nonce = ""
        self.uses = 0

    async def send(
        self,
        password: str = "",
        *,
        expires: int | None = 3600,
        contact: str | None = None,
        nonce: str = "",
    ) -> Message:
        self.cseq += 1
        uri = f"sip:127.0.0.1:{self.line.port}"
        authorization = ""
        if password:
            self.uses += 1
            nonce = nonce or self.nonce
            ha1 = _md5(f"{self.user}:cardline:{password}")
            count = f"{self.uses:08x}"
            response = _md5(f"{ha1}:{nonce}:{count}:abc:auth:{_md5(f'REGISTER:{uri}')}")
            authorization = (
                f'Authorization: Digest username="{self.user}", realm="cardline", '
                f'nonce="{nonce}", uri="{uri}", response="{response}", algorithm=MD5, '
                f'cnonce="abc", qop=auth, nc={count}\r\n'
            )
        where = contact if contact is not None else f"<sip:{self.user}@127.0.0.1:{self.peer.port}>"
        lifetime = f"Expires: {expires}\r\n" if expires is not None else ""
        named = f"Contact: {where}\r\n" if where else ""
        self.peer.send(
            f"REGISTER {uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch=z9hG4bK{secrets.token_hex(6)}\r\n"
            f"From: <sip:{self.user}@127.0.0.1>;tag=1\r\nTo: <sip:{self.user}@127.0.0.1>\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {self.cseq} REGISTER\r\nMax-Forwards: 70\r\n"
            f"{named}{lifetime}{authorization}Content-Length: 0\r\n\r\n",
            self.line.address,
        )
        answer = await self.peer.expect("SIP/2.0", method="REGISTER")
        if answer.status == 401:
            challenge = answer["www-authenticate"]
            assert 'realm="cardline"' in challenge
            self.nonce = challenge.partition('nonce="')[2].partition('"')[0]
            self.uses = 0
        return answer

    async def complete(self, **kwargs: int | str | None) -> Message:
        """Both steps with the right password."""
        assert (await self.send()).status == 401
        return await self.send("right horse", **kwargs)  # type: ignore[arg-type]


async def test_a_phone_registers_renews_and_leaves(line: RunningLine, peer: Peer) -> None:
    li = Registration(line, peer)
    ok = await li.complete(expires=600)
    assert ok.status == 200
    assert f"<sip:li@127.0.0.1:{peer.port}>;expires=600" in ok["contact"]
    state = await line.expect(PhoneState, user="li", registered=True)
    assert state.contact == f"sip:li@127.0.0.1:{peer.port}"
    assert (await li.send("right horse")).status == 200
    await line.expect(PhoneState, user="li", registered=True)
    assert (await li.send("right horse", contact="", expires=None))["contact"]
    assert (await li.send("right horse", contact="*", expires=0)).status == 200
    await line.expect(PhoneState, user="li", registered=False)


async def test_a_wrong_password_and_an_unknown_user_look_the_same(
    line: RunningLine, peer: Peer
) -> None:
    for user, password in (("li", "wrong"), ("nobody", "right horse")):
        someone = Registration(line, peer, user)
        assert (await someone.send()).status == 401
        assert (await someone.send(password)).status == 403
    assert not any(isinstance(event, PhoneState) for event in line.seen)


async def test_times_of_registration_are_bounded(line: RunningLine, peer: Peer) -> None:
    li = Registration(line, peer)
    refusal = await li.complete(expires=30)
    assert refusal.status == 423
    assert refusal["min-expires"] == "60"
    ok = await li.send("right horse", expires=90000)
    assert "expires=3600" in ok["contact"]
    contact = f"<sip:li@127.0.0.1:{peer.port}>;expires=120"
    assert "expires=120" in (await li.send("right horse", contact=contact))["contact"]


async def test_an_invented_or_used_nonce_is_asked_for_again(line: RunningLine, peer: Peer) -> None:
    li = Registration(line, peer)
    assert (await li.complete()).status == 200
    li.uses = 0  # the same nonce and the same count: a replay
    replay = await li.send("right horse")
    assert replay.status == 401
    assert "stale=true" in replay["www-authenticate"]
    assert (await li.send("right horse")).status == 200
    assert (await li.send("right horse", nonce="bm90IG9mIG91cnM=")).status == 401


async def test_guessing_is_slowed_for_its_address_but_not_for_phones_that_are_in(
    line: RunningLine, peer: Peer
) -> None:
    li = Registration(line, peer)
    assert (await li.complete()).status == 200
    other = await Peer().open()
    guesser = Registration(line, other)
    await guesser.send()
    statuses = [(await guesser.send(f"guess {n}")).status for n in range(14)]
    assert statuses[:9] == [403] * 9
    assert statuses[-1] == 503
    assert (await li.send("right horse")).status == 200
    other.close()


async def test_a_registered_phone_is_rung_at_the_address_it_came_from(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as desk:
        li = Registration(line, desk.peer)
        # It names an address behind its router; its requests come from elsewhere.
        assert (await li.complete(contact="<sip:li@192.168.77.7:5060;transport=udp>")).status == 200
        call = await talk(line, someone)
        await line.send(Dial(call=call, leg="L1", target="phone:li", from_user="138"))
        invitation = await desk.invited()
        assert invitation.first.startswith("INVITE sip:li@192.168.77.7")
        desk.respond(invitation, 486, "Busy Here")
        await line.expect(Failed, call=call, party="L1", status=486)


async def test_registrations_outlive_the_application_and_end_with_the_account(
    line: RunningLine, peer: Peer
) -> None:
    li = Registration(line, peer)
    assert (await li.complete()).status == 200
    await line.disconnect()
    hello = await line.connect()
    assert [state.user for state in hello.phones] == ["li"]
    await line.send(SetPhones(phones=()))
    await line.expect(PhoneState, user="li", registered=False)
    assert (await li.send("right horse")).status == 403
