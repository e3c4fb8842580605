"""One tab is an agent's phone (row A4)."""

from datetime import UTC, datetime, timedelta

import pytest

from cardline.core.ids import AgentId
from cardline.core.policy import load_area
from cardline.hotline.softphone.model import Softphone
from cardline.hotline.softphone.rules import may_take
from cardline.routing.rules import needs_lease, read_policy, web_phone

POLICY = read_policy(load_area("routing"))
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def phone(seconds_ago: float) -> Softphone:
    seen = NOW - timedelta(seconds=seconds_ago)
    return Softphone(AgentId("a1"), "first-tab", seen, seen)


@pytest.mark.parametrize(
    ("present", "tab", "take_over", "codes", "taken_over"),
    [
        (None, "first-tab", False, (), False),
        (phone(3), "first-tab", False, (), False),
        (phone(3), "second-tab", False, ("other-tab",), False),
        (phone(3), "second-tab", True, (), True),
        (phone(15), "second-tab", False, (), False),
        (phone(14.9), "second-tab", False, ("other-tab",), False),
    ],
)
def test_a_tab_that_is_alive_keeps_the_phone_until_another_takes_it_over(
    present: Softphone | None, tab: str, take_over: bool, codes: tuple[str, ...], taken_over: bool
) -> None:
    taken = may_take(present, tab, take_over=take_over, policy=POLICY, now=NOW)
    assert taken.verdict.codes == codes
    assert taken.taken_over == taken_over


def test_who_is_refused_is_told_until_when() -> None:
    verdict = may_take(phone(5), "second-tab", take_over=False, policy=POLICY, now=NOW).verdict
    assert verdict.refusals[0].until == NOW + timedelta(seconds=10)


def test_a_browser_counts_as_a_phone_only_while_it_gives_signs_of_life() -> None:
    assert needs_lease(web_phone(AgentId("a1")))
    assert needs_lease("phone:a1")
    assert not needs_lease("sip:120@10.20.1.20")
