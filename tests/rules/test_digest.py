"""Digest authentication of the simulated phone, by the examples of the RFCs."""

import pytest

from cardline.sim.digest import answer_challenge, parse_challenge

CHALLENGE = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", '
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def test_the_example_of_rfc_2617_comes_out() -> None:
    answer = answer_challenge(
        CHALLENGE,
        user="Mufasa",
        password="Circle Of Life",
        method="GET",
        uri="/dir/index.html",
        cnonce="0a4f113b",
    )
    told = parse_challenge(answer)
    assert told["response"] == "6629fae49393a05397450978507c4ef1"
    assert (told["qop"], told["nc"], told["username"]) == ("auth", "00000001", "Mufasa")
    assert told["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"


def test_without_qop_it_answers_as_rfc_2069() -> None:
    challenge = CHALLENGE.replace('qop="auth,auth-int", ', "")
    answer = answer_challenge(
        challenge, user="Mufasa", password="Circle Of Life", method="GET", uri="/dir/index.html"
    )
    assert parse_challenge(answer)["response"] == "670fd8c2df070c60b045671b8b24ff02"


@pytest.mark.parametrize(
    "challenge", ["Basic realm=x", 'Digest nonce="1", algorithm=SHA-256', 'Digest qop="auth-int"']
)
def test_what_it_cannot_answer_is_refused(challenge: str) -> None:
    with pytest.raises(ValueError, match="challenge"):
        answer_challenge(challenge, user="u", password="p", method="REGISTER", uri="sip:h")
