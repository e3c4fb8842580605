"""What the actions of the holder's pages need; built once, at the start."""

from collections.abc import Mapping
from dataclasses import dataclass

from cardline.identity.config import IdentityConfig
from cardline.messages.files import Files
from cardline.portal.model import PortalPolicy
from cardline.portal.texts import Texts


@dataclass(frozen=True)
class PortalConfig:
    """Policy, texts, and the way to prove who somebody is."""

    policy: PortalPolicy
    texts: Texts
    identity: IdentityConfig
    files: Files

    @property
    def hotline(self) -> str:
        """The hotline's number as people dial it."""
        return self.identity.sms.hotline

    @property
    def lines(self) -> Mapping[str, str]:
        """Numbers that tips and steps tell."""
        return self.identity.sms.trust.lines
