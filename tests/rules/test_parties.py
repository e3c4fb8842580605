"""Who hears whom: for every mode, with leads beside and browsers away (row A4)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import AgentId, LegId
from cardline.desk.interactions.model import Monitoring
from cardline.hotline.call.parties import LegInCall, Mode, Parties, Presence

AGENT = LegInCall(LegId("L1"), "offer", "web:a1", AgentId("a1"), presence="talking")
COLLEAGUE = LegInCall(LegId("L2"), "consult", "phone:a2", AgentId("a2"), presence="talking")
OUTSIDE = LegInCall(LegId("L3"), "consult", "sip:010@trunk", presence="talking")


def lead(how: Monitoring, presence: Presence = "talking") -> LegInCall:
    return LegInCall(
        LegId("M"), "monitor", "phone:a9", AgentId("a9"), presence=presence, monitoring=how
    )


def parties(*legs: LegInCall, mode: Mode = "talk", at_keys: bool = False) -> Parties:
    made = Parties(mode=mode, at_keys=at_keys)
    for leg in legs:
        made.add(replace(leg))
    return made


@pytest.mark.parametrize(
    ("legs", "mode", "hears"),
    [
        ((AGENT,), "talk", {"caller": ("L1",), "L1": ("caller",)}),
        ((AGENT,), "hold", {}),
        ((AGENT, COLLEAGUE), "consult", {"L1": ("L2",), "L2": ("L1",)}),
        (
            (AGENT, COLLEAGUE),
            "conference",
            {"caller": ("L1", "L2"), "L1": ("caller", "L2"), "L2": ("caller", "L1")},
        ),
        (
            (AGENT, lead("listen")),
            "talk",
            {"caller": ("L1",), "L1": ("caller",), "M": ("caller", "L1")},
        ),
        (
            (AGENT, lead("whisper")),
            "talk",
            {"caller": ("L1",), "L1": ("caller", "M"), "M": ("caller", "L1")},
        ),
        (
            (AGENT, lead("join")),
            "talk",
            {"caller": ("L1", "M"), "L1": ("caller", "M"), "M": ("caller", "L1")},
        ),
        ((AGENT, lead("whisper")), "hold", {"L1": ("M",), "M": ("L1",)}),
        ((AGENT, lead("listen", "ringing")), "talk", {"caller": ("L1",), "L1": ("caller",)}),
        ((replace(AGENT, presence="away"),), "talk", {}),
        ((replace(AGENT, presence="away"), lead("whisper")), "talk", {}),
        (
            (AGENT, OUTSIDE, lead("whisper")),
            "conference",
            {
                "caller": ("L1", "L3"),
                "L1": ("caller", "L3", "M"),
                "L3": ("caller", "L1"),
                "M": ("caller", "L1", "L3"),
            },
        ),
    ],
)
def test_who_hears_whom(
    legs: tuple[LegInCall, ...], mode: Mode, hears: dict[str, tuple[str, ...]]
) -> None:
    assert parties(*legs, mode=mode).hears() == hears


LEGS = st.builds(
    LegInCall,
    st.sampled_from(["L1", "L2", "L3", "L4", "L5"]).map(LegId),
    st.just("offer"),
    st.sampled_from(["web:a1", "phone:a2", "sip:010@trunk"]),
    st.sampled_from([None, AgentId("a1"), AgentId("a2")]),
    presence=st.sampled_from(["ringing", "talking", "away", "gone"]),
    monitoring=st.sampled_from([None, "listen", "whisper", "join"]),
)


@given(
    st.lists(LEGS, max_size=5),
    st.sampled_from(["talk", "hold", "consult", "conference"]),
    st.booleans(),
)
def test_whatever_the_call_is_like_secrets_and_whispers_stay_where_they_belong(
    legs: list[LegInCall], mode: Mode, at_keys: bool
) -> None:
    made = parties(*legs, mode=mode, at_keys=at_keys)
    hears = made.hears()
    if at_keys:
        assert hears == {}
    unheard = {leg.leg for leg in made.legs.values() if not leg.takes_part}
    absent = {leg.leg for leg in made.legs.values() if leg.presence != "talking"}
    assert not unheard & set(hears.get("caller", ()))
    for party, heard in hears.items():
        assert party not in heard
        assert party not in absent
        assert not absent & set(heard)
        leg = made.find(party)
        if leg is not None and leg.agent is None:
            assert not unheard & set(heard)
    if made.caller_waits:
        assert "caller" not in hears
        assert all("caller" not in heard for heard in hears.values())


def test_a_caller_is_alone_only_while_everybody_who_talks_with_them_is_away() -> None:
    away = replace(AGENT, presence="away")
    assert parties(away).caller_is_alone
    assert parties(away, lead("listen")).caller_is_alone
    assert not parties(away, COLLEAGUE, mode="conference").caller_is_alone
    assert not parties(away, lead("join")).caller_is_alone
    assert not parties(away, mode="hold").caller_is_alone  # that caller hears music as it is
    assert not parties().caller_is_alone
