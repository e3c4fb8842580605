"""Putting the parts together: the one place that names the adapters."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.files.clamd import Clamd
from cardline.adapters.files.disk import DiskShelf
from cardline.adapters.oidc.provider import OidcProvider
from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import EmbeddedPostgres
from cardline.adapters.postgres.migrate import migrate
from cardline.adapters.postgres.privileges import role_of
from cardline.adapters.sealer.keyring import KeyRing
from cardline.adapters.signing.key_files import KeyFiles
from cardline.adapters.typst.setter import TypstSetter
from cardline.app.evidence.holds import known_to
from cardline.app.evidence.packs.sources import decision_words, pack_sources
from cardline.app.outward.written import app_config, letter_config, mail_config
from cardline.app.secrets import installation_key
from cardline.app.settings import Settings, SettingsError
from cardline.cards.corebank import CoreBank
from cardline.cards.rules.terms import card_terms
from cardline.cards.service_policy import ServicePolicy, service_policy
from cardline.complaints.actions import take_outcome
from cardline.complaints.causes import load_causes
from cardline.complaints.codes import Codes
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.doors.config import DoorConfig, door_config, ways_on
from cardline.complaints.doors.mail import take_from
from cardline.complaints.policy import complaint_policy
from cardline.core.calendar import work_calendar
from cardline.core.clock import utc_now
from cardline.core.home import home, home_of, settle
from cardline.core.masking import Secret
from cardline.core.policy import load_area
from cardline.desk.login.oidc.provider import IdentityProvider
from cardline.desk.login.rules import read_login_policy
from cardline.desk.login.vault import LoginConfig, LoginVault
from cardline.desk.model import DeskPolicy
from cardline.desk.policy import read_desk_policy
from cardline.evidence.looks.model import ListenPolicy
from cardline.evidence.looks.rules import listen_policy
from cardline.evidence.model import Signer
from cardline.evidence.packs.making import PackConfig
from cardline.evidence.packs.paper import PaperPages
from cardline.evidence.policy import EvidencePolicy, evidence_policy
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.retention.rules import retention_policy
from cardline.evidence.retention.ties import complaint_ties
from cardline.evidence.sealing.actions import masters_in_use
from cardline.evidence.sealing.recordings import Recordings
from cardline.hotline.flows.checking import check
from cardline.hotline.flows.model import Flow
from cardline.hotline.flows.reading import FlowError, read_flow
from cardline.hotline.speech.prompts import Catalogue, load_catalogue
from cardline.hotline.speech.utterances import recorded_in
from cardline.identity.config import IdentityConfig
from cardline.identity.hashing import Vault
from cardline.identity.model import Act
from cardline.identity.policy import identity_policy
from cardline.messages.arrivals import Handovers
from cardline.messages.catalogue import load_catalogue as load_templates
from cardline.messages.chat.config import ChatConfig, load_chat_config
from cardline.messages.files import Files
from cardline.messages.hooks.model import AppConfig
from cardline.messages.letters.config import LetterConfig
from cardline.messages.mail.config import MailConfig
from cardline.messages.mail.inbound import MailDesk
from cardline.messages.mail.policy import mail_policy
from cardline.messages.model import SmsConfig
from cardline.messages.outcomes import Outcomes
from cardline.messages.sealing import TextSeal
from cardline.outreach.campaigns.model import CampaignPolicy
from cardline.outreach.campaigns.policy import campaign_policy, survey_lasts
from cardline.outreach.policy import contact_policy
from cardline.portal.config import PortalConfig
from cardline.portal.policy import portal_policy
from cardline.portal.texts import load_texts
from cardline.ports.paper import Typesetter
from cardline.reports.model import ReportPolicy
from cardline.reports.rules import read_report_policy
from cardline.routing.model import RoutingPolicy
from cardline.routing.rules import read_policy
from cardline.trust.caller_identity import CallerIdentity, load_caller_identity
from cardline.trust.model import TrustConfig
from cardline.trust.policy import load_trust
from cardline.trust.scam.config import ScamConfig, scam_config
from cardline.trust.scam.registry import FILE as OFFICIAL
from cardline.trust.scam.registry import host_of, institution, load_registry, with_own


@dataclass(frozen=True)
class Parts:
    """What both the server and the command line need."""

    settings: Settings
    database: Database
    bank: EmbeddedCoreBank
    identity: IdentityConfig
    servicing: ServicePolicy
    routing: RoutingPolicy
    reports: ReportPolicy
    login: LoginConfig
    portal: PortalConfig
    chat: ChatConfig
    files: Files
    recordings: Recordings
    looks: ListenPolicy
    retention: RetentionConfig
    desk: DeskPolicy
    scam: ScamConfig
    campaigns: CampaignPolicy
    complaints: ComplaintConfig
    doors: DoorConfig
    postgres: EmbeddedPostgres | None
    random: Random
    provider: IdentityProvider | None
    """The bank's own log-in service for staff, where one is set."""
    caller_identity: CallerIdentity
    outcomes: Outcomes
    """Who is told what becomes of e-mails, letters and messages of the app."""
    handovers: Handovers
    """Who takes what comes in by e-mail and letter."""
    mail: MailConfig
    mail_desk: MailDesk
    letters: LetterConfig
    app_messages: AppConfig
    app_inbound_key: bytes
    """Shared with the gateway of the app for what comes in; empty: its webhook is closed."""
    typesetter: Typesetter
    evidence: EvidencePolicy
    packs: PackConfig
    signer: Signer
    sms_inbound_key: bytes
    """Shared with the SMS gateway for texts that come in; empty: its webhook is closed."""


