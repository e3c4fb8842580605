"""Signing the calls that the bank makes, and what a signature on an incoming call is worth (E6)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from joserfc.jwk import ECKey

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM
from cardline.core.errors import CardlineError
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.trust import store
from cardline.trust.caller_model import CallerVerdict, Passport, RichCallData
from cardline.trust.passport import (
    identity_header,
    key_of,
    read_key,
    signer_named,
    telephone_number,
    verify,
)
from cardline.trust.words import call_reason


class CallerIdentityError(CardlineError):
    """A key or a certificate cannot be used; the message names the file."""

    code = "caller-identity"


@dataclass(frozen=True)
class CallerIdentity:
    """Whether and how calls are signed, and whose signatures are known.

    Without a ``key`` calls go out unsigned. ``trusted``: certificates by the address that names
    them; nothing is ever fetched from an address that a caller sends.
    """

    freshness: timedelta
    key: ECKey | None = field(default=None, repr=False)
    x5u: str = ""
    name: str = ""
    trusted: Mapping[str, x509.Certificate] = field(default_factory=dict)

    def headers(
        self, *, shown: str, to: str, purpose: str, language: Language, at: datetime
    ) -> dict[str, str]:
        """Return the Identity header of a call of ours: SHAKEN, full attestation, with name,
        number to ring back and reason. Empty without a key, or for what is no number.
        """
        origin, destination = telephone_number(shown), telephone_number(to)
        if self.key is None or not origin or not destination:
            return {}
        passport = Passport(
            origin=origin,
            destinations=(destination,),
            issued_at=int(at.timestamp()),
            x5u=self.x5u,
            ppt="shaken",
            attest="A",
            origid=str(uuid4()),
            rich=RichCallData(
                name=self.name,
                callback=origin,
                reason=call_reason(purpose).within(language),
            ),
        )
        return {"Identity": identity_header(passport, self.key)}

    def judge(
        self, headers: str, *, caller: str, called: str, at: datetime, date: str = ""
    ) -> CallerVerdict | None:
        """Say what the Identity headers of a call are worth, one a line; ``None`` without one.

        The best of several counts: networks sign for different purposes; of several bad ones the
        first that could be read. ``date``: the Date header of the INVITE, which only the compact
        form needs.
        """
        found = [
            verify(
                one,
                caller=caller,
                called=called,
                certificate=self.trusted.get(signer_named(one)),
                freshness=self.freshness,
                now=at,
                date=_time_of(date),
            )
            for one in headers.splitlines()[:5]
            if one.strip()
        ]
        order = {"valid": 0, "unknown-signer": 1, "invalid": 2}
        return min(
            found,
            key=lambda one: (order[one.verdict], one.reasons == ("malformed",)),
            default=None,
        )


def _time_of(date: str) -> datetime | None:
    """Read a Date header (RFC 3261, 20.17: always GMT); ``None`` for what is none."""
    try:
        found = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def keep_verdict(
    tx: Transaction, interaction: str, verdict: CallerVerdict, *, at: datetime
) -> None:
    """Keep what a signed identity was worth, and journal it. It proves nothing of the holder."""
    if not await store.keep_caller_verdict(tx, interaction, verdict, at=at):
        return
    body: JsonObject = {"verdict": verdict.verdict, "reasons": list(verdict.reasons)}
    body |= {"attest": verdict.attest, "signer": verdict.signer, "name": verdict.name}
    await journal(tx, stream=interaction, kind="trust.caller-identity", by=SYSTEM, body=body, at=at)


async def verdict_of(tx: Transaction, interaction: str) -> CallerVerdict | None:
    """Return what the signed identity of a call was worth, where it had one."""
    return await store.caller_verdict(tx, interaction)


def load_caller_identity(
    *, freshness: timedelta, key: str, x5u: str, name: str, trusted: str
) -> CallerIdentity:
    """Read key and certificates from the files that the settings name; empty: without.

    Raises :class:`CallerIdentityError` naming the file, or what is missing.
    """
    if bool(key) != bool(x5u):
        raise CallerIdentityError(
            "identity_key and identity_x5u belong together: a signature names its certificate"
        )
    if x5u and not re.fullmatch(r"https://[^\s<>;\"]{4,200}", x5u):
        raise CallerIdentityError("identity_x5u must be the https address of the certificate")
    read = None
    if key:
        path = Path(key)
        try:
            if path.stat().st_mode & 0o077:
                raise CallerIdentityError(f"{path} can be read by others: chmod 600 {path}")
            read = read_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise CallerIdentityError(f"the signing key {path} cannot be used: {error}") from error
        if not read.is_private:
            raise CallerIdentityError(f"{path} holds no private key")
    return CallerIdentity(freshness, read, x5u, name, _trusted(trusted))


def _trusted(file: str) -> dict[str, x509.Certificate]:
    """Read the file of known signers: a TOML table of address = certificate file beside it."""
    if not file:
        return {}
    path = Path(file)
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CallerIdentityError(f"{path} cannot be read: {error}") from error
    found: dict[str, x509.Certificate] = {}
    for address, certificate in named.items():
        where = path.parent / str(certificate)
        try:
            found[address] = x509.load_pem_x509_certificate(where.read_bytes())
            key_of(found[address])
        except (OSError, ValueError) as error:
            raise CallerIdentityError(f"{where} cannot be used: {error}") from error
    return found
