"""A signature on the wire: the INVITE that we send carries it, the INVITE that comes is judged."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from cardline.ports import Dial, Failed, Incoming, Place
from cardline.trust.caller_identity import CallerIdentity
from tests.rules.test_trust_passport import CERTIFICATE, KEY, X5U
from tests.wire.bare_sip import caller, phone, talk
from tests.wire.line_support import RunningLine, running_line

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGNING = CallerIdentity(
    timedelta(seconds=60), KEY, X5U, "示例银行信用卡中心", trusted={X5U: CERTIFICATE}
)
HOLDER = "+8615400000001"


def now() -> datetime:
    return datetime.now(UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningLine]:
    async with running_line(tmp_path_factory.mktemp("line")) as line:
        yield line


async def test_an_outgoing_invite_carries_a_signature_that_holds(line: RunningLine) -> None:
    headers = SIGNING.headers(shown="95500", to=HOLDER, purpose="callback", language="zh", at=now())
    async with phone() as holder:
        target = holder.uri.replace("agent@", "15400000001@")
        await line.send(Place(call="c_id1", target=target, from_user="95500", headers=headers))
        invitation = await holder.invited()
        told = SIGNING.judge(invitation["identity"], caller="95500", called="15400000001", at=now())
        assert told is not None
        assert (told.verdict, told.attest, told.name) == ("valid", "A", "示例银行信用卡中心")
        assert told.reason == "您预约的回电"
        holder.respond(invitation, 603, "Decline")
        await line.expect(Failed, call="c_id1", party="caller", status=603)


async def test_a_leg_to_a_number_outside_carries_it_too(line: RunningLine) -> None:
    async with caller(line) as someone, phone() as other:
        call = await talk(line, someone)
        headers = SIGNING.headers(
            shown="95500", to=HOLDER, purpose="transfer", language="en", at=now()
        )
        target = other.uri.replace("agent@", "15400000001@")
        await line.send(
            Dial(call=call, leg="L1", target=target, from_user="95500", headers=headers)
        )
        invitation = await other.invited()
        told = SIGNING.judge(invitation["identity"], caller="95500", called=HOLDER, at=now())
        assert told is not None
        assert told.verdict == "valid"
        other.respond(invitation, 603, "Decline")
        await line.expect(Failed, call=call, party="L1", status=603)


async def test_the_signatures_of_an_incoming_invite_reach_the_application(
    line: RunningLine,
) -> None:
    own = SIGNING.headers(
        shown="13800138000", to="95500", purpose="service", language="zh", at=now()
    )["Identity"]
    async with caller(line) as someone:
        someone.invite(user="95500", extra=f"Identity: nonsense\r\nIdentity: {own}\r\n")
        event = await line.expect(Incoming)
        told = SIGNING.judge(event.identity, caller=event.from_user, called=event.to_user, at=now())
        assert told is not None
        assert told.verdict == "valid"
        replayed = SIGNING.judge(
            event.identity, caller="13800138001", called=event.to_user, at=now()
        )
        assert replayed is not None
        assert replayed.verdict == "invalid"
        someone.send("CANCEL", branch=someone.branch, cseq=someone.cseq)
