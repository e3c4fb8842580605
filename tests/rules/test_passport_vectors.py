"""Signed caller identity: what RFC 8224, 8225, 8588 print, byte for byte; the form of RFC 9795."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from cardline.trust.caller_identity import CallerIdentity
from cardline.trust.caller_model import CallerVerdict, Passport, RichCallData
from cardline.trust.passport import (
    canonical_json,
    claims_of,
    identity_header,
    sign,
    signer_named,
    verify,
)
from tests.rules.test_trust_passport import CERTIFICATE, KEY, X5U, certificate

# RFC 8225, appendix A. Its private key and its public key are no pair, and the signature that it
# prints for `iat` 1471375418 belongs to neither: only the parts that are signed can be held against
# it. The signature that RFC 8224 prints in its examples, made when `iat` was still written as a
# string, belongs to the public key: so a signature of somebody else's making is verified.
RFC8225_PUBLIC_KEY = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH
78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==
-----END PUBLIC KEY-----
"""
RFC_X5U = "https://cert.example.org/passport.cer"
RFC8225_HEAD = (
    "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9j"
    "ZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9"
)
RFC8225_CLAIMS = (
    "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI"
    "6MTQ3MTM3NTQxOCwib3JpZyI6eyJ0biI6IjEyMTU1NTUxMjEyIn19"
)
RFC8225_SIGNATURE = (
    "VLBCIVDCaeK6M4hLJb6SHQvacAQVvoiiEOWQ_iUkqk79UD81fHQ0E1b3_GluIkba7UWYRM47ZbNFdOJquE35cw"
)
RFC8224_CLAIMS = (
    "eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI"
    "6IjE0NDMyMDgzNDUiLCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0"
)
RFC8224_SIGNATURE = (
    "rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w"
)
RFC8224_FULL = f"{RFC8225_HEAD}.{RFC8224_CLAIMS}.{RFC8224_SIGNATURE}"
RFC8224_DATE = "Fri, 25 Sep 2015 19:12:25 GMT"
THEN = datetime.fromtimestamp(1443208345, UTC)
THEIRS = certificate(
    load_pem_public_key(RFC8225_PUBLIC_KEY),
    since=THEN - timedelta(days=1),
)
OWN = certificate(CERTIFICATE.public_key(), since=THEN - timedelta(days=1))


def judged(
    header: str,
    *,
    caller: str = "+12155551212",
    called: str = "alice",
    certificate: x509.Certificate | None = THEIRS,
    now: datetime = THEN,
    date: datetime | None = None,
) -> CallerVerdict:
    return verify(
        header,
        caller=caller,
        called=called,
        certificate=certificate,
        freshness=timedelta(seconds=60),
        now=now,
        date=date,
    )


def parts_of(token: str) -> list[Any]:
    padded = [part + "=" * (-len(part) % 4) for part in token.split(".")[:2]]
    return [json.loads(urlsafe_b64decode(part)) for part in padded]


def encoded(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(canonical_json(value)).rstrip(b"=").decode()


# ------------------------------------------------------------------ what is signed (RFC 8225, 9)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        # RFC 8225, appendix A: the header and the claims
        (
            {"x5u": RFC_X5U, "typ": "passport", "alg": "ES256"},
            '{"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"}',
        ),
        (
            {
                "orig": {"tn": "12155551212"},
                "iat": 1471375418,
                "dest": {"uri": ["sip:alice@example.com"]},
            },
            (
                '{"dest":{"uri":["sip:alice@example.com"]},"iat":1471375418,'
                '"orig":{"tn":"12155551212"}}'
            ),
        ),
        # RFC 8225, 9.1: keys in order at every depth, arrays as they stand, no white space
        (
            {
                "orig": {"tn": "12155551212"},
                "mky": [
                    {
                        "dig": "021ACC5427ABEB9C533F3E4B652E7D463F5442CD54F17A03A27DF9B07F4619B2",
                        "alg": "sha-256",
                    },
                    {
                        "dig": "4AADB9B13F82183B540212DF3E5D496B19E57CAB3E4B652E7D463F5442CD54F1",
                        "alg": "sha-256",
                    },
                ],
                "iat": 1443208345,
                "dest": {"uri": ["sip:alice@example.com"]},
            },
            (
                '{"dest":{"uri":["sip:alice@example.com"]},"iat":1443208345,"mky":[{"alg":"sha-256",'
                '"dig":"021ACC5427ABEB9C533F3E4B652E7D463F5442CD54F17A03A27DF9B07F4619B2"},{"alg":'
                '"sha-256","dig":"4AADB9B13F82183B540212DF3E5D496B19E57CAB3E4B652E7D463F5442CD54F1"}'
                '],"orig":{"tn":"12155551212"}}'
            ),
        ),
        # RFC 8225, 8.1: a header of another type
        (
            {"x5u": "https://tel.example.org/passport.cer", "ppt": "foo", "typ": "passport"},
            '{"ppt":"foo","typ":"passport","x5u":"https://tel.example.org/passport.cer"}',
        ),
        # What is not ASCII is UTF-8, not escaped (RFC 8225, 9; RFC 7638, 3)
        ({"rcd": {"nam": "示例银行"}}, '{"rcd":{"nam":"示例银行"}}'),
    ],
)
def test_json_has_one_form(value: dict[str, Any], written: str) -> None:
    assert canonical_json(value).decode() == written


