"""The ring of live events: numbers, resuming, audiences; no event lost or doubled."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.app.live.listener import TOO_SLOW, Listener, Viewer
from cardline.app.live.ring import Position, Ring, read_position
from cardline.core.ids import AgentId
from cardline.core.live import (
    STAFF,
    SUPERVISORS,
    Audience,
    Told,
    payload_of,
    to_agents,
    to_roles,
    told_of,
)
from cardline.core.roles import ROLES, Role

AGENT = Viewer("ss1", "6001", "agent", AgentId("a6001"))
LEAD = Viewer("ss2", "6009", "lead", AgentId("a6009"))
QUALITY = Viewer("ss3", "6020", "quality", None)

AUDIENCES = [
    # audience, heard by agent a6001, lead a6009, quality
    (STAFF, True, True, True),
    (SUPERVISORS, False, True, True),
    (to_agents(AgentId("a6001")), True, False, False),
    (to_agents(AgentId("a6001"), AgentId("a6009")), True, True, False),
    (to_roles("agent"), True, False, False),
    (to_roles("quality", "compliance"), False, False, True),
    (to_agents(AgentId("a6001")) | to_roles("lead"), True, True, False),
    (to_agents(AgentId("nobody")), False, False, False),
    (Audience(), False, False, False),
]


class Page:
    """What a browser does: it keeps what it was told, and notices where something is missing."""

    def __init__(self, viewer: Viewer = AGENT) -> None:
        self.viewer = viewer
        self.listener: Listener | None = None
        self.position = ""
        self.heard: list[str] = []
        self.resyncs = 0

    def connect(self, ring: Ring) -> None:
        self.listener = Listener(self.viewer, epoch=ring.epoch)
        self.listener.start(ring, read_position(self.position), at="now")

    def come_back(self, ring: Ring, told: list[str]) -> None:
        """Connect, and read everything again where that is due."""
        missing = [one for one in told if one not in self.heard]
        before, anew = self.resyncs, not self.position
        self.connect(ring)
        self.read()
        if anew or self.resyncs > before:
            self.heard += missing

    def read(self, count: int = 10_000) -> None:
        """Take so many messages off the wire; the rest is lost with the connection."""
        assert self.listener is not None
        for _ in range(min(count, self.listener.unsent)):
            self._take(json.loads(self.listener.take()))

    def _take(self, message: dict[str, Any]) -> None:
        epoch, _, n = self.position.rpartition(":")
        if message["kind"] != "hello":
            assert (epoch, int(n)) == (message["epoch"], message["prev"]), "something is missing"
        if message["kind"] == "resync":
            self.resyncs += 1
        elif message["kind"] not in ("hello", "ping"):
            self.heard.append(message["id"])
        self.position = f"{message['epoch']}:{message['n']}"


@pytest.mark.parametrize(("audience", "agent", "lead", "quality"), AUDIENCES)
async def test_an_audience_is_these_agents_and_these_roles(
    audience: Audience, agent: bool, lead: bool, quality: bool
) -> None:
    for viewer, hears in ((AGENT, agent), (LEAD, lead), (QUALITY, quality)):
        assert audience.includes(viewer.agent, viewer.role) is hears
        ring = Ring("e")
        page = Page(viewer)
        page.connect(ring)
        page.read()
        ring.add("task", "t", audience, None)
        page.connect(ring)
        page.read()
        assert page.heard == (["t"] if hears else [])


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", None),
        ("n1:0", Position("n1", 0)),
        ("n1:17", Position("n1", 17)),
        ("n:1:17", Position("n:1", 17)),
        ("n1", Position("", 0)),
        ("n1:", Position("", 0)),
        ("n1:-1", Position("", 0)),
        ("n1:１", Position("", 0)),
        ("n1:1" + "0" * 40, Position("", 0)),
    ],
)
def test_a_position_is_an_epoch_and_a_number(text: str, position: Position | None) -> None:
    assert read_position(text) == position


@pytest.mark.parametrize(
    ("added", "size", "n", "known"),
    [
        (0, 4, 0, 0),  # nothing has happened
        (3, 4, 0, 3),
        (3, 4, 3, 0),
        (4, 4, 0, 4),
        (5, 4, 0, None),  # the first has left the ring
        (5, 4, 1, 4),
        (3, 4, 4, None),  # from the future: not ours
    ],
)
def test_a_ring_knows_what_it_still_holds(added: int, size: int, n: int, known: int | None) -> None:
    ring = Ring("e", size=size)
    for number in range(added):
        ring.add("task", f"t{number}", STAFF, None)
    found = ring.after(Position("e", n))
    assert (len(found) if found is not None else None) == known
    assert ring.after(Position("other", n)) is None
    if n <= added:
        ring.forget()
        assert ring.after(Position("e", n)) is None


@given(st.data())
async def test_no_event_is_lost_or_doubled_whatever_breaks(data: st.DataObject) -> None:
    """Connections break after any message, others' events skip numbers, the ring is short.

    What a page has heard is always what was told, in its order; where something is missing, the
    page was told to read everything again.
    """
    ring = Ring("e1", size=data.draw(st.integers(1, 12)))
    page = Page()
    page.connect(ring)
    told: list[str] = []
    connected = True
    for number in range(data.draw(st.integers(0, 40))):
        match data.draw(st.sampled_from(["event", "event", "event", "break", "connect", "ping"])):
            case "event":
                to = data.draw(st.sampled_from([STAFF, to_agents(AgentId("x"))]))
                event = ring.add("task", f"t{number}", to, None)
                if to is STAFF:
                    told.append(event.id)
                    if connected:
                        assert page.listener is not None
                        page.listener.put(event)
            case "ping" if connected:
                assert page.listener is not None
                page.listener.say("ping", ring.last, {})
            case "break" if connected:
                page.read(data.draw(st.integers(0, 5)))
                connected = False
            case "connect" if not connected:
                page.come_back(ring, told)
                connected = True
    if not connected:
        page.come_back(ring, told)
    page.read()
    assert page.heard == told


async def test_who_does_not_read_is_cut_off_and_reads_again() -> None:
    ring = Ring("e")
    listener = Listener(AGENT, epoch="e", most=3)
    listener.start(ring, None, at="now")
    for number in range(3):
        assert not listener.closed.done()
        listener.put(ring.add("task", f"t{number}", STAFF, None))
    assert listener.closed.result() == (TOO_SLOW, "too-slow")
    again = Listener(AGENT, epoch="e", most=3)
    assert again.start(ring, Position("e", 0), at="now") is False
    assert [json.loads(again.take())["kind"] for _ in range(2)] == ["hello", "resync"]


@given(
    st.text(max_size=40),
    st.frozensets(st.text("abc0123456789", min_size=1, max_size=9), max_size=4),
    st.frozensets(st.sampled_from(ROLES)),
    st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=3000), max_size=4),
)
def test_an_event_comes_back_from_the_channel_as_it_was_told(
    key: str, agents: frozenset[AgentId], roles: frozenset[Role], data: dict[str, str] | None
) -> None:
    told = Told("case", key, Audience(agents, roles), data)
    payload = payload_of(told)
    assert len(payload.encode()) < 8000
    read = told_of(payload)
    assert (read.kind, read.id, read.to) == (told.kind, told.id, told.to)
    assert read.data in (data, None)
    if len(json.dumps(data)) < 1000:
        assert read.data == data


@pytest.mark.parametrize("payload", ["", "{}", '["nonsense","1",[],[],null]', '["task"]', "nul"])
def test_what_is_no_event_is_refused(payload: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        told_of(payload)


def test_an_audience_that_does_not_fit_is_a_defect() -> None:
    crowd = to_agents(*(AgentId(f"a{number:06}") for number in range(2000)))
    with pytest.raises(ValueError, match="cannot be told"):
        payload_of(Told("task", "t", crowd))
