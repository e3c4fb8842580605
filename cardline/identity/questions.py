"""Questions whose answers the bank knows, made from the holder's data by a given random source."""

import random
from collections.abc import Collection

from cardline.identity.model import Facts, Question, QuestionKind

_KINDS: tuple[QuestionKind, ...] = ("statement_day", "credit_limit", "card_count", "opened_year")
_CHOICES = 4


def make_question(
    facts: Facts, *, rng: random.Random, asked: Collection[QuestionKind] = ()
) -> Question | None:
    """Make one question of a kind not yet ``asked``; ``None`` where the data give no more.

    Every wrong answer is as likely as the true one to whoever knows nothing.
    """
    possible = [kind for kind in _KINDS if kind not in asked and _truth(facts, kind) is not None]
    if not possible:
        return None
    kind = rng.choice(possible)
    truth = _truth(facts, kind)
    assert truth is not None
    others = [value for value in _pool(kind, truth) if value != truth]
    choices = [truth, *rng.sample(others, _CHOICES - 1)]
    rng.shuffle(choices)
    first, second, third, fourth = choices
    return Question(kind, (first, second, third, fourth), choices.index(truth) + 1)


def kinds_available(facts: Facts) -> int:
    """Return how many different questions the data give."""
    return sum(_truth(facts, kind) is not None for kind in _KINDS)


def _truth(facts: Facts, kind: QuestionKind) -> int | None:
    if kind == "statement_day":
        return facts.statement_day
    if kind == "credit_limit":
        return facts.credit_limit_yuan if facts.credit_limit_yuan else None
    if kind == "card_count":
        return facts.card_count if facts.card_count else None
    return facts.opened_year


def _pool(kind: QuestionKind, truth: int) -> list[int]:
    if kind == "statement_day":
        return list(range(1, 29))
    if kind == "card_count":
        return list(range(1, max(6, truth + 1)))
    if kind == "opened_year":
        # The place of the truth in its window is itself hidden: it depends on the year alone.
        start = truth - truth % 6
        return list(range(start, start + 6))
    digits = len(str(truth)) - 1
    lead, rest = divmod(truth, 10**digits)
    return [other * 10**digits + rest for other in range(1, 10) if other != lead] + [truth]
