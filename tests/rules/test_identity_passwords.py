"""Which query passwords are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.masking import Secret
from cardline.identity.passwords import may_be_password
from tests.rules.identity_people import POLICY, SUBJECT


def codes(digits: str) -> set[str]:
    verdict = may_be_password(Secret(digits), subject=SUBJECT, policy=POLICY)
    return {code.removeprefix("weak-password-") for code in verdict.codes}


@pytest.mark.parametrize(
    ("digits", "reason"),
    [
        ("12345", "not-digits"),
        ("1234567", "not-digits"),
        ("12345a", "not-digits"),
        ("", "not-digits"),
        ("１２３４５６", "not-digits"),
        ("777777", "few-digits"),
        ("778877", "few-digits"),
        ("123456", "sequence"),
        ("654321", "sequence"),
        ("890123", "sequence"),
        ("258258", "pattern"),
        ("121212", "pattern"),
        ("540000", "part-of-phone"),
        ("948219", "part-of-card"),
    ],
)
def test_what_is_guessed_first_is_refused(digits: str, reason: str) -> None:
    assert reason in codes(digits)


@pytest.mark.parametrize("digits", ["739154", "482915", "906271", "135790"])
def test_an_ordinary_password_is_taken(digits: str) -> None:
    assert codes(digits) == set()


@given(st.text(max_size=12))
def test_no_text_is_an_error_and_only_six_digits_pass(text: str) -> None:
    if not codes(text):
        assert len(text) == 6
        assert set(text) <= set("0123456789")


def test_most_passwords_are_left_to_the_holder() -> None:
    refused = sum(bool(codes(f"{number:06d}")) for number in range(0, 1_000_000, 97))
    assert refused / (1_000_000 / 97) < 0.02
