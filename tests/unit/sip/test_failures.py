"""What of failures and SIP messages reaches the log."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Callable

from wwphone.sip.pjsua.failures import guarded, without_secrets

REGISTER = (
    'Authorization: Digest username="201", realm="wwphone", nonce="n1", uri="sip:pbx", '
    'response="0123456789abcdef0123456789abcdef", cnonce="c1", nc=00000001'
)


def test_a_digest_answer_cannot_be_guessed_at_from_the_log() -> None:
    hidden = without_secrets(REGISTER)
    assert "0123456789abcdef" not in hidden
    assert "c1" not in hidden
    assert 'username="201", realm="wwphone", nonce="n1"' in hidden


def test_a_digest_answer_without_quotes_is_hidden_too() -> None:
    assert "abc123" not in without_secrets("Digest response=abc123, nc=1")


def test_srtp_keys_are_hidden() -> None:
    line = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4"
    hidden = without_secrets(line)
    assert "d0Rm" not in hidden
    assert hidden.startswith("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")


def test_plain_messages_stay_as_they_are() -> None:
    text = "SIP/2.0 200 OK\nContact: <sip:201@127.0.0.1:5060>;expires=120"
    assert without_secrets(text) == text


def test_an_exception_in_a_callback_is_logged_and_keeps_nothing_alive(
    expected_logs: Callable[..., list[logging.LogRecord]],
) -> None:
    class Call:
        @guarded
        def on_state(self, answer: str) -> None:
            raise ValueError(answer)

    records = expected_logs("on_state failed", logger="wwphone.sip")
    call = Call()
    call.on_state(REGISTER)
    gone = weakref.ref(call)
    gc.disable()
    try:
        del call
        assert gone() is None  # by counting references alone: no collector on another thread is needed
    finally:
        gc.enable()
    [record] = records
    assert record.exc_info is None
    assert "ValueError" in record.getMessage()
    assert "0123456789abcdef" not in record.getMessage()


def test_a_callback_that_works_gets_its_arguments() -> None:
    seen: list[object] = []

    @guarded
    def on_state(*parameters: object) -> None:
        seen.extend(parameters)

    on_state(1, "two")
    assert seen == [1, "two"]
