"""Settings: what an operator chooses. From the home folder's ``cardline.toml``, the environment
(``CARDLINE_SIP`` …) and the command line; the later wins."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from cardline.core.errors import CardlineError
from cardline.core.networks import Networks, read_networks
from cardline.evidence.sealing.model import CIPHERS, Cipher
from cardline.hotline.flows.reading import BANK_CALL_FLOW, DEFAULT_FLOW

_PROMPTS = Path(__file__).parent.parent / "hotline" / "prompts" / "audio"


class SettingsError(CardlineError):
    """A setting that cannot be used, with its name and where it came from."""

    code = "settings"


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port, written ``HOST:PORT``."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults; ``docs/reference/settings.md`` explains each."""

    home: Path = Path("var")
    database: str = ""
    """URL of an external PostgreSQL; empty: the embedded one below ``home``."""
    database_owner: str = ""
    """URL of the role that owns its tables, for migrations alone; empty: the same as ``database``,
    which then could alter the journal."""
    http: Address = Address("127.0.0.1", 8080)
    sip: Address = Address("127.0.0.1", 5060)
    rtp: str = "30000-39998"
    """Range of UDP ports for audio."""
    flow: Path = DEFAULT_FLOW
    bank_call_flow: Path = BANK_CALL_FLOW
    """The flow of the calls that the bank makes."""
    prompts: Path = _PROMPTS
    pack: str = "cn"
    """Policy pack."""
    realm: str = "cardline"
    """Digest realm of the desk phones; a change makes all phone passwords invalid."""
    trunk: str = ""
    """SIP address for numbers outside, ``sip:{number}@HOST:PORT``; empty: none can be called."""
    shown_number: str = "4000000000"
    """The number that those who are called see: the hotline's own."""
    trusted_sources: str = "127.0.0.0/8"
    """Networks whose caller numbers are believed, separated by commas: the trunk's, nobody else's.
    From anywhere else a number is shown, but proves nothing."""
    phone_networks: str = "127.0.0.0/8"
    """Networks in which a desk phone may have a fixed address, separated by commas."""
    sms_sender_zh: str = "信用卡中心"
    sms_sender_en: str = "Card Centre"
    sms_inbound: str = "10690000000"
    """Number to which holders send their text commands."""
    sms_gateway: str = ""
    """URL of an HTTP gateway; empty: messages are only kept in the outbox."""
    smpp: str = ""
    """The carrier's message centre (SMPP 3.4), ``HOST:PORT``, in place of ``sms_gateway``."""
    smpp_system_id: str = ""
    """Who we are there, at most 15 characters."""
    smpp_system_type: str = ""
    """What we are there, where the carrier asks for it, at most 12 characters."""
    smpp_password_file: str = ""
    """File that holds the password; empty: it comes from ``CARDLINE_SMPP_PASSWORD``."""
    smpp_protection: str = "tls"
    """``tls``, or ``none`` where the way to the centre is protected otherwise (VPN)."""
    smpp_ca: str = ""
    """PEM file of the authorities by which the centre is known; empty: the system's."""
    smpp_source_ton: int = 0
    """Kind of number of ``sms_inbound`` (TON, 0 to 6): 0 unknown, 3 of this network, 6 short."""
    smpp_source_npi: int = 0
    """Its numbering plan (NPI, 0 to 18)."""
    smpp_long: str = "udh"
    """How long messages leave: ``udh`` in parts, ``payload`` whole."""
    smpp_receipt_ids: str = "same"
    """How receipts name messages: ``same`` as the answer, or ``decimal`` where that was hex."""
    smpp_window: int = 10
    """Messages whose answer may be awaited at once, 1 to 100."""
    mail_address: str = "service@card.bank.example"
    """Our e-mail address: from it we write, to it people answer."""
    mail_complaints: str = "complaints@card.bank.example"
    """Where complaints come in by e-mail; of the same domain."""
    mail_in: str = ""
    """Where e-mail comes in (SMTP, from the bank's mail server), ``HOST:PORT``; empty: closed."""
    mail_relay: str = ""
    """Mail server of the bank, ``HOST:PORT``; empty: e-mails are only kept in ``HOME/mail/out``."""
    mail_relay_protection: str = "starttls"
    """``starttls``, ``tls``, or ``none`` for a relay on this machine."""
    mail_relay_user: str = ""
    """Who logs in at the relay; empty: nobody does."""
    mail_password_file: str = ""
    """File that holds the relay's password; empty: it comes from ``CARDLINE_MAIL_PASSWORD``."""
    mail_relay_ca: str = ""
    """PEM file of the authorities by which the relay is known; empty: the system's."""
    letters_from_zh: str = "北京市西城区金融大街0号 100000"
    """The bank's own address on Chinese letters, in one line: where they come back to."""
    letters_from_en: str = "0 Financial Street, Beijing 100000"
    """The same on English letters."""
    letter_fonts: str = ""
    """Folder of further fonts for rare characters in letters; empty: none."""
    print_folder: str = ""
    """Where letters are put for the printer; empty: ``HOME/print``."""
    app_gateway: str = ""
    """URL of the gateway of app and official account; empty: messages are kept in
    ``HOME/app/out``."""
    public_url: str = ""
    """How browsers reach us, ``https://HOST``; empty: the address of ``http``."""
    oidc_issuer: str = ""
    """Issuer of the bank's log-in service (OpenID Connect); empty: staff have passwords of ours."""
    oidc_client: str = "cardline"
    """Our client id there; the client secret is ``CARDLINE_OIDC_SECRET``."""
    oidc_claim: str = "preferred_username"
    """The claim that holds the staff number."""
    chat_sites: str = ""
    """Sites of the bank that may embed ``/chat``, as ``https://HOST``, separated by commas."""
    clamd: str = ""
    """ClamAV's daemon, ``HOST:PORT`` or the path of its socket; empty: files are not scanned."""
    identity_key: str = ""
    """Private key that signs the calls we make (PEM, P-256); empty: they go out unsigned."""
    identity_x5u: str = ""
    """Address of that key's certificate, ``https:``, as it stands in the signature."""
    identity_signers: str = ""
    """TOML file of signers whose calls are recognised: certificate by address; empty: none."""
    max_calls: int = 320
    media_timeout: int = 30
    """Seconds without a packet after which a telephone counts as vanished."""
    recordings: Path = Path()
    """Folder of recordings; empty: ``recordings`` below ``home``."""
    master_keys: Path = Path()
    """Folder of the master keys that wrap the keys of recordings and files; empty:
    ``secrets/master`` below ``home``."""
    sealing_cipher: str = CIPHERS[0]
    """With what new recordings and files are sealed: ``aes-256-gcm`` or ``sm4-gcm``."""

    @property
    def base_url(self) -> str:
        """How browsers reach us, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.http}"

    @property
    def run(self) -> Path:
        """Folder of sockets and locks."""
        return self.home / "run"

    @property
    def spool(self) -> Path:
        """Folder in which the line records; on a fast disk."""
        return self.home / "spool"

    @property
    def recordings_folder(self) -> Path:
        """Where finished recordings lie."""
        return self.recordings if self.recordings != Path() else self.home / "recordings"

    @property
    def print_path(self) -> Path:
        """Where letters are put for the printer."""
        return self.home / (self.print_folder or "print")

    @property
    def fonts_path(self) -> Path | None:
        """Folder of further fonts."""
        return self.home / self.letter_fonts if self.letter_fonts else None

    @property
    def master_keys_folder(self) -> Path:
        """Where the master keys lie."""
        return self.master_keys if self.master_keys != Path() else self.home / "secrets" / "master"

    @property
    def sealing(self) -> Cipher:
        """``sealing_cipher``, read. Raises ``ValueError``."""
        for cipher in CIPHERS:
            if cipher == self.sealing_cipher:
                return cipher
        raise ValueError(f"must be one of {', '.join(CIPHERS)}, not {self.sealing_cipher!r}")

    @property
    def evidence_folder(self) -> Path:
        """Where the published roots are kept, and packs that wait to be fetched."""
        return self.home / "evidence"

    @property
    def evidence_keys(self) -> Path:
        """Folder of the private keys that sign evidence."""
        return self.home / "secrets" / "evidence"

    @property
    def trusted_networks(self) -> Networks:
        """``trusted_sources``, read."""
        return read_networks(self.trusted_sources)

    @property
    def networks_of_phones(self) -> Networks:
        """``phone_networks``, read."""
        return read_networks(self.phone_networks)


def read_sites(text: str) -> tuple[str, ...]:
    """Read origins. Raises ``ValueError`` for what is none, or not https."""
    sites = tuple(site.strip() for site in text.split(",") if site.strip())
    for site in sites:
        if not re.fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?", site):
            raise ValueError(f"must be sites like https://www.bank.example, not {site!r}")
    return sites


def _check_clamd(settings: Settings) -> None:
    if settings.clamd and not settings.clamd.startswith("/"):
        read_address(settings.clamd, name="clamd")


def read_address(text: str, *, name: str) -> Address:
    """Read ``HOST:PORT``. Raises :class:`SettingsError`."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"{name} must be HOST:PORT, for example 127.0.0.1:5060, not {text!r}")
    return Address(host, int(port))