def test_what_is_signed_is_that_of_rfc_8225_to_the_letter() -> None:
    head, claims = parts_of(f"{RFC8225_HEAD}.{RFC8225_CLAIMS}")
    assert encoded(dict(reversed(head.items()))) == RFC8225_HEAD
    assert encoded(dict(reversed(claims.items()))) == RFC8225_CLAIMS
    assert sign(Passport("1", ("2",), 1, RFC_X5U), KEY).partition(".")[0] == RFC8225_HEAD


def test_claims_are_those_of_rfc_8588() -> None:
    shaken = Passport(
        origin="12155550121",
        destinations=("12155550131",),
        issued_at=1443208345,
        x5u=RFC_X5U,
        ppt="shaken",
        attest="A",
        origid="123e4567-e89b-12d3-a456-426655440000",
    )
    assert canonical_json(claims_of(shaken)) == (
        b'{"attest":"A","dest":{"tn":["12155550131"]},"iat":1443208345,'
        b'"orig":{"tn":"12155550121"},"origid":"123e4567-e89b-12d3-a456-426655440000"}'
    )
    head, claims = parts_of(sign(shaken, KEY))
    assert head == {"alg": "ES256", "ppt": "shaken", "typ": "passport", "x5u": RFC_X5U}
    told = judged(
        identity_header(shaken, KEY),
        caller="+12155550121",
        called="+12155550131",
        certificate=OWN,
    )
    assert (told.verdict, told.attest) == ("valid", "A")
    assert claims["iat"] == 1443208345  # the RFC prints a string; its erratum 6656 a number


@pytest.mark.parametrize(
    ("rich", "written"),
    [
        (
            RichCallData(name="James Bond"),
            (
                b'{"dest":{"tn":["12155551001"]},"iat":1443208345,'
                b'"orig":{"tn":"12025551000"},"rcd":{"nam":"James Bond"}}'
            ),
        ),
        (
            RichCallData(name="James Bond", reason="For your ears only"),
            (
                b'{"crn":"For your ears only","dest":{"tn":["12155551001"]},"iat":1443208345,'
                b'"orig":{"tn":"12025551000"},"rcd":{"nam":"James Bond"}}'
            ),
        ),
        (
            RichCallData(
                name="Q Branch Spy Gadgets",
                callback="12025551000",
                icon="https://example.com/photos/q-256x256.png",
            ),
            (
                b'{"dest":{"tn":["12155551001"]},"iat":1443208345,"orig":{"tn":"12025551000"},'
                b'"rcd":{"apn":"12025551000","icn":"https://example.com/photos/q-256x256.png",'
                b'"nam":"Q Branch Spy Gadgets"}}'
            ),
        ),
    ],
)
def test_rich_call_data_has_the_members_that_rfc_9795_names(
    rich: RichCallData, written: bytes
) -> None:
    """Values are ours: its printed examples were not at hand."""
    passport = Passport("12025551000", ("12155551001",), 1443208345, RFC_X5U, ppt="rcd", rich=rich)
    assert canonical_json(claims_of(passport)) == written
    told = judged(
        identity_header(passport, KEY),
        caller="+1 (202) 555-1000",
        called="+1 215 555 1001",
        certificate=OWN,
    )
    assert (told.verdict, told.name, told.reason) == ("valid", rich.name, rich.reason)


# ------------------------------------------------------------------ signatures that were printed


def test_the_signature_printed_in_rfc_8224_is_that_of_the_key_in_rfc_8225() -> None:
    header = f"{RFC8224_FULL};info=<{RFC_X5U}>;alg=ES256"
    told = judged(header)
    assert told.reasons == ("stale",)  # a time that is a string is none (RFC 7519, 2)
    assert (told.origin, told.signer) == ("12155551212", RFC_X5U)
    altered = judged(header.replace("rq3p", "rq3q"))
    assert altered.reasons == ("stale", "wrong-signature")
    assert judged(header, certificate=OWN).reasons == ("stale", "wrong-signature")


def test_the_header_of_rfc_8224_names_another_certificate_than_its_passport() -> None:
    header = f"{RFC8224_FULL};info=<https://biloxi.example.org/biloxi.cert>"
    assert signer_named(header) == "https://biloxi.example.org/biloxi.cert"
    assert judged(header).reasons == ("info-differs", "stale")


