"""Why no line came about: exceptions of sockets, TLS and websockets as problems a person can act upon."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Mapping
from types import MappingProxyType

from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidProxy, InvalidStatus, ProxyError

from wwphone.cti.api import LinkProblem
from wwphone.cti.link.retry import Trouble

_ERRNO_IN_TEXT = re.compile(r"\[Errno (\d+)\]")

_BY_ERRNO: Mapping[int, LinkProblem] = MappingProxyType(
    {
        errno.ECONNREFUSED: LinkProblem.CONNECTION_REFUSED,
        errno.ECONNRESET: LinkProblem.LINE_LOST,
        errno.ECONNABORTED: LinkProblem.LINE_LOST,
        errno.EPIPE: LinkProblem.LINE_LOST,
        errno.ETIMEDOUT: LinkProblem.TIMEOUT,
        errno.EHOSTUNREACH: LinkProblem.NO_ROUTE,
        errno.ENETUNREACH: LinkProblem.NO_ROUTE,
        errno.ENETDOWN: LinkProblem.NO_ROUTE,
        errno.EADDRNOTAVAIL: LinkProblem.NO_ROUTE,
    }
)

_BY_VERIFY_CODE: Mapping[int, LinkProblem] = MappingProxyType(
    {
        9: LinkProblem.CERTIFICATE_EXPIRED,  # X509_V_ERR_CERT_NOT_YET_VALID
        10: LinkProblem.CERTIFICATE_EXPIRED,  # X509_V_ERR_CERT_HAS_EXPIRED
        62: LinkProblem.CERTIFICATE_WRONG_HOST,  # X509_V_ERR_HOSTNAME_MISMATCH
        64: LinkProblem.CERTIFICATE_WRONG_HOST,  # X509_V_ERR_IP_ADDRESS_MISMATCH
    }
)
"""OpenSSL's verify codes (x509_vfy.h); every other one means that the chain leads to nobody we trust."""


def trouble_of(error: Exception) -> Trouble:
    """Translate what `connect` of websockets raises: OSError, InvalidHandshake, EOFError."""
    return Trouble(_problem_of(error), _detail_of(error))


_BY_CLASS: tuple[tuple[type[Exception], LinkProblem], ...] = (
    (ssl.SSLEOFError, LinkProblem.LINE_LOST),
    (ssl.SSLZeroReturnError, LinkProblem.LINE_LOST),
    (ssl.SSLError, LinkProblem.TLS_FAILED),
    (socket.gaierror, LinkProblem.NAME_UNKNOWN),
    (TimeoutError, LinkProblem.TIMEOUT),
    (ConnectionRefusedError, LinkProblem.CONNECTION_REFUSED),
    (ConnectionError, LinkProblem.LINE_LOST),  # asyncio's own has no number when TLS is cut short
    (EOFError, LinkProblem.LINE_LOST),
    (ProxyError, LinkProblem.NO_ROUTE),
    (InvalidProxy, LinkProblem.NO_ROUTE),
    (InvalidHandshake, LinkProblem.NO_CTI_SERVER),
)
"""The first class that fits counts."""


def _problem_of(error: Exception) -> LinkProblem:
    match error:
        case ssl.SSLCertVerificationError():
            return _BY_VERIFY_CODE.get(error.verify_code, LinkProblem.CERTIFICATE_UNTRUSTED)
        case InvalidStatus(response=response) if response.status_code >= 500:
            return LinkProblem.SERVER_STOPPING  # a proxy in front of it says that nobody is behind
        case InvalidMessage(__cause__=EOFError()):
            return LinkProblem.LINE_LOST
    for kind, problem in _BY_CLASS:
        if isinstance(error, kind):
            return problem
    return _BY_ERRNO.get(_errno_of(error), LinkProblem.NO_ROUTE)


def _errno_of(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    # WORKAROUND: asyncio joins the errors of a name with several addresses into a text (CPython 3.11 to 3.13,
    # base_events.create_connection) and drops their numbers.
    found = _ERRNO_IN_TEXT.search(str(error))
    return int(found.group(1)) if found else 0


def _detail_of(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(error) or type(error).__name__
