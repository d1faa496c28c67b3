"""PJSIP's own log lines in Python's logging."""

from __future__ import annotations

import logging
from typing import Any

import pjsua2 as pj

from wwphone.sip.pjsua.failures import without_secrets

_PJSIP_LOG = logging.getLogger("wwphone.sip.pjsip")

# PJSIP: 1 error, 2 warning, 3 info, 4 debug, 5 trace with whole messages. What PJSIP calls an error is often the
# other side's doing and shows as an event anyway, so it is no more than information here.
_LEVELS = {0: logging.WARNING, 1: logging.INFO, 2: logging.INFO}


class LogWriter(pj.LogWriter):  # type: ignore[misc]  # the binding has no types
    """Takes PJSIP's log lines."""

    def write(self, entry: Any) -> None:
        """Called by PJSIP for each line."""
        level = _LEVELS.get(entry.level, logging.DEBUG)
        if _PJSIP_LOG.isEnabledFor(level):
            _PJSIP_LOG.log(level, "%s", without_secrets(entry.msg.rstrip()))