def test_the_signature_printed_in_rfc_8225_does_not_belong_to_the_key_printed_there() -> None:
    header = f"{RFC8225_HEAD}.{RFC8225_CLAIMS}.{RFC8225_SIGNATURE};info=<{RFC_X5U}>;alg=ES256"
    at = datetime.fromtimestamp(1471375418, UTC)
    theirs = certificate(load_pem_public_key(RFC8225_PUBLIC_KEY), since=at - timedelta(days=1))
    told = judged(header, now=at, certificate=theirs)
    assert told.reasons == ("wrong-signature",)  # all else holds


# ------------------------------------------------------------------ the compact form (RFC 8225, 7)

COMPACT = Passport("12155551212", ("12125551213",), 1443208345, RFC_X5U)


def compact_of(passport: Passport) -> str:
    signature = sign(passport, KEY).rpartition(".")[2]
    return f"..{signature};info=<{RFC_X5U}>;alg=ES256"


def in_compact(header: str, **changes: Any) -> CallerVerdict:
    call: dict[str, Any] = {
        "caller": "+12155551212",
        "called": "+12125551213",
        "certificate": OWN,
        "date": THEN,
    }
    return judged(header, **{**call, **changes})


def test_a_compact_form_is_put_together_from_the_invite() -> None:
    told = in_compact(compact_of(COMPACT))
    assert (told.verdict, told.origin, told.signer) == ("valid", "12155551212", RFC_X5U)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"caller": "+12155551213"}, ("wrong-signature",)),
        ({"called": "+12125551214"}, ("wrong-signature",)),
        ({"date": THEN + timedelta(seconds=1)}, ("wrong-signature",)),
        ({"now": THEN + timedelta(seconds=61)}, ("stale",)),
        ({"date": None}, ("date-missing",)),
        ({"called": "alice"}, ("malformed",)),  # no number, and we know no address
        ({"certificate": None}, ()),
    ],
)
def test_a_compact_form_holds_for_this_invite_alone(
    changes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert in_compact(compact_of(COMPACT), **changes).reasons == reasons


def test_only_the_basic_type_has_a_compact_form() -> None:
    header = compact_of(COMPACT)
    for kind in ("shaken", "rcd", "div"):
        assert in_compact(f"{header};ppt={kind}").reasons == ("unsupported",)
    assert in_compact(header.replace("ES256", "RS256")).reasons == ("unsupported",)
    printed = f"..{RFC8224_SIGNATURE};info=<{RFC_X5U}>;alg=ES256"
    assert in_compact(printed, certificate=THEIRS).reasons == ("wrong-signature",)
    for broken in ("..", "..AB CD", "..+/+/", f"..{RFC8224_SIGNATURE}"):
        assert in_compact(broken).verdict == "invalid"


def test_the_date_of_the_invite_is_read_as_it_is_written() -> None:
    known = CallerIdentity(timedelta(seconds=60), trusted={RFC_X5U: OWN})
    call: dict[str, Any] = {"caller": "+12155551212", "called": "+12125551213", "at": THEN}
    told = known.judge(compact_of(COMPACT), date=RFC8224_DATE, **call)
    assert told is not None
    assert told.verdict == "valid"
    for date in ("", "yesterday", "Fri, 99 Sep 2015 19:12:25 GMT"):
        told = known.judge(compact_of(COMPACT), date=date, **call)
        assert told is not None
        assert told.reasons == ("date-missing",)


# ------------------------------------------------------------------ what cannot be read


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        (f"{RFC8225_HEAD}=.{RFC8224_CLAIMS}.{RFC8224_SIGNATURE}", ("malformed",)),
        (f"{RFC8225_HEAD}.{RFC8224_CLAIMS}", ("malformed",)),
        (f"{RFC8225_HEAD[:-1]}!.{RFC8224_CLAIMS}.{RFC8224_SIGNATURE}", ("malformed",)),
        (f"{RFC8225_HEAD[:-3]}.{RFC8224_CLAIMS}.{RFC8224_SIGNATURE}", ("malformed",)),
        (f"{RFC8225_HEAD}.{RFC8224_CLAIMS[:-3]}.{RFC8224_SIGNATURE}", ("malformed",)),
        (f"{RFC8224_FULL[:-4]}", ("stale", "wrong-signature")),
    ],
)
def test_a_base64_that_is_none_is_malformed(changed: str, reasons: tuple[str, ...]) -> None:
    assert judged(f"{changed};info=<{RFC_X5U}>;alg=ES256").reasons == reasons


def test_a_certificate_at_an_address_that_we_do_not_know_proves_nothing() -> None:
    passport = Passport("12155551212", ("12125551213",), 1443208345, X5U)
    known = CallerIdentity(timedelta(seconds=60), trusted={RFC_X5U: OWN})
    told = known.judge(
        identity_header(passport, KEY), caller="+12155551212", called="+12125551213", at=THEN
    )
    assert told is not None
    assert (told.verdict, told.reasons) == ("unknown-signer", ())
