"""The machine: a pure state machine over what was heard and which articles fit.

It answers from articles meant for holders, says plainly that it is a machine, never asks for
anything, and gives way to a person at once when asked, when somebody complains or despairs, when a
card is lost, and after failing twice.
"""

import re
from collections.abc import Sequence
from typing import get_args

from cardline.messages.chat.model import (
    BotState,
    BotStep,
    BotWords,
    Candidate,
    ChatPolicy,
    HandOver,
    HandOverReason,
    Say,
    Signal,
)

_AT_ONCE: tuple[tuple[Signal, HandOverReason], ...] = (
    ("theft", "theft"),
    ("distress", "distress"),
    ("complaint", "complaint"),
    ("person", "asked"),
)
AT_ONCE = frozenset(signal for signal, _ in _AT_ONCE)
"""What leads to a person whatever else was said."""

_SHORT = 12
"""Characters up to which a greeting or thanks is nothing else besides."""
_TITLES = 3


def signals(text: str, words: BotWords) -> frozenset[Signal]:
    """Hear what calls for more than an answer."""
    plain = " ".join(text.casefold().split())
    return frozenset(
        signal
        for signal in get_args(Signal)
        if any(re.search(pattern, plain) for pattern in words.patterns[signal])
    )


def step(
    state: BotState,
    heard: frozenset[Signal],
    candidates: Sequence[Candidate],
    *,
    length: int,
    words: BotWords,
    policy: ChatPolicy,
) -> BotStep:
    """Answer, ask again, or hand over. ``length``: characters of what was written."""
    for signal, reason in _AT_ONCE:
        if signal in heard:
            return _hand_over(state, reason, candidates, words, policy)
    if "not-helped" in heard:
        return _failed(state, "not_helped", candidates, words, policy)
    if length <= _SHORT and heard & {"helped", "thanks"}:
        return BotStep(BotState(matter=state.matter), (Say("glad"),))
    if length <= _SHORT and "greeting" in heard:
        return BotStep(state, (Say("greeting_again"),))
    best = candidates[0] if candidates else None
    if best is None or best.confidence < policy.confidence:
        return _failed(state, "not_understood", candidates, words, policy)
    if best.article == state.article:
        # The same question again: the answer did not help.
        return _failed(state, "same_again", (), words, policy)
    after = BotState(failures=0, article=best.article, matter=best.matter)
    return BotStep(after, (Say("answer", article=best.article), Say("did_it_help")))


def _failed(
    state: BotState,
    text: str,
    candidates: Sequence[Candidate],
    words: BotWords,
    policy: ChatPolicy,
) -> BotStep:
    failures = state.failures + 1
    if failures >= policy.failures:
        return _hand_over(state, "failures", candidates, words, policy)
    titles = tuple(
        one.article
        for one in candidates[:_TITLES]
        if one.confidence >= policy.suggest and one.article != state.article
    )
    after = BotState(failures=failures, article=state.article, matter=state.matter)
    return BotStep(after, (Say(text, titles=titles),))


def _hand_over(
    state: BotState,
    reason: HandOverReason,
    candidates: Sequence[Candidate],
    words: BotWords,
    policy: ChatPolicy,
) -> BotStep:
    if reason == "theft":
        matter = words.theft_matter
    elif reason == "complaint":
        matter = words.complaint_matter
    elif reason == "asked" and state.matter:
        # "A person, please" is about what was asked before, not about its own words.
        matter = state.matter
    elif candidates and candidates[0].confidence >= policy.suggest:
        matter = candidates[0].matter
    else:
        matter = state.matter or words.fallback_matter
    urgent = reason in ("theft", "distress")
    says = (Say(f"hand_over_{reason}"),)
    return BotStep(BotState(matter=state.matter), says, HandOver(reason, matter, urgent))
