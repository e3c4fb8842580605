"""How many calls to place now (row D4): never beyond the abandonment limit.

Progressive dialling places one call for each free agent, who is held for it. Predictive dialling
places more, since most calls reach nobody; what it risks is that somebody answers and no agent is
free. Two bounds hold at once:

* **The worst case.** Even if everybody whose phone rings answered now, the share of the abandoned
  would stay within the limit. So the limit holds in every course of events as long as no agent who
  was ready leaves while phones ring, and a campaign begins as a progressive one: only answers earn
  the right to risk anything.
* **The expected case.** The share of answers that is expected to meet no agent, with the agents who
  are likely to be free by then, stays within the limit as well: the allowance of the worst case is
  not spent at once where it buys nothing.
"""

from math import exp, floor

from cardline.outreach.campaigns.model import Floor, Mode


def calls_to_place(
    mode: Mode, seen: Floor, *, limit: float, lines_an_agent: int, most: int = 100
) -> int:
    """Return how many calls to place now; never negative.

    Preview places none by itself. ``limit`` is a share of the answered calls; ``lines_an_agent``
    bounds what rings for each agent at work.
    """
    if mode is Mode.PREVIEW:
        return 0
    sure = max(0, seen.ready - seen.ringing)
    if mode is Mode.PROGRESSIVE:
        return min(sure, most)
    at_work = seen.ready + seen.busy
    bound = min(
        seen.ready + allowance(seen.answered, seen.abandoned, limit=limit),
        lines_an_agent * at_work,
    )
    free = agents_free(seen)
    lines = seen.ringing + sure
    while lines < bound and lines - seen.ringing < most:
        if share_abandoned(lines + 1, seen.answer_rate, free) > limit:
            break
        lines += 1
    return min(max(0, lines - seen.ringing), most)


def allowance(answered: float, abandoned: float, *, limit: float) -> int:
    """Return how many more could be abandoned at once within the limit.

    ``k`` more abandoned are ``k`` more answered too: ``abandoned + k <= limit * (answered + k)``.
    """
    # Shares such as 0.03 are not exact in binary: a hair less never breaks the limit.
    return max(0, floor((limit * answered - abandoned) / (1.0 - limit) - 1e-9))


def agents_free(seen: Floor) -> tuple[float, ...]:
    """Return the distribution of agents who are free when a call that is placed now is answered.

    Each busy agent ends within the lead with probability ``1 - exp(-lead / handling)``: talks end
    without memory. Place ``i`` is the probability of exactly ``i`` agents.
    """
    ends = 1.0 - exp(-seen.lead / seen.handling) if seen.handling > 0 else 0.0
    more = binomial(seen.busy, ends)
    return (*(0.0,) * seen.ready, *more)


def share_abandoned(lines: int, answer_rate: float, free: tuple[float, ...]) -> float:
    """Return the expected share of answers for which no agent is free.

    ``lines`` ring, each is answered with ``answer_rate``; ``free`` as of :func:`agents_free`.
    """
    if lines == 0 or answer_rate <= 0:
        return 0.0
    left = 0.0
    for answers, likely in enumerate(binomial(lines, answer_rate)):
        for agents, share in enumerate(free):
            if agents >= answers:
                break
            left += likely * share * (answers - agents)
    return left / (lines * answer_rate)


def binomial(trials: int, rate: float) -> tuple[float, ...]:
    """Return the probabilities of 0, 1, … ``trials`` hits."""
    found = [1.0]
    for _ in range(trials):
        found = [
            (found[hits] * (1 - rate) if hits < len(found) else 0.0)
            + (found[hits - 1] * rate if hits else 0.0)
            for hits in range(len(found) + 1)
        ]
    return tuple(found)
