"""Invented people: repeatable, different, with numbers that ring nowhere."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.made_up import Draw, person, phone
from cardline.core.phone import parse_phone
from cardline.sim.demo_people import card_tail, demo_query_password

SEEDS = st.integers(0, 2**40)


def test_the_same_person_every_time() -> None:
    assert person(7, 12, "imported") == person(7, 12, "imported")
    assert person(7, 12, "imported") != person(8, 12, "imported")
    assert person(7, 12, "imported").phone != person(7, 12, "demonstration").phone


def test_no_two_share_a_number() -> None:
    assert len({phone(350, number, "imported") for number in range(1, 30_001)}) == 30_000


@given(SEEDS, st.integers(0, 9_999_999))
def test_numbers_look_right_and_ring_nowhere(seed: int, number: int) -> None:
    invented = phone(seed, number, "demonstration")
    assert parse_phone(invented.removeprefix("+86")) == invented
    assert not phonenumbers.is_valid_number(phonenumbers.parse(invented))


@given(SEEDS, st.lists(st.integers(1, 1 << 40), min_size=1, max_size=40))
def test_draws_stay_in_their_range(seed: int, ranges: list[int]) -> None:
    draw = Draw(seed, "x")
    assert all(0 <= draw.below(count) < count for count in ranges)


@given(SEEDS, st.integers(1, 200))
def test_a_query_password_is_six_digits_that_nobody_guesses(seed: int, index: int) -> None:
    digits = demo_query_password(seed, index).reveal()
    assert digits == demo_query_password(seed, index).reveal()
    assert len(digits) == 6
    assert digits.isdecimal()
    assert len(set(digits)) >= 4
    assert digits not in ("123456", "654321", "112233", "121212", "888888")
    who = person(seed, index, "demonstration")
    assert who.id_tail not in digits
    assert digits not in who.phone
    assert all(card_tail(seed, index, number) not in digits for number in (1, 2, 3))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_names_suit_the_language(language: str) -> None:
    name = person(7, 3, "imported", "en" if language == "en" else "zh").name
    assert name.isascii() == (language == "en")


def test_different_holders_have_different_passwords() -> None:
    passwords = {demo_query_password(7, index).reveal() for index in range(1, 201)}
    assert len(passwords) > 190
