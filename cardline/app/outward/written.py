"""What e-mails and letters need, put together from the settings."""

from datetime import timedelta

from cardline.app.settings import Settings
from cardline.messages.files import Files
from cardline.messages.forms import load_forms
from cardline.messages.hooks.model import TEMPLATES as APP_TEMPLATES
from cardline.messages.hooks.model import AppConfig
from cardline.messages.letters.catalogue import load_letters, load_words
from cardline.messages.letters.config import LetterConfig
from cardline.messages.mail.catalogue import load_mail_words, load_mails
from cardline.messages.mail.config import MailConfig
from cardline.messages.model import SmsConfig
from cardline.messages.outcomes import Outcomes


def mail_config(
    settings: Settings, sms: SmsConfig, files: Files, outcomes: Outcomes, *, within: timedelta
) -> MailConfig:
    """Put together what sending e-mail needs; ``within``: how long the desk has to answer."""
    return MailConfig(
        forms=load_mails(),
        words=load_mail_words(),
        policy=sms.policy,
        seal=sms.seal,
        outcomes=outcomes,
        files=files,
        sender=sms.sender,
        address=settings.mail_address,
        complaints=settings.mail_complaints,
        hotline=sms.hotline,
        base_url=settings.base_url,
        answer_within=within,
    )


def app_config(sms: SmsConfig, outcomes: Outcomes, *, within: timedelta) -> AppConfig:
    """Put together what messages of the app and the official account need."""
    return AppConfig(
        forms=load_forms(APP_TEMPLATES, own=frozenset()),
        policy=sms.policy,
        outcomes=outcomes,
        sender=sms.sender,
        hotline=sms.hotline,
        answer_within=within,
    )


def letter_config(
    settings: Settings, sms: SmsConfig, files: Files, outcomes: Outcomes, *, within: timedelta
) -> LetterConfig:
    """Put together what letters need."""
    return LetterConfig(
        forms=load_letters(),
        words=load_words(),
        policy=sms.policy,
        seal=sms.seal,
        outcomes=outcomes,
        files=files,
        sender=sms.sender,
        hotline=sms.hotline,
        back_to={"zh": settings.letters_from_zh, "en": settings.letters_from_en},
        base_url=settings.base_url,
        answer_within=within,
    )