@asynccontextmanager
async def open_parts(
    settings: Settings, *, connections: int = 4, ready: int = 2
) -> AsyncIterator[Parts]:
    """Open the database, starting the embedded one where none is named, and migrate it."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"the home folder {settings.home} cannot be made: {error.strerror}"
        ) from error
    settle(home_of(load_area("complaints", pack=settings.pack)))
    async with AsyncExitStack() as stack:
        postgres: EmbeddedPostgres | None = None
        owner, url = settings.database_owner, settings.database
        if not url:
            postgres = await stack.enter_async_context(EmbeddedPostgres(settings.home))
            owner, url = postgres.url, postgres.application_url
        await migrate(owner or url, application=await role_of(url) if owner else "")
        database = await stack.enter_async_context(
            Database(url, connections=connections, ready=ready)
        )
        recordings = await recordings_of(settings, database)
        identity = identity_config(settings)
        chat = _chat_config(settings)
        files = Files(
            shelf=DiskShelf(settings.home / "files"),
            policy=chat.policy.files,
            scanner=Clamd(settings.clamd) if settings.clamd else None,
            sealer=recordings.sealer,
            cipher=recordings.cipher,
        )
        portal = portal_config(identity, files, pack=settings.pack)
        outcomes, handovers, within = Outcomes(), Handovers(), portal.policy.answer_within
        bank = EmbeddedCoreBank(card_terms(load_area("cards", pack=settings.pack)))
        mail = mail_config(settings, identity.sms, files, outcomes, within=within)
        mail_in = mail_policy(load_area("mail", pack=settings.pack))
        scans = replace(files, policy=mail_in.file)
        letters = letter_config(settings, identity.sms, scans, outcomes, within=within)
        complaints = complaint_config(
            bank,
            identity,
            mail,
            letters,
            codes=Codes(installation_key(settings.home, "complaint-codes")),
            pack=settings.pack,
        )
        outcomes.add(partial(take_outcome, config=complaints))
        doors = door_config(
            complaints, files, files_at_once=portal.policy.files_at_once, pack=settings.pack
        )
        take_from(handovers, doors)
        evidence = evidence_policy(load_area("evidence", pack=settings.pack))
        signer = KeyFiles(settings.evidence_keys)
        typesetter = TypstSetter(fonts=settings.fonts_path)
        yield Parts(
            settings=settings,
            database=database,
            bank=bank,
            identity=identity,
            servicing=service_policy(
                load_area("servicing", pack=settings.pack),
                load_area("outreach", pack=settings.pack),
            ),
            routing=read_policy(load_area("routing", pack=settings.pack)),
            reports=read_report_policy(load_area("reports", pack=settings.pack)),
            login=login_config(settings),
            portal=portal,
            chat=chat,
            files=files,
            recordings=recordings,
            looks=listen_policy(load_area("looks", pack=settings.pack)),
            retention=RetentionConfig(
                policy=retention_policy(load_area("retention", pack=settings.pack)),
                recordings=recordings,
                shelf=files.shelf,
                ties=(complaint_ties,),
                known=known_to(bank),
            ),
            desk=read_desk_policy(load_area("desk", pack=settings.pack)),
            scam=scam_config_for(settings, trust=identity.sms.trust),
            campaigns=campaign_policy(load_area("campaigns", pack=settings.pack)),
            complaints=complaints,
            doors=doors,
            postgres=postgres,
            random=SystemRandom(),
            provider=identity_provider(settings),
            caller_identity=caller_identity(settings, identity),
            outcomes=outcomes,
            handovers=handovers,
            mail=mail,
            mail_desk=MailDesk(database, bank, mail, mail_in, scans, handovers, utc_now),
            letters=letters,
            app_messages=app_config(identity.sms, outcomes, within=within),
            app_inbound_key=os.environ.get("CARDLINE_APP_INBOUND_KEY", "").encode(),
            typesetter=typesetter,
            evidence=evidence,
            packs=PackConfig(
                policy=evidence,
                sources=pack_sources(
                    texts=portal.texts,
                    files=files,
                    recordings=recordings,
                    bank=bank,
                ),
                signer=signer,
                writer=PaperPages(typesetter, decision_words(portal.texts), home().zone),
            ),
            signer=signer,
            sms_inbound_key=os.environ.get("CARDLINE_SMS_INBOUND_KEY", "").encode(),
        )


def _chat_config(settings: Settings) -> ChatConfig:
    return load_chat_config(
        hotline=settings.shown_number,
        on=utc_now().astimezone(home().zone).date(),
        pack=settings.pack,
    )


async def recordings_of(settings: Settings, database: Database) -> Recordings:
    """Return the store of recordings; make the first master key of a new installation.

    Where there are things under master keys that are not there, none is made: a new one in their
    place would hide that they are missing.
    """
    ring = KeyRing(settings.master_keys_folder, cipher=settings.sealing)
    if not any(settings.master_keys_folder.glob("*.key")):
        async with database.transaction() as tx:
            used = await masters_in_use(tx)
        if not used:
            ring.new(at=utc_now())
    return Recordings(settings.recordings_folder, ring, cipher=settings.sealing)


def identity_config(settings: Settings) -> IdentityConfig:
    """Read policies and keys for identity and messages."""
    return IdentityConfig(
        policy=identity_policy(load_area("identity", pack=settings.pack)),
        vault=Vault(installation_key(settings.home, "pepper")),
        sms=SmsConfig(
            catalogue=load_templates(),
            policy=replace(
                contact_policy(load_area("outreach", pack=settings.pack)),
                list_key=installation_key(settings.home, "lists"),
            ),
            seal=TextSeal(installation_key(settings.home, "messages")),
            sender={"zh": settings.sms_sender_zh, "en": settings.sms_sender_en},
            hotline=settings.shown_number,
            inbound=settings.sms_inbound,
            survey_lasts=survey_lasts(settings.pack),
            trust=load_trust(
                pack=settings.pack,
                hotline=settings.shown_number,
                text_number=settings.sms_inbound,
                senders=(settings.sms_sender_zh, settings.sms_sender_en),
                site=settings.public_url,
                mail=mail_domain(settings),
            ),
        ),
    )


def complaint_config(
    bank: CoreBank,
    identity: IdentityConfig,
    mail: MailConfig | None = None,
    letters: LetterConfig | None = None,
    *,
    codes: Codes,
    pack: str = "cn",
) -> ComplaintConfig:
    """Read policy, calendar, and causes of complaints; ``codes``: of whoever has no log-in."""
    return ComplaintConfig(
        policy=complaint_policy(
            load_area("complaints", pack=pack), load_area("servicing", pack=pack)
        ),
        calendar=work_calendar(load_area("outreach", pack=pack)),
        causes=load_causes(),
        bank=bank,
        sms=identity.sms,
        codes=codes,
        mail=mail,
        letters=letters,
        ways=ways_on(pack=pack),
    )


def mail_domain(settings: Settings) -> str:
    """Return the domain of our e-mail; nothing where none leaves the house."""
    return settings.mail_address.rpartition("@")[2] if settings.mail_relay else ""


def caller_identity(settings: Settings, identity: IdentityConfig) -> CallerIdentity:
    """Read the key that signs our calls, and the signers that we know."""
    return load_caller_identity(
        freshness=identity.sms.trust.policy.freshness,
        key=_file(settings, settings.identity_key),
        x5u=settings.identity_x5u,
        name=settings.sms_sender_zh,
        trusted=_file(settings, settings.identity_signers),
    )


def _file(settings: Settings, name: str) -> str:
    return str(settings.home / name) if name else ""


def login_config(settings: Settings) -> LoginConfig:
    """Read policy and key for logging in."""
    return LoginConfig(
        policy=read_login_policy(load_area("staff", pack=settings.pack)),
        vault=LoginVault(installation_key(settings.home, "staff")),
    )


def portal_config(identity: IdentityConfig, files: Files, *, pack: str = "cn") -> PortalConfig:
    """Read policy and texts of the holder's pages."""
    return PortalConfig(
        policy=portal_policy(
            load_area("portal", pack=pack), proof_lasts=identity.policy.proof_lasts
        ),
        texts=load_texts(),
        identity=identity,
        files=files,
    )


