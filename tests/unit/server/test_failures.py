"""Every failure of a command reaches the client as an error with a stable code, and tells nothing of our insides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from wwphone.protocol.errors import CommandRefusedError, ErrorCode, WireError
from wwphone.server.api import PbxError, PbxLostError, StoreError
from wwphone.server.services.commands import error_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PbxLostError("cut"), ErrorCode.UNKNOWN_OUTCOME),
        (PbxError("no"), ErrorCode.PBX_REFUSED),
        (CommandRefusedError(WireError(ErrorCode.CONFLICT, "x")), ErrorCode.CONFLICT),
    ],
)
def test_failures_have_stable_codes(error: Exception, code: ErrorCode) -> None:
    assert error_of(error, "test").code is code


@pytest.mark.parametrize("error", [StoreError("hush"), RuntimeError("hush")])
def test_what_nobody_expected_is_logged_and_hidden(
    error: Exception, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("test failed", logger="wwphone.server.services.commands")
    told = error_of(error, "test")
    assert told.code is ErrorCode.INTERNAL
    assert "hush" not in told.sentence
