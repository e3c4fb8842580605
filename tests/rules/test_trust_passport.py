"""Signed caller identity: everything that may be wrong with one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as some
from joserfc.jwk import ECKey

from cardline.trust.caller_identity import CallerIdentity
from cardline.trust.caller_model import CallerVerdict, Passport, RichCallData
from cardline.trust.passport import (
    identity_header,
    read_key,
    sign,
    signer_named,
    telephone_number,
    verify,
)

X5U = "https://cert.bank.example/2026.pem"
NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


def certificate(public: Any, *, since: datetime = NOW - timedelta(days=1)) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    issuer = ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since + timedelta(days=30))
        .sign(issuer, hashes.SHA256())
    )


def new_key(*, since: datetime = NOW - timedelta(days=1)) -> tuple[ECKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return read_key(pem), certificate(key.public_key(), since=since)


KEY, CERTIFICATE = new_key()
OURS = Passport(
    origin="4000000000",
    destinations=("8615400000001",),
    issued_at=int(NOW.timestamp()),
    x5u=X5U,
    ppt="shaken",
    attest="A",
    origid="123e4567-e89b-12d3-a456-426655440000",
    rich=RichCallData(name="示例银行", callback="4000000000", reason="您预约的回电"),
)


def judged(header: str, **changes: Any) -> CallerVerdict:
    given_values: dict[str, Any] = {
        "caller": "4000000000",
        "called": "+8615400000001",
        "certificate": CERTIFICATE,
        "freshness": MINUTE,
        "now": NOW,
    }
    return verify(header, **{**given_values, **changes})


def test_our_own_header_is_valid_and_tells_name_and_reason() -> None:
    header = identity_header(OURS, KEY)
    assert signer_named(header) == X5U
    told = judged(header)
    assert told == CallerVerdict(
        "valid",
        origin="4000000000",
        attest="A",
        name="示例银行",
        reason="您预约的回电",
        signer=X5U,
    )
    quoted = header.replace(";ppt=shaken", ' ; ppt="shaken"')
    assert judged(quoted).verdict == "valid"


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"caller": "4000000001"}, ("other-origin",)),
        ({"called": "+8615400000002"}, ("other-destination",)),
        ({"called": "hotline"}, ()),
        ({"now": NOW + MINUTE}, ()),
        ({"now": NOW + MINUTE + timedelta(seconds=1)}, ("stale",)),
        ({"now": NOW - MINUTE - timedelta(seconds=1)}, ("stale",)),
        ({"certificate": new_key()[1]}, ("wrong-signature",)),
        (
            {"now": NOW + timedelta(days=60)},
            ("stale", "certificate-not-valid"),
        ),
        (
            {"certificate": certificate(rsa.generate_private_key(65537, 2048).public_key())},
            ("wrong-signature",),
        ),
    ],
)
def test_everything_that_is_wrong_is_named(
    changes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    told = judged(identity_header(OURS, KEY), **changes)
    assert told.reasons == reasons
    assert told.verdict == ("invalid" if reasons else "valid")


def test_a_signer_whom_we_do_not_know_proves_nothing() -> None:
    told = judged(identity_header(OURS, KEY), certificate=None)
    assert (told.verdict, told.reasons) == ("unknown-signer", ())
    told = judged(identity_header(OURS, KEY), certificate=None, caller="1")
    assert told.verdict == "invalid"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        ";info=<https://x>",
        "a.b.c;info=<https://x>;alg=ES256",
        "e30.e30.AAAA",
        "." * 300,
        "eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_what_cannot_be_read_is_malformed_never_a_fault(header: str) -> None:
    assert judged(header).verdict == "invalid"


def test_other_algorithms_and_other_kinds_are_not_supported() -> None:
    none = f"{sign(OURS, KEY).replace('eyJhbGciOiJFUzI1NiI', 'eyJhbGciOiJub25lIiB9')};info=<{X5U}>"
    assert judged(none).verdict == "invalid"
    diverted = Passport("4000000000", ("8615400000001",), OURS.issued_at, X5U, ppt="div")
    assert judged(identity_header(diverted, KEY)).reasons == ("unsupported",)


def test_what_stands_beside_the_passport_is_what_stands_in_it() -> None:
    header = identity_header(OURS, KEY)
    for changed in (";ppt=rcd", ";ppt=div"):
        assert judged(header.replace(";ppt=shaken", changed)).reasons == ("parameter-differs",)
    assert judged(header.replace(";alg=ES256", ";alg=ES384")).reasons == ("parameter-differs",)
    bare = header.partition(";")[0]
    assert judged(f"{bare};info=<{X5U}>").verdict == "valid"  # both may be left out


@pytest.mark.parametrize(
    "changes",
    [
        {"attest": None},
        {"origid": ""},
        {"attest": "D"},
        {"ppt": "rcd", "rich": None},
        {"rich": RichCallData(callback="4000000000")},
    ],
)
def test_a_passport_without_what_its_kind_must_tell_is_incomplete(changes: dict[str, Any]) -> None:
    header = identity_header(replace(OURS, **changes), KEY)
    assert judged(header).reasons == ("incomplete",)


def test_the_certificate_that_is_named_outside_is_the_one_inside() -> None:
    header = identity_header(OURS, KEY).replace(f"<{X5U}>", "<https://evil.example/x.pem>")
    assert judged(header).reasons == ("info-differs",)


@given(some.binary(max_size=400))
def test_no_header_whatever_makes_the_check_fail(junk: bytes) -> None:
    assert judged(junk.decode("latin-1")).verdict == "invalid"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+86 154 0000 0001", "8615400000001"),
        ("15400000001", "8615400000001"),
        ("95500", "95500"),
        ("hotline", ""),
        ("021-60000000", "862160000000"),
    ],
)
def test_numbers_are_signed_as_digits_alone(text: str, digits: str) -> None:
    assert telephone_number(text) == digits


def test_calls_go_out_unsigned_without_a_key_and_for_what_is_no_number() -> None:
    without = CallerIdentity(MINUTE)
    where = {"shown": "95500", "to": "+8615400000001", "purpose": "callback"}
    assert without.headers(**where, language="zh", at=NOW) == {}
    with_key = CallerIdentity(MINUTE, KEY, X5U, "示例银行")
    assert with_key.headers(**{**where, "to": "alice"}, language="zh", at=NOW) == {}
    header = with_key.headers(**where, language="en", at=NOW)["Identity"]
    told = judged(header, caller="95500")
    assert (told.verdict, told.attest, told.reason) == ("valid", "A", "The call-back you asked for")


def test_the_best_of_several_signatures_counts_and_nothing_is_fetched() -> None:
    judge = CallerIdentity(MINUTE, trusted={X5U: CERTIFICATE})
    good, junk = identity_header(OURS, KEY), "nonsense"
    call = {"caller": "4000000000", "called": "15400000001", "at": NOW}
    found = judge.judge(f"{junk}\n{good}", **call)
    assert found is not None
    assert found.verdict == "valid"
    assert judge.judge("", **call) is None
    other = CallerIdentity(MINUTE).judge(good, **call)
    assert other is not None
    assert other.verdict == "unknown-signer"


def test_only_a_key_on_p_256_signs() -> None:
    wrong = ec.generate_private_key(ec.SECP384R1())
    pem = wrong.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content in (pem, b"nothing"):
        with pytest.raises(ValueError, match=r"P-256|PEM"):
            read_key(content)
