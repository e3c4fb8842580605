"""Closing a card: only when nothing is left between the holder and the bank (row B7)."""

from collections.abc import Iterator
from datetime import datetime

from cardline.cards.closures.model import CardClosure, ClosureFacts, ClosureState
from cardline.cards.model import CardState
from cardline.cards.service_policy import ServicePolicy
from cardline.core.verdict import Reason, Verdict, judge

_ROW = "row B7"


def may_close_card(facts: ClosureFacts, *, points_given_up: bool, policy: ServicePolicy) -> Verdict:
    """Say whether a card may be closed, with everything that is still to be settled.

    What stands on the account counts for its last card alone; while another card lives on, the
    account lives on with it. Refusals: ``card-closed``, ``closing-already``, ``balance-owed``,
    ``credit-to-pay-out``, ``unposted``, ``interest-to-come``, ``instalments-running``,
    ``points-left`` (unless they are knowingly given up), ``case-open``.
    """
    return judge(policy.version, _to_settle(facts, points_given_up))


def _to_settle(facts: ClosureFacts, points_given_up: bool) -> Iterator[Reason]:
    if facts.state is CardState.CLOSED:
        yield Reason("card-closed", _ROW)
        return
    if facts.closing_already:
        yield Reason("closing-already", _ROW)
    if facts.open_cases:
        yield Reason("case-open", _ROW)
    if not facts.last_card:
        return
    if facts.owed > 0:
        yield Reason("balance-owed", _ROW)
    if facts.owed < 0:
        yield Reason("credit-to-pay-out", _ROW)
    if facts.unposted:
        yield Reason("unposted", _ROW)
    if facts.interest_to_come:
        yield Reason("interest-to-come", _ROW)
    if facts.instalments:
        yield Reason("instalments-running", _ROW)
    if facts.points and not points_given_up:
        yield Reason("points-left", _ROW)


def may_withdraw_closure(closure: CardClosure, policy: ServicePolicy, *, now: datetime) -> Verdict:
    """Say whether the holder may still keep the card: until the cooling period ends."""
    running = closure.state is ClosureState.COOLING and now < closure.closes_at
    state = ClosureState.CLOSED if closure.state is ClosureState.COOLING else closure.state
    return judge(policy.version, (None if running else Reason(f"closing-is-{state}", _ROW),))