def load_settings(
    given: Mapping[str, object], *, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Put the settings together. ``given`` are those of the command line; ``None`` is not given."""
    home = Path(str(given.get("home") or environment.get("CARDLINE_HOME") or "var"))
    settings = replace(Settings(), home=home.resolve())
    path = home / "cardline.toml"
    if path.exists():
        try:
            written = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"{path}: {error}") from error
        settings = _apply(settings, written, where=str(path), base=settings.home)
    names = {field.name for field in fields(Settings)}
    from_environment = {
        name: environment[f"CARDLINE_{name.upper()}"]
        for name in names
        if f"CARDLINE_{name.upper()}" in environment and name != "home"
    }
    settings = _apply(settings, from_environment, where="the environment")
    from_command = {
        name: value for name, value in given.items() if value is not None and name != "home"
    }
    if "database" in from_command:  # another database has another owner
        from_command = {"database_owner": "", **from_command}
    return _apply(settings, from_command, where="the command line")


def _apply(
    settings: Settings, values: Mapping[str, object], *, where: str, base: Path = Path()
) -> Settings:
    known = {field.name: field for field in fields(Settings)}
    changes: dict[str, object] = {}
    for name, value in values.items():
        if name not in known or name == "home":
            raise SettingsError(f"{where}: there is no setting {name}")
        current = getattr(settings, name)
        try:
            changes[name] = _convert(current, value, name, base)
        except ValueError as error:
            raise SettingsError(f"{where}: {name}: {error}") from error
    changed = replace(settings, **changes)  # type: ignore[arg-type]  # converted just above
    for name, check in _CHECKS.items():
        try:
            check(changed)
        except ValueError as error:
            raise SettingsError(f"{where}: {name}: {error}") from error
    return changed


def _check_trunk(settings: Settings) -> None:
    trunk = settings.trunk
    if trunk and not (trunk.startswith("sip:") and "{number}" in trunk):
        raise ValueError("must be a SIP address with {number}, as in sip:{number}@10.0.0.1:5060")


def _check_rtp(settings: Settings) -> None:
    low, dash, high = settings.rtp.partition("-")
    if not (dash and low.isdigit() and high.isdigit()):
        raise ValueError("must be LOW-HIGH, as in 30000-39998")
    if not 1024 <= int(low) < int(high) <= 65535 or int(high) - int(low) < 298:
        raise ValueError("must be at least 300 ports between 1024 and 65535")


def _check_public_url(settings: Settings) -> None:
    parts = urlsplit(settings.public_url)
    if settings.public_url and (
        parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")
    ):
        raise ValueError("must be https://HOST, without a path")


def _check_mail_address(settings: Settings) -> None:
    domains = set()
    for address in (settings.mail_address, settings.mail_complaints):
        if not re.fullmatch(r"[a-z0-9._-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", address):
            raise ValueError(f"must be an address like service@bank.example, not {address!r}")
        domains.add(address.rpartition("@")[2])
    if len(domains) != 1:
        raise ValueError("mail_address and mail_complaints must be of one domain")


def _check_relay(settings: Settings) -> None:
    for name in ("mail_relay", "mail_in"):
        if written := getattr(settings, name):
            read_address(written, name=name)
    if settings.mail_relay_protection not in ("starttls", "tls", "none"):
        raise ValueError("mail_relay_protection must be starttls, tls or none")


def _check_smpp(settings: Settings) -> None:
    if not settings.smpp:
        return
    read_address(settings.smpp, name="smpp")
    if settings.sms_gateway:
        raise ValueError("set smpp or sms_gateway, not both")
    for name, most in (("smpp_system_id", 15), ("smpp_system_type", 12), ("sms_inbound", 20)):
        written: str = getattr(settings, name)
        if len(written) > most or not written.isascii():
            raise ValueError(f"{name} must be at most {most} ASCII characters")
    for name, allowed in (
        ("smpp_protection", ("tls", "none")),
        ("smpp_long", ("udh", "payload")),
        ("smpp_receipt_ids", ("same", "decimal")),
    ):
        if getattr(settings, name) not in allowed:
            raise ValueError(f"{name} must be {' or '.join(allowed)}")
    for name, low, high in (
        ("smpp_source_ton", 0, 6),
        ("smpp_source_npi", 0, 18),
        ("smpp_window", 1, 100),
    ):
        if not low <= getattr(settings, name) <= high:
            raise ValueError(f"{name} must be between {low} and {high}")


_CHECKS: dict[str, Callable[[Settings], object]] = {
    "trusted_sources": lambda settings: settings.trusted_networks,
    "phone_networks": lambda settings: settings.networks_of_phones,
    "chat_sites": lambda settings: read_sites(settings.chat_sites),
    "clamd": _check_clamd,
    "mail_address": _check_mail_address,
    "mail_relay": _check_relay,
    "smpp": _check_smpp,
    "sealing_cipher": lambda settings: settings.sealing,
    "trunk": _check_trunk,
    "public_url": _check_public_url,
    "rtp": _check_rtp,
}


def _convert(current: object, value: object, name: str, base: Path) -> object:
    if isinstance(current, Address):
        return read_address(str(value), name=name)
    if isinstance(current, Path):
        return (base / str(value)).resolve()
    if isinstance(current, int):
        return int(str(value))
    return str(value)
