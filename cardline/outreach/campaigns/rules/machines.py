"""Did a person answer, or a machine? And when may the message be left? Pure (row D4).

Who picks up a telephone says a word or two and waits; a machine speaks on, or sounds a tone. What
cannot be told in time is a person: wrong this way round costs an agent half a minute, wrong the
other way round is a silent call to somebody who did pick up. So every doubt ends as ``unknown``,
and the time is bounded twice: a person who says nothing waits ``wait``, and nobody, whatever is
being said, waits longer than ``limit`` for our first word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cardline.core.verdict import Reason
from cardline.outreach.campaigns.machine_model import (
    Callee,
    Heard,
    Judgement,
    MachineRule,
    MessageMoment,
    Undecided,
)

_HAIR = 1e-6
"""Times are sums of frames: equal ones may differ by so much."""
_AFTER_TONE = 0.2
"""Machines begin to record a moment after their tone."""


@dataclass(frozen=True, slots=True)
class _Talk:
    """Speech without a pause that ends it; ``ended`` is None while it goes on."""

    began: float
    ended: float | None


def judge_callee(heard: Sequence[Heard], rule: MachineRule, *, now: float) -> Judgement | Undecided:
    """Say who has answered, ``now`` seconds after the answer, from what was heard until then.

    Only what had begun by ``now`` may be given. Every reason that holds is told; a reason for a
    machine goes before one for a person, and both before the end of the time.
    """
    machine = [*_tones(heard, rule, now), *_long_greeting(heard, rule, now)]
    if machine:
        return Judgement(Callee.MACHINE, tuple(machine), now, rule.version)
    talk = _first_talk(heard, rule, now)
    if talk is not None and talk.ended is not None and now >= talk.ended + rule.pause - _HAIR:
        said = Reason("short-hello", "campaigns.machine_greeting_seconds")
        return Judgement(Callee.PERSON, (said,), now, rule.version)
    late = list(_out_of_time(heard, talk, rule, now))
    if late:
        return Judgement(Callee.UNKNOWN, tuple(late), now, rule.version)
    return Undecided(_next_look(heard, talk, rule, now))


def message_moment(
    heard: Sequence[Heard], rule: MachineRule, *, now: float
) -> MessageMoment | Undecided:
    """Say whether the message can be left now: after the tone, or after a greeting without one."""
    tones = [one for one in heard if one.kind == "tone" and _length(one, now) >= rule.tone - _HAIR]
    speech = [one for one in heard if one.kind == "speech"]
    if any(one.ended is None for one in heard):
        quiet_since = None
    else:
        quiet_since = max((one.ended or 0.0 for one in heard), default=0.0)
    if quiet_since is not None:
        after_tone = bool(tones) and quiet_since == tones[-1].ended
        needed = _AFTER_TONE if after_tone else rule.message_quiet
        if (after_tone or speech) and now >= quiet_since + needed - _HAIR:
            return "now"
    if now >= rule.message_limit - _HAIR:
        return "never"
    looks = [rule.message_limit]
    if quiet_since is not None:
        looks += [quiet_since + _AFTER_TONE, quiet_since + rule.message_quiet]
    return Undecided(min(look for look in looks if look > now))


def _tones(heard: Sequence[Heard], rule: MachineRule, now: float) -> list[Reason]:
    if any(one.kind == "tone" and _length(one, now) >= rule.tone - _HAIR for one in heard):
        return [Reason("tone", "campaigns.machine_tone_seconds")]
    return []


def _long_greeting(heard: Sequence[Heard], rule: MachineRule, now: float) -> list[Reason]:
    talk = _first_talk(heard, rule, now)
    if talk is None or (talk.ended or now) - talk.began < rule.greeting - _HAIR:
        return []
    return [Reason("long-greeting", "campaigns.machine_greeting_seconds")]


def _out_of_time(
    heard: Sequence[Heard], talk: _Talk | None, rule: MachineRule, now: float
) -> list[Reason]:
    found: list[Reason] = []
    if talk is None and now >= rule.wait - _HAIR and not _in_doubt(heard, rule, now):
        found.append(Reason("nothing-said", "campaigns.machine_wait_seconds"))
    if now >= rule.limit - _HAIR:
        found.append(Reason("out-of-time", "campaigns.machine_limit_seconds"))
    return found


def _first_talk(heard: Sequence[Heard], rule: MachineRule, now: float) -> _Talk | None:
    """The first thing said, its short pauses included; noises are no part of it."""
    talk: _Talk | None = None
    for one in heard:
        if one.kind != "speech" or _length(one, now) < rule.word - _HAIR:
            continue
        if talk is None:
            talk = _Talk(one.began, one.ended)
        elif talk.ended is not None and one.began - talk.ended < rule.pause - _HAIR:
            talk = _Talk(talk.began, one.ended)
    return talk


def _in_doubt(heard: Sequence[Heard], rule: MachineRule, now: float) -> bool:
    """Something goes on that is too short as yet to be a word or a tone."""
    return any(one.ended is None and _length(one, now) < _least(one, rule) for one in heard)


def _next_look(heard: Sequence[Heard], talk: _Talk | None, rule: MachineRule, now: float) -> float:
    looks = [rule.limit]
    if talk is None:
        looks.append(rule.wait)
    else:
        looks.append(talk.began + rule.greeting)
        if talk.ended is not None:
            looks.append(talk.ended + rule.pause)
    looks += [one.began + _least(one, rule) for one in heard if one.ended is None]
    return min(look for look in looks if look > now)


def _least(one: Heard, rule: MachineRule) -> float:
    return rule.word if one.kind == "speech" else rule.tone


def _length(one: Heard, now: float) -> float:
    return (now if one.ended is None else one.ended) - one.began
