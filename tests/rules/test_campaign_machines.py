"""Person or machine, from what was heard; and what is heard, from sound (row D4)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cardline.adapters.sip.g711 import SILENCE, Law, encode
from cardline.adapters.sip.listener.hearing import FRAME, STEP, Ear, Stream, Stretch
from cardline.core.policy import PolicyError, load_area
from cardline.outreach.campaigns.machine_model import Callee, Heard, Judgement, Undecided
from cardline.outreach.campaigns.machine_policy import machine_policy
from cardline.outreach.campaigns.rules.machines import judge_callee, message_moment

POLICY = machine_policy(load_area("campaigns"))
RULE = replace(
    POLICY.rule,
    word=0.1,
    pause=0.5,
    greeting=2.4,
    tone=0.16,
    wait=2.0,
    limit=4.0,
    message_quiet=3.0,
    message_limit=40.0,
)


def speech(began: float, ended: float | None = None) -> Heard:
    return Heard("speech", began, ended)


def tone(began: float, ended: float | None = None) -> Heard:
    return Heard("tone", began, ended)


def judged(*heard: Heard, now: float) -> tuple[str, tuple[str, ...]] | float:
    """Who it is and why, or when to look again."""
    found = judge_callee(heard, RULE, now=now)
    return found.look_at if isinstance(found, Undecided) else (found.callee, found.codes)


@pytest.mark.parametrize(
    ("heard", "now", "expected"),
    [
        ([], 0.0, 2.0),
        ([], 2.0, ("unknown", ("nothing-said",))),
        ([speech(0.3)], 0.5, 2.7),
        ([speech(0.3, 0.7)], 0.9, 1.2),
        ([speech(0.3, 0.7)], 1.2, ("person", ("short-hello",))),
        ([speech(0.3, 0.7), speech(1.0)], 1.3, 2.7),  # the pause was too short to end a hello
        ([speech(0.3, 0.7), speech(1.0)], 2.7, ("machine", ("long-greeting",))),
        ([speech(0.3)], 2.7, ("machine", ("long-greeting",))),
        ([speech(0.1, 0.15)], 1.0, 2.0),  # a click
        ([speech(0.1, 0.15)], 2.0, ("unknown", ("nothing-said",))),
        ([tone(0.5)], 0.6, 0.66),
        ([tone(0.5)], 0.7, ("machine", ("tone",))),
        ([tone(0.5, 0.6)], 0.7, 2.0),
        ([speech(0.2, 2.7), tone(2.8, 3.2)], 3.2, ("machine", ("tone", "long-greeting"))),
        ([speech(1.9)], 2.0, 4.0),  # has just begun to speak: is heard out
        ([speech(1.9)], 4.0, ("unknown", ("out-of-time",))),
    ],
)
def test_who_answered(
    heard: list[Heard], now: float, expected: tuple[str, tuple[str, ...]] | float
) -> None:
    found = judged(*heard, now=now)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_every_reason_names_its_number_and_the_time_that_it_took() -> None:
    found = judge_callee([speech(0.3)], RULE, now=2.75)
    assert isinstance(found, Judgement)
    assert (found.after, found.rule) == (2.75, RULE.version)
    numbers = load_area("campaigns").numbers
    for reason in found.reasons:
        assert reason.source.partition(".")[2] in numbers


moments = st.floats(0.0, 5.0).map(lambda at: round(at, 2))


@st.composite
def whatever_is_heard(draw: st.DrawFn) -> list[Heard]:
    edges = sorted(set(draw(st.lists(moments, max_size=10))))
    kinds = draw(st.lists(st.sampled_from(["speech", "tone"]), min_size=5, max_size=5))
    pairs = zip(edges[::2], [*edges[1::2], None], kinds, strict=False)
    return [Heard(kind, began, ended) for began, ended, kind in pairs]  # type: ignore[arg-type]


@given(whatever_is_heard())
def test_there_is_an_end_in_time_whatever_is_heard_and_every_doubt_is_a_person(
    heard: list[Heard],
) -> None:
    now, looks = 0.0, 0
    while True:
        known = until(heard, now)
        found = judge_callee(known, RULE, now=now)
        if isinstance(found, Judgement):
            break
        assert now < found.look_at <= RULE.limit + 1e-6
        news = [one.began for one in heard if one.began > now]
        news += [one.ended for one in heard if one.ended is not None and one.ended > now]
        now = min([found.look_at, *news])
        looks += 1
        assert looks < 60
    assert found.after <= RULE.limit + 1e-6
    if found.callee is Callee.MACHINE:
        assert any(
            one.kind == "tone" or (one.ended or now) - one.began > 0.1 for one in until(heard, now)
        )


def until(heard: Sequence[Heard], now: float) -> list[Heard]:
    """What is known of it at a time."""
    return [
        replace(one, ended=one.ended if one.ended is not None and one.ended <= now else None)
        for one in heard
        if one.began <= now
    ]


@pytest.mark.parametrize(
    ("heard", "now", "expected"),
    [
        ([speech(0.3)], 3.0, 40.0),
        ([speech(0.3, 4.0)], 4.5, 7.0),
        ([speech(0.3, 4.0)], 7.0, "now"),  # a machine without a tone
        ([speech(0.3, 4.0), tone(4.3)], 4.6, 40.0),
        ([speech(0.3, 4.0), tone(4.3, 4.7)], 4.8, 4.9),
        ([speech(0.3, 4.0), tone(4.3, 4.7)], 4.9, "now"),
        ([speech(0.3)], 40.0, "never"),
        ([], 40.0, "never"),
        ([tone(0.2, 0.6)], 0.8, "now"),
        ([tone(0.2, 0.6), speech(1.0)], 1.3, 40.0),  # it sounded first and speaks now
    ],
)
def test_when_the_message_can_be_left(
    heard: list[Heard], now: float, expected: str | float
) -> None:
    found = message_moment(heard, RULE, now=now)
    if isinstance(found, Undecided):
        assert found.look_at == pytest.approx(expected)
    else:
        assert found == expected


def test_a_pack_whose_bounds_contradict_each_other_is_refused() -> None:
    area = load_area("campaigns")
    late = replace(area.numbers["machine_limit_seconds"], value="1.5")
    with pytest.raises(PolicyError, match="machine_limit_seconds"):
        machine_policy(replace(area, numbers={**area.numbers, "machine_limit_seconds": late}))


def test_by_default_nobody_listens_and_machines_count_against_the_limit_by_their_share() -> None:
    assert POLICY.default == "ignore"
    assert POLICY.reckoned(100) == pytest.approx(100 * POLICY.false_share)
    assert replace(POLICY, counts_abandoned=False).reckoned(100) == 0


# ---------------------------------------------------------------- what is heard

RATE = 8000
Sound = NDArray[np.float64]


def noise(seconds: float, level: float, seed: int = 1) -> Sound:
    chance = np.random.default_rng(seed)
    return chance.standard_normal(round(RATE * seconds)) * 10 ** (level / 20)


def voiced(seconds: float, level: float = -18.0) -> Sound:
    time = np.arange(round(RATE * seconds)) / RATE
    wave = sum(np.sin(2 * np.pi * 170 * n * time) / n for n in range(1, 8))
    return wave / np.std(wave) * 10 ** (level / 20)


def sine(seconds: float, hz: float, level: float = -18.0) -> Sound:
    time = np.arange(round(RATE * seconds)) / RATE
    return np.sqrt(2) * np.sin(2 * np.pi * hz * time) * 10 ** (level / 20)


def heard_in(*parts: Sound, law: Law = "alaw", street: float = -70.0) -> list[Stretch]:
    sound = np.concatenate(parts)
    sound = sound + noise(len(sound) / RATE, street)[: len(sound)]
    codes = encode(np.clip(np.round(sound * 32768), -32768, 32767).astype(np.int16), law).tobytes()
    ear = Ear()
    found: list[Stretch] = []
    for number in range(len(codes) // FRAME):
        found += ear.hear(codes[number * FRAME : (number + 1) * FRAME], law, number * STEP)
    return [one for one in [*found, *ear.end()] if one.ended is not None]


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
@pytest.mark.parametrize("street", [-70.0, -45.0, -35.0])
def test_a_word_is_heard_as_long_as_it_is_in_a_room_and_in_a_street(
    law: Law, street: float
) -> None:
    found = heard_in(noise(0.6, -90), voiced(0.5), noise(1.0, -90), law=law, street=street)
    if street > -40:  # what comes before any noise was heard is taken for a word
        found = found[1:]
    assert [one.kind for one in found] == ["speech"]
    assert found[0].began == pytest.approx(0.6, abs=0.06)
    assert found[0].ended == pytest.approx(1.1, abs=0.06)


@pytest.mark.parametrize("hz", [425.0, 1000.0, 1400.0, 2100.0])
def test_a_beep_is_a_tone_and_no_speech(hz: float) -> None:
    found = heard_in(noise(0.4, -90), sine(0.3, hz), noise(0.5, -90))
    assert [one.kind for one in found] == ["tone"]
    assert found[0].hz == pytest.approx(hz, abs=8)
    assert (found[0].ended or 0) - found[0].began == pytest.approx(0.3, abs=0.05)


def test_a_steady_street_is_no_speech_for_long() -> None:
    found = heard_in(noise(3.0, -38))
    assert sum((one.ended or 0) - one.began for one in found) < 0.5


def packets(*parts: Sound) -> list[bytes]:
    sound = np.round(np.concatenate(parts) * 32768).astype(np.int16)
    codes = encode(sound, "alaw").tobytes()
    return [codes[at : at + FRAME] for at in range(0, len(codes), FRAME)]


def stretches(stream: Stream, sent: list[tuple[int, bytes]], *, ends: float) -> list[Stretch]:
    """What is heard of packets that arrive when they were said, and of the silence after them."""
    found: list[Stretch] = []
    for number, codes in sent:
        now = (number + 1) * STEP
        found += stream.silence_until(now)
        found += stream.take(number * FRAME, codes, "alaw", now)
    found += stream.silence_until(ends)
    return [one for one in found if one.ended is not None]


def test_lost_packets_end_no_word() -> None:
    sent = list(enumerate(packets(voiced(1.0), np.zeros(RATE // 2))))
    left = [one for one in sent if one[0] % 7 not in (3, 4)]
    found = stretches(Stream(), left, ends=2.0)
    assert len(found) == 1
    assert found[0].ended == pytest.approx(1.0, abs=0.08)


def test_a_phone_that_sends_nothing_while_nobody_speaks_ends_its_word() -> None:
    words = [*enumerate(packets(voiced(0.5)))]
    later = [(number + 75, codes) for number, codes in enumerate(packets(voiced(0.4)))]
    found = stretches(Stream(), [*words, *later], ends=3.0)
    assert [round(one.began, 1) for one in found] == [0.0, 1.5]
    assert [round(one.ended or 0, 1) for one in found] == [0.5, 1.9]


def test_late_and_doubled_packets_are_heard_once() -> None:
    sent = list(enumerate(packets(voiced(0.5), np.zeros(RATE // 2))))
    sent[5], sent[6] = sent[6], sent[5]
    sent.insert(12, sent[11])
    found = stretches(Stream(), sent, ends=1.5)
    assert len(found) == 1
    assert found[0].ended == pytest.approx(0.5, abs=0.08)


def test_silence_in_either_law_is_silence() -> None:
    for law, code in SILENCE.items():
        ear = Ear()
        frames = [ear.hear(bytes([code]) * FRAME, law, number * STEP) for number in range(100)]
        assert not [one for frame in frames for one in frame]
