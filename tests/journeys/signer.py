"""A network that signs the calls it carries (STIR/SHAKEN), known to the bank (row E6)."""

from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from cardline.core.clock import utc_now
from cardline.trust.caller_identity import CallerIdentity
from tests.rules.test_trust_passport import new_key

ADDRESS = "https://certs.carrier.example/sp.pem"
NAME = "示例电信"
_KEY, _CERTIFICATE = new_key(since=utc_now() - timedelta(days=1))
_SIGNING = CallerIdentity(timedelta(seconds=60), _KEY, ADDRESS, NAME)


def know_signer(folder: Path) -> Path:
    """Write the file of known signers, and the certificate beside it; returns the file."""
    (folder / "carrier.pem").write_bytes(_CERTIFICATE.public_bytes(Encoding.PEM))
    file = folder / "signers.toml"
    file.write_text(f'"{ADDRESS}" = "carrier.pem"\n', encoding="utf-8")
    return file


def signed(number: str) -> dict[str, str]:
    """The header with which the network vouches for a number that calls the hotline now."""
    return _SIGNING.headers(
        shown=number, to="95500", purpose="service", language="zh", at=utc_now()
    )
