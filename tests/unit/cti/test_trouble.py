"""Exceptions of sockets, TLS and websockets, named as problems."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import (
    InvalidMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidUpgrade,
    NegotiationError,
)
from websockets.http11 import Response

from wwphone.cti.api import LinkProblem
from wwphone.cti.link.trouble import trouble_of


def verification(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code
    error.verify_message = f"reason {code}"
    return error


def cut_short() -> InvalidMessage:
    error = InvalidMessage("did not receive a valid HTTP response")
    error.__cause__ = EOFError()
    return error


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), LinkProblem.CONNECTION_REFUSED),
        (ConnectionResetError(), LinkProblem.LINE_LOST),
        (OSError(errno.ENETUNREACH, "unreachable"), LinkProblem.NO_ROUTE),
        (OSError(errno.EHOSTUNREACH, "unreachable"), LinkProblem.NO_ROUTE),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1), [Errno 111] …"),
         LinkProblem.CONNECTION_REFUSED),
        (OSError("something new"), LinkProblem.NO_ROUTE),
        (OSError(errno.EIO, "odd"), LinkProblem.NO_ROUTE),
        (TimeoutError("timed out during opening handshake"), LinkProblem.TIMEOUT),
        (OSError(errno.ETIMEDOUT, "timed out"), LinkProblem.TIMEOUT),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), LinkProblem.NAME_UNKNOWN),
        (verification(10), LinkProblem.CERTIFICATE_EXPIRED),
        (verification(9), LinkProblem.CERTIFICATE_EXPIRED),
        (verification(62), LinkProblem.CERTIFICATE_WRONG_HOST),
        (verification(64), LinkProblem.CERTIFICATE_WRONG_HOST),
        (verification(18), LinkProblem.CERTIFICATE_UNTRUSTED),
        (verification(20), LinkProblem.CERTIFICATE_UNTRUSTED),
        (ssl.SSLEOFError(), LinkProblem.LINE_LOST),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), LinkProblem.TLS_FAILED),
        (EOFError(), LinkProblem.LINE_LOST),
        (cut_short(), LinkProblem.LINE_LOST),
        (InvalidMessage("garbage"), LinkProblem.NO_CTI_SERVER),
        (InvalidStatus(Response(404, "Not Found", Headers())), LinkProblem.NO_CTI_SERVER),
        (InvalidStatus(Response(503, "Unavailable", Headers())), LinkProblem.SERVER_STOPPING),
        (InvalidUpgrade("Upgrade"), LinkProblem.NO_CTI_SERVER),
        (NegotiationError("no subprotocol"), LinkProblem.NO_CTI_SERVER),
        (InvalidProxyStatus(Response(407, "Proxy", Headers())), LinkProblem.NO_ROUTE),
    ],
    ids=repr,
)  # fmt: skip
def test_each_exception_has_its_problem(error: Exception, problem: LinkProblem) -> None:
    trouble = trouble_of(error)
    assert trouble.problem is problem
    assert trouble.detail
