"""The whole server on each database: what one is told survives, and edits from outside arrive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from wwphone.server.certificates import IssuedFiles


async def test_sessions_presence_blocks_and_edits(
    database_url: str, tmp_path: Path, tls_files: IssuedFiles
) -> None:
    async with CtiServerUnderTest(tmp_path, tls_files, store_url=database_url) as server:
        anna, beat = await server.signed_in("anna"), await server.signed_in("beat")
        await anna.request("presence.set", {"status": "internal_only"})
        async with server.client() as stranger:
            for _ in range(5):
                await stranger.sign_in("anna", "wrong password")
        await server.edit(replace(PEOPLE[2], nickname="Carlotta"))
        changed = await beat.wait_for_event("presence.colleague_changed")
        assert changed["colleague"]["nickname"] == "Carlotta"
        await server.restart()
        for client in (anna, beat):
            await client.wait_for_close()
        again = await server.client().open()
        assert (await again.resume(anna))["body"]["snapshot"]
        assert dict(again.snapshot["presences"])["anna"]["status"] == "internal_only"
        async with server.client() as stranger:
            refused = await stranger.sign_in("beat")
            assert refused["body"]["code"] == "address_blocked"
        await again.close()
