"""Logging in by the bank's own log-in service (OpenID Connect): sent away, come back, once."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cardline.core.actor import SYSTEM
from cardline.core.masking import Secret
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.desk.login import store as login_store
from cardline.desk.login.model import Credentials, Login
from cardline.desk.login.oidc import store as oidc_store
from cardline.desk.login.oidc.provider import IdentityAssertion, IdentityProvider
from cardline.desk.login.sessions import open_session
from cardline.desk.login.vault import LoginConfig
from cardline.evidence.actions import journal

_SOURCE = "OpenID Connect Core 1.0"
_SEALED_FOR = "oidc"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is sent, and the secret by which it is known when it comes back."""

    address: str
    browser: Secret


async def send_away(
    database: Database,
    provider: IdentityProvider,
    *,
    redirect: str,
    config: LoginConfig,
    at: datetime,
) -> Departure:
    """Send a browser to the log-in service. Raises what the provider raises."""
    state, nonce, verifier, browser = (Secret(secrets.token_urlsafe(32)) for _ in range(4))
    address = await provider.authorisation(
        redirect=redirect, state=state, nonce=nonce, verifier=verifier
    )
    kept = json.dumps({"nonce": nonce.reveal(), "verifier": verifier.reveal()}).encode()
    async with database.transaction() as tx:
        await oidc_store.sweep_tries(tx, before=at)
        await oidc_store.insert_try(
            tx,
            state_hash=_hashed(state),
            browser_hash=_hashed(browser),
            sealed=config.vault.seal(_SEALED_FOR, kept),
            ends_at=at + config.policy.enrolment,
        )
    return Departure(address, browser)


async def come_back(
    database: Database,
    provider: IdentityProvider,
    *,
    redirect: str,
    state: Secret,
    code: Secret,
    browser: Secret,
    user_agent: str,
    config: LoginConfig,
    at: datetime,
) -> Login:
    """Log in whoever the service says it is.

    Refusals: ``try-unknown`` (used, too late, of another browser), ``not-allowed`` (nobody of ours,
    or no second factor there: which of both is journaled, not told). Raises what the provider
    raises. The service is asked between two transactions.
    """
    async with database.transaction() as tx:
        sealed = await oidc_store.take_try(
            tx, state_hash=_hashed(state), browser_hash=_hashed(browser), at=at
        )
    if sealed is None:
        return Login(_refused(config, "try-unknown"))
    kept = json.loads(config.vault.unseal(_SEALED_FOR, sealed))
    asserted = await provider.assertion(
        redirect=redirect,
        code=code,
        nonce=Secret(kept["nonce"]),
        verifier=Secret(kept["verifier"]),
    )
    async with database.transaction() as tx:
        return await _enter(tx, asserted, user_agent=user_agent, config=config, at=at)


async def _enter(
    tx: Transaction,
    asserted: IdentityAssertion,
    *,
    user_agent: str,
    config: LoginConfig,
    at: datetime,
) -> Login:
    known = await login_store.credentials(tx, asserted.number, lock=True)
    verdict = Verdict(config.policy.version, tuple(_findings(known, asserted, config)))
    if known is None or not verdict.allowed:
        await _journal(tx, known, "staff.login-refused", {"by": "oidc"}, verdict, at)
        return Login(_refused(config, "not-allowed"))
    session, secret = await open_session(
        tx,
        known.staff,
        second_factor=True,
        user_agent=user_agent,
        policy=config.policy,
        at=at,
    )
    body: JsonObject = {
        "session": session.id,
        "second_factor": True,
        "by": "oidc",
        "methods": sorted(asserted.methods),
    }
    await _journal(tx, known, "staff.logged-in", body, verdict, at)
    return Login(verdict, session, secret)


def _findings(
    known: Credentials | None, asserted: IdentityAssertion, config: LoginConfig
) -> Iterator[Reason]:
    if known is None:
        yield Reason("unknown-number", _SOURCE)
    elif known.left:
        yield Reason("staff-left", _SOURCE)
    if not asserted.methods & config.policy.second_factors:
        yield Reason("no-second-factor", config.policy.sources["oidc_second_factors"])


async def _journal(
    tx: Transaction,
    known: Credentials | None,
    kind: str,
    body: JsonObject,
    verdict: Verdict,
    at: datetime,
) -> None:
    allowed = known is not None and verdict.allowed
    await journal(
        tx,
        stream=f"staff:{known.staff.number}" if known else "system",
        kind=kind,
        by=known.staff.actor if known and allowed else SYSTEM,
        body=body,
        at=at,
        verdict=verdict,
    )


def _refused(config: LoginConfig, code: str) -> Verdict:
    return Verdict(config.policy.version, (Reason(code, _SOURCE),))


def _hashed(secret: Secret) -> bytes:
    """A fast hash suffices: these secrets are random, not chosen."""
    return hashlib.sha256(secret.reveal().encode()).digest()
