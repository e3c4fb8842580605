"""What the actions of the holder's pages need; built once, at the start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cardline.identity.config import IdentityConfig
from cardline.portal.keeping import SafeFile
from cardline.portal.model import PortalPolicy
from cardline.portal.texts import Texts


@dataclass(frozen=True)
class PortalConfig:
    """Policy, texts, and the way to prove who somebody is."""

    policy: PortalPolicy
    texts: Texts
    identity: IdentityConfig
    check_file: Callable[[str, bytes], Awaitable[SafeFile]]
    """Makes a file safe by its content; raises a ``CardlineError`` whose code says why not."""

    @property
    def hotline(self) -> str:
        """The hotline's number as people dial it."""
        return self.identity.sms.hotline
