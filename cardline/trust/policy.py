"""The numbers of trust as types, and the registry's entries that the settings give."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cardline.core.policy import AreaPolicy, load_area
from cardline.trust.model import Official, OfficialKind, TrustConfig, TrustPolicy
from cardline.trust.rules.official import canonical
from cardline.trust.words import own_name

_TOLD = ("police", "antifraud", "junk")
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


def trust_policy(area: AreaPolicy) -> TrustPolicy:
    """Read the pack's ``trust`` area. Raises ``PolicyError`` where an entry is missing."""
    return TrustPolicy(
        version=area.version,
        code_lasts=area.hours("code_lasts_hours"),
        time_tolerance=timedelta(minutes=area.integer("time_tolerance_minutes")),
        told_back=area.days("told_back_days"),
        recent=area.hours("recent_hours"),
        longest_call=area.hours("longest_call_hours"),
        freshness=area.seconds("freshness_seconds"),
        public_services=frozenset(area.texts("public_services")),
        inbound_only=area.texts("inbound_only"),
        sources={key: area.source(key) for key in area.numbers},
    )


def load_trust(
    *,
    pack: str = "cn",
    hotline: str = "",
    text_number: str = "",
    senders: tuple[str, ...] = (),
    site: str = "",
    mail: str = "",
) -> TrustConfig:
    """Read the pack, and make the registry's entries of what the settings say of ourselves.

    ``mail``: the domain of our e-mail; where it is that of the ``site``, one entry says both.
    """
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    named = (
        ("hotline", OfficialKind.NUMBER, hotline),
        ("text-number", OfficialKind.NUMBER, text_number),
        *(("sender", OfficialKind.SENDER, sender) for sender in senders),
        ("site", OfficialKind.DOMAIN, host),
        ("mail", OfficialKind.DOMAIN, mail if mail != host else ""),
    )
    own = tuple(
        Official(f"own-{name}", kind, canonical(kind, value), *own_name(name), _ALWAYS, shown=value)
        for name, kind, value in named
        if value and canonical(kind, value)
    )
    guidance = load_area("guidance", pack=pack)
    lines = {name: guidance.text(f"door_{name}") for name in _TOLD}
    policy = trust_policy(load_area("trust", pack=pack))
    return TrustConfig(policy, own, {"hotline": hotline, **lines})