def scam_config_for(
    settings: Settings, official: Path | None = None, *, trust: TrustConfig | None = None
) -> ScamConfig:
    """Read what judging messages needs; ``official``: a file with all that is official.

    ``trust``: where the bank keeps its register, whose entries in force count too.

    Raises ``RegistryError`` and others with the file and the entry at fault.
    """
    registry = load_registry(official or OFFICIAL)
    if official is None:
        own = institution(
            names=(settings.sms_sender_zh, settings.sms_sender_en),
            numbers=(settings.shown_number, settings.sms_inbound),
            prefixes=(settings.sms_inbound,),
            domains=(
                *([host_of(settings.public_url)] if settings.public_url else []),
                *filter(None, [mail_domain(settings)]),
            ),
        )
        registry = with_own(registry, own)
    return scam_config(
        registry=registry, hotline=settings.shown_number, pack=settings.pack, trust=trust
    )


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """Return the bank's log-in service; ``None`` where no issuer is set.

    Raises :class:`SettingsError` where its secret is missing.
    """
    if not settings.oidc_issuer:
        return None
    secret = Secret(os.environ.get("CARDLINE_OIDC_SECRET", ""))
    if not secret:
        raise SettingsError(
            "oidc_issuer is set, but CARDLINE_OIDC_SECRET is not: "
            "put the client secret of the log-in service into the environment"
        )
    return OidcProvider(
        settings.oidc_issuer,
        client_id=settings.oidc_client,
        secret=secret,
        claim=settings.oidc_claim,
    )


def recordings_at_hand(prompts: Path) -> list[str]:
    """Return the names of all recorded pieces, as ``Play`` takes them."""
    return [
        str(path.relative_to(prompts).with_suffix("")) for path in sorted(prompts.rglob("*.wav"))
    ]


def checked_flow(path: Path, prompts: Path, *, pack: str = "cn") -> tuple[Flow, Catalogue]:
    """Read a flow and hold it against everything that must be true of it.

    Raises :class:`FlowError` with the reason and the line of every fault.
    """
    flow = read_flow(path)
    routing = read_policy(load_area("routing", pack=pack))
    catalogue = load_catalogue()
    faults = check(
        flow,
        recorded=recorded_in(catalogue, recordings_at_hand(prompts)),
        acts=frozenset(act.value for act in Act),
        matters=frozenset(queue.matter for queue in routing.queues.values()),
    )
    if faults:
        raise FlowError(path, faults)
    return flow, catalogue


def demo_secret(home: Path, label: str, *, length: int = 12) -> str:
    """Return a secret of the demonstration that stays the same for this home folder."""
    key = installation_key(home, "demo")
    return hashlib.blake2b(label.encode(), key=key, digest_size=16).hexdigest()[:length]
