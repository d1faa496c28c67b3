"""Signing in over a real TLS websocket: who gets in, who does not and why, one softphone session a user."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import PASSWORD
from tests.helpers.waiting import wait_until_async
from wwphone.domain.account import Right
from wwphone.server.certificates import IssuedFiles
from wwphone.server.store.sql_store import SqlStore

ANNA = PEOPLE[0]


def code_of(frame: dict[str, Any]) -> str:
    assert frame["kind"] in ("failure", "goodbye"), frame
    return str(frame["body"]["code"])


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("store.sqlite*"))


async def test_the_server_greets_first(cti_server: CtiServerUnderTest) -> None:
    async with cti_server.client() as client:
        hello = client.frames[0]
        assert hello["kind"] == "hello"
        assert hello["body"]["protocol"] == 1
        assert hello["body"]["heartbeat_s"] == 10.0
        assert client.socket.subprotocol == "wwphone.cti.v1"


async def test_a_right_password_opens_a_session_with_snapshot_and_sip_account(
    cti_server: CtiServerUnderTest, tls_files: IssuedFiles
) -> None:
    async with cti_server.client() as client:
        reply = await client.sign_in("anna")
        assert [frame["kind"] for frame in client.frames][:3] == ["hello", "reply", "snapshot"]
        assert reply["body"]["profile"]["nickname"] == "Anna"
        assert reply["body"]["profile"]["surname"] == "Müller"
        assert reply["body"]["sip_account"] == {
            "user": "anna",
            "password": "sip-secret-of-anna",
            "display_name": "Anna",
            "host": "127.0.0.1",
            "port": 5061,
            "transport": "tls",
            "media_encryption": "required",
            "certificate_authority": tls_files.authority.read_text(),
        }
        assert len(reply["body"]["token"]) == 43
        assert client.snapshot["profile"]["user"] == "anna"


async def test_a_user_who_is_not_offered_tls_registers_without(cti_server: CtiServerUnderTest) -> None:
    async with cti_server.client() as client:
        account = (await client.sign_in("plain"))["body"]["sip_account"]
        assert (account["transport"], account["port"], account["media_encryption"]) == ("udp", 5060, "off")
        assert account["certificate_authority"] is None


async def test_in_desk_phone_mode_there_is_no_sip_account(cti_server: CtiServerUnderTest) -> None:
    async with cti_server.client() as client:
        assert (await client.sign_in("anna", mode="desk_phone"))["body"]["sip_account"] is None


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        ("anna", "another password", "wrong_password"),
        ("anna", "", "wrong_password"),
        ("anna", "x" * 10_000, "wrong_password"),
        ("nobody", PASSWORD, "wrong_password"),
        ("ANNA", PASSWORD, "wrong_password"),
        ("Ännä\u0000", PASSWORD, "wrong_password"),
        ("", PASSWORD, "wrong_password"),
        ("off", PASSWORD, "cti_access_off"),
        ("off", "another password", "wrong_password"),
    ],
)
async def test_refusals(cti_server: CtiServerUnderTest, user: str, password: str, code: str) -> None:
    async with cti_server.client() as client:
        failure = await client.sign_in(user, password)
        assert code_of(failure) == code
        assert (await client.sign_in("anna"))["kind"] == "reply"


async def test_a_refusal_does_not_tell_which_half_was_wrong(cti_server: CtiServerUnderTest) -> None:
    async with cti_server.client() as client:
        unknown = (await client.sign_in("nobody", "wrong"))["body"]
        known = (await client.sign_in("anna", "wrong"))["body"]
        assert unknown == known


async def test_nothing_works_before_signing_in(cti_server: CtiServerUnderTest) -> None:
    async with cti_server.client() as client:
        for kind in ("presence.set", "calls.dial", "account.sign_out"):
            body = {"status": "available", "number": "202"}
            assert code_of(await client.request(kind, body)) == "not_signed_in"


async def test_five_wrong_passwords_block_the_address_also_after_a_restart(
    cti_server: CtiServerUnderTest,
) -> None:
    async with cti_server.client() as client:
        for _ in range(5):
            assert code_of(await client.sign_in("anna", "wrong")) == "wrong_password"
        blocked = await client.sign_in("anna")
        assert code_of(blocked) == "address_blocked"
        assert 590 < blocked["body"]["retry_after_s"] <= 600
    await cti_server.restart()
    async with cti_server.client() as client:
        assert code_of(await client.sign_in("beat")) == "address_blocked"


async def test_a_running_session_and_its_resume_are_not_blocked(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    async with cti_server.client() as attacker:
        for _ in range(5):
            await attacker.sign_in("anna", "wrong")
    await client.cut()
    async with cti_server.client() as again:
        assert (await again.resume(client))["kind"] == "reply"


async def test_wrong_passwords_in_parallel_count_too(cti_server: CtiServerUnderTest) -> None:
    clients = [await cti_server.client().open() for _ in range(12)]
    failures = await asyncio.gather(*(client.sign_in("anna", "wrong") for client in clients))
    codes = [code_of(failure) for failure in failures]
    assert codes.count("wrong_password") == 5
    assert codes.count("address_blocked") == 7
    for client in clients:
        await client.close()


async def test_whoever_leaves_before_the_answer_is_counted_as_well(cti_server: CtiServerUnderTest) -> None:
    for _ in range(5):
        client = await cti_server.client().open()
        await client.ask(
            "account.sign_in",
            {"user": "anna", "password": "wrong", "client": {"version": "1", "host_name": "x"}},
        )
        await client.close()
    metrics = cti_server.running.metrics
    await wait_until_async(
        lambda: metrics.value("wwphone_sign_ins_total", kind="sign_in", outcome="wrong_password") == 5,
        "five refusals",
    )
    async with cti_server.client() as client:
        assert code_of(await client.sign_in("anna")) == "address_blocked"


async def test_a_second_softphone_is_told_of_the_first(cti_server: CtiServerUnderTest) -> None:
    first = await cti_server.signed_in("anna", host_name="PC-Empfang")
    async with cti_server.client() as second:
        refused = await second.sign_in("anna", host_name="Laptop")
        assert code_of(refused) == "signed_in_elsewhere"
        (session,) = refused["body"]["sessions"]
        assert session["host_name"] == "PC-Empfang"
        assert session["since"].endswith("Z")
        assert (await second.sign_in("anna", mode="desk_phone"))["kind"] == "reply"
    await first.close()


async def test_moving_here_ends_the_other_session_for_good(cti_server: CtiServerUnderTest) -> None:
    first = await cti_server.signed_in("anna", host_name="PC-Empfang")
    second = await cti_server.signed_in("anna", host_name="Laptop", take_over=True)
    goodbye = await first.wait_for("goodbye")
    assert code_of(goodbye) == "session_taken_over"
    assert goodbye["body"]["sessions"][0]["host_name"] == "Laptop"
    await first.wait_for_close()
    async with cti_server.client() as back:
        assert code_of(await back.resume(first)) == "session_expired"
    await second.cut()
    async with cti_server.client() as again:
        assert (await again.resume(second))["kind"] == "reply"


async def test_the_right_to_parallel_sessions_lets_both_in(cti_server: CtiServerUnderTest) -> None:
    first = await cti_server.signed_in("carla", host_name="A")
    second = await cti_server.signed_in("carla", host_name="B")
    assert first.of_kind("goodbye") == []
    await first.close()
    await second.close()


async def test_two_at_once_and_one_wins(cti_server: CtiServerUnderTest) -> None:
    clients = [await cti_server.client().open() for _ in range(6)]
    replies = await asyncio.gather(
        *(client.sign_in("anna", host_name=f"PC-{number}") for number, client in enumerate(clients))
    )
    assert [reply["kind"] for reply in replies].count("reply") == 1
    for client in clients:
        await client.close()


async def test_the_same_pc_started_anew_is_not_kept_out_by_itself(cti_server: CtiServerUnderTest) -> None:
    first = await cti_server.signed_in("anna", host_name="PC-1")
    await first.cut()
    await wait_until_async(
        lambda: not cti_server.running.accounts.sessions.connected, "the cut to be noticed"
    )
    async with cti_server.client() as elsewhere:
        assert code_of(await elsewhere.sign_in("anna", host_name="PC-2")) == "signed_in_elsewhere"
    async with cti_server.client() as same:
        assert (await same.sign_in("anna", host_name="PC-1"))["kind"] == "reply"
    async with cti_server.client() as ghost:
        assert code_of(await ghost.resume(first)) == "session_expired"


async def test_signing_out_ends_the_session(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    assert (await client.request("account.sign_out"))["type"] == "done"
    assert await client.wait_for_close() == 1000
    async with cti_server.client() as again:
        assert code_of(await again.resume(client)) == "session_expired"


async def test_signing_out_twice_at_once_is_signing_out(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    ids = [await client.ask("account.sign_out") for _ in range(3)]
    assert await client.wait_for_close() == 1000
    assert [frame["id"] for frame in client.of_kind("reply")[1:]] == ids[-1:]


async def test_signing_out_and_leaving_at_once_ends_the_session(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    await client.ask("account.sign_out")
    await client.cut()
    await wait_until_async(lambda: len(cti_server.running.accounts.sessions) == 0, "the end of the session")


@pytest.mark.parametrize("token", ["", "x" * 43, "\u0000", "x" * 5000])
async def test_invented_tokens_open_nothing(cti_server: CtiServerUnderTest, token: str) -> None:
    async with cti_server.client() as client:
        assert code_of(await client.request("account.resume", {"token": token})) == "session_expired"


async def test_only_the_hash_of_a_token_is_kept(cti_server: CtiServerUnderTest, tmp_path: Path) -> None:
    client = await cti_server.signed_in("anna")
    await client.close()
    await cti_server.stop()
    written = everything_in(tmp_path)
    assert client.token.encode() not in written
    assert PASSWORD.encode() not in written


async def test_a_new_password_ends_the_sessions(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    await cti_server.edit(replace(ANNA, cti_password_hash=PEOPLE[1].cti_password_hash))
    assert code_of(await client.wait_for("goodbye")) == "session_expired"
    async with cti_server.client() as again:
        assert code_of(await again.resume(client)) == "session_expired"


async def test_the_right_withdrawn_ends_the_sessions(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    await cti_server.edit(replace(ANNA, rights=frozenset()))
    assert code_of(await client.wait_for("goodbye")) == "cti_access_off"
    async with cti_server.client() as again:
        assert code_of(await again.sign_in("anna")) == "cti_access_off"


async def test_a_removed_user_is_gone(cti_server: CtiServerUnderTest) -> None:
    client, other = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    store = SqlStore(cti_server.store_url)
    await store.open()
    await store.remove_user("anna")
    await store.close()
    assert code_of(await client.wait_for("goodbye")) == "session_expired"
    await other.wait_for_event("presence.colleague_removed", user="anna")
    async with cti_server.client() as again:
        assert code_of(await again.sign_in("anna")) == "wrong_password"
    await other.close()


async def test_new_rights_and_names_reach_the_client(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.signed_in("anna")
    rights = ANNA.rights | {Right.RECORD_CALLS}
    await cti_server.edit(replace(ANNA, rights=rights, nickname="Änni"))
    profile = (await client.wait_for_event("account.profile_changed"))["profile"]
    assert profile["nickname"] == "Änni"
    assert set(profile["rights"]) == {"cti_access", "record_calls"}
    await client.close()


async def test_without_tls_clients_of_this_machine_are_served_when_told_so(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    settings: dict[str, Any] = {"tls_certificate": None, "tls_key": None, "listener_insecure_loopback": True}
    server = await CtiServerUnderTest(tmp_path, tls_files, **settings).populate()
    await server.start()
    async with server.client() as client:
        assert (await client.sign_in("anna"))["body"]["sip_account"]["user"] == "anna"
    await server.stop()
