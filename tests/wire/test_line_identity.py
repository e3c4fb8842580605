"""A signature on the wire: the INVITE that we send carries it, the INVITE that comes is judged."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio

from cardline.ports.line.commands import Dial, Place
from cardline.ports.line.events import Failed, Incoming
from cardline.trust.caller_identity import CallerIdentity
from cardline.trust.caller_model import CallerVerdict, Passport
from cardline.trust.passport import sign
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


@pytest.mark.parametrize(
    ("shown", "age", "change", "reasons"),
    [
        ("13800138000", 0, None, ()),
        ("13800138000", 61, None, ("stale",)),
        ("13800138000", 0, None, ("wrong-signature",)),
        ("13800138001", 0, None, ("other-origin",)),
        ("13800138000", 0, (X5U, f"{X5U}.old"), ("info-differs",)),
        ("13800138000", 0, ("ey", "e*"), ("malformed",)),
    ],
    ids=["valid", "expired", "altered", "of-another", "other-certificate", "unreadable"],
)
async def test_the_signature_of_an_incoming_invite_is_judged(
    line: RunningLine,
    shown: str,
    age: int,
    change: tuple[str, str] | None,
    reasons: tuple[str, ...],
) -> None:
    at = now() - timedelta(seconds=age)
    own = SIGNING.headers(shown=shown, to="95500", purpose="service", language="zh", at=at)
    header = own["Identity"]
    if reasons == ("wrong-signature",):
        header = altered(header)
    elif change is not None:
        header = header.replace(*change, 1)
    async with caller(line) as someone:
        someone.invite(user="95500", extra=f"Identity: nonsense\r\nIdentity: {header}\r\n")
        event = await line.expect(Incoming)
        assert len(event.identity.splitlines()) == 2
        told = judged(event)
        assert told is not None
        assert told.verdict == ("invalid" if reasons else "valid")
        assert told.reasons == reasons
        someone.send("CANCEL", branch=someone.branch, cseq=someone.cseq)


async def test_a_compact_signature_is_judged_by_the_date_of_its_invite(line: RunningLine) -> None:
    at = now()
    basic = Passport("8613800138000", ("95500",), int(at.timestamp()), X5U)
    compact = f"..{sign(basic, KEY).rpartition('.')[2]};info=<{X5U}>"
    for date, reasons in (
        (f"Date: {format_datetime(at, usegmt=True)}\r\n", ()),
        (f"Date: {format_datetime(at - timedelta(1), usegmt=True)}\r\n", ("stale",)),
        ("", ("date-missing",)),
    ):
        async with caller(line) as someone:
            someone.invite(user="95500", extra=f"Identity: {compact}\r\n{date}")
            event = await line.expect(Incoming)
            told = judged(event)
            assert told is not None
            assert told.reasons[: len(reasons)] == reasons
            assert (told.verdict == "valid") == (not reasons)
            someone.send("CANCEL", branch=someone.branch, cseq=someone.cseq)


async def test_an_invite_without_a_signature_is_not_judged_at_all(line: RunningLine) -> None:
    async with caller(line) as someone:
        someone.invite(user="95500")
        event = await line.expect(Incoming)
        assert event.identity == ""
        assert judged(event) is None
        someone.send("CANCEL", branch=someone.branch, cseq=someone.cseq)


def judged(event: Incoming) -> CallerVerdict | None:
    """As the application judges what the line tells it."""
    return SIGNING.judge(
        event.identity, caller=event.from_user, called=event.to_user, at=now(), date=event.date
    )


def altered(header: str) -> str:
    """The header with another attestation in its claims, by somebody who cannot sign."""
    head, claims, rest = header.split(".", 2)
    text = urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    assert b'"attest":"A"' in text
    other = urlsafe_b64encode(text.replace(b'"attest":"A"', b'"attest":"B"'))
    return f"{head}.{other.decode().rstrip('=')}.{rest}"
