"""Failures on the SIP thread and SIP messages in the log: as text, with the secrets taken out. Pure."""

from __future__ import annotations

import functools
import logging
import re
import traceback
from collections.abc import Callable
from typing import ParamSpec

_LOG = logging.getLogger(__name__)

_SECRETS = re.compile(
    r"(?P<srtp>\binline:)[^\s|]+|(?P<digest>\b(?:response|cnonce)=)(?:\"[^\"]*\"|[^\s,]+)", re.IGNORECASE
)

Parameters = ParamSpec("Parameters")


def without_secrets(text: str) -> str:
    """Take out SRTP keys (RFC 4568) and the answers to digest challenges, which a thief could try passwords on."""
    return _SECRETS.sub(lambda match: (match["srtp"] or match["digest"]) + "(hidden)", text)


def log_failure(what: str) -> None:
    """Log the exception being handled, as text.

    As text, because a log record with the exception itself would keep PJSIP's objects alive, and a collector on
    another thread would free them there: that crashes.
    """
    _LOG.error("%s\n%s", what, without_secrets(traceback.format_exc()))


def guarded(callback: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Keep exceptions of a callback from PJSIP: it would print and swallow them, and keep the call alive by them."""

    @functools.wraps(callback)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception:  # noqa: BLE001 - logged by log_failure
            log_failure(f"{callback.__qualname__} failed")

    return call
