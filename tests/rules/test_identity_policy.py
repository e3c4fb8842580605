"""A pack that would open a door is refused when it is loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardline import identity
from cardline.core.policy import AreaPolicy, PolicyError, Value, load_area
from cardline.identity.model import Act, Factor
from cardline.identity.policy import identity_policy


def altered(key: str, value: Value) -> AreaPolicy:
    area = load_area("identity")
    return replace(area, numbers=area.numbers | {key: replace(area.numbers[key], value=value)})


def test_every_act_has_its_line() -> None:
    policy = identity_policy(load_area("identity"))
    assert set(policy.ways) == set(Act)


@pytest.mark.parametrize(
    "way",
    [
        "registered_number + one_time_code",
        "query_password",
        "one_time_code + knowledge_questions",
        "query_password + card_and_id_tails",
        "nothing",
    ],
)
def test_a_guarded_act_cannot_be_opened_by_one_kind_of_factor(way: str) -> None:
    with pytest.raises(PolicyError, match="guarded"):
        identity_policy(altered("needs_release_hold", [way]))


def test_a_reset_password_must_stay_weak_for_longer_than_a_hold_lasts() -> None:
    with pytest.raises(PolicyError, match="hold_hours"):
        identity_policy(altered("weak_after_reset_hours", 48))


@pytest.mark.parametrize("ways", [[], ["shoe_size"], [""]])
def test_a_line_that_names_no_known_factor_is_refused(ways: list[object]) -> None:
    with pytest.raises(PolicyError, match="needs_freeze"):
        identity_policy(altered("needs_freeze", ways))


def test_the_readme_shows_the_table_of_the_pack() -> None:
    words = {
        "number": Factor.REGISTERED_NUMBER,
        "code": Factor.ONE_TIME_CODE,
        "password": Factor.QUERY_PASSWORD,
        "tails": Factor.CARD_AND_ID_TAILS,
        "questions": Factor.KNOWLEDGE_QUESTIONS,
        "person": Factor.AGENT_JUDGEMENT,
    }
    policy = identity_policy(load_area("identity"))
    readme = Path(identity.__file__ or "").with_name("README.md").read_text(encoding="utf-8")
    for act in Act:
        ways = [
            " + ".join(word for word, factor in words.items() if factor in way) or "nothing"
            for way in policy.ways[act]
        ]
        assert f"| `{act.value}` | {' · '.join(ways)} |" in readme
