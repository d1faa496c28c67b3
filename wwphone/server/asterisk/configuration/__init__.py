"""Our part of Asterisk's configuration: generated, checked, written whole or not at all, reloaded only where changed."""

from __future__ import annotations

from wwphone.server.api import PbxConfiguration
from wwphone.server.asterisk.configuration.dialplan import extensions_conf
from wwphone.server.asterisk.configuration.phones import pjsip_conf
from wwphone.server.asterisk.configuration.rooms import confbridge_conf
from wwphone.server.asterisk.configuration.validation import ConfigurationError, check_configuration
from wwphone.server.asterisk.configuration.voicemail import voicemail_conf
from wwphone.server.asterisk.settings import AsteriskSettings

__all__ = ["MODULE_OF_FILE", "ConfigurationError", "generate"]

MODULE_OF_FILE = {
    "pjsip.conf": "res_pjsip.so",
    "extensions.conf": "pbx_config.so",
    "confbridge.conf": "app_confbridge.so",
    "voicemail.conf": "app_voicemail.so",
}
"""The files we write, and the module that has to read each again. Phones come before the dial plan that rings them."""

_HEAD = "; Written by the CTI server from its own store: changes made here are lost.\n\n"


def generate(configuration: PbxConfiguration, settings: AsteriskSettings) -> dict[str, str]:
    """Return the text of each file. Raises ConfigurationError."""
    check_configuration(configuration)
    texts = {
        "pjsip.conf": pjsip_conf(configuration, settings),
        "extensions.conf": extensions_conf(configuration, settings),
        "confbridge.conf": confbridge_conf(settings),
        "voicemail.conf": voicemail_conf(configuration),
    }
    return {name: _HEAD + text for name, text in texts.items()}
