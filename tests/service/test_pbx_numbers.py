"""From the store through the CTI server to a real Asterisk: ring groups ring, rooms open, and calls outlive changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.helpers.cti_server import user_record
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.server_parts import cheap_passwords
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.pbx_company import settings_for
from tests.service.pbx_phones import ScriptedPhone
from wwphone.domain.account import Right
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import PbxRoom, UserRecord
from wwphone.server.assembly import CtiServer
from wwphone.server.asterisk.adapter import AsteriskPbx
from wwphone.server.certificates import IssuedFiles
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.settings import ServerSettings
from wwphone.server.store.sql_store import SqlStore

pytestmark = pytest.mark.end_to_end

NOT_PERMITTED = 403
ANNA = user_record("anna", "201", offer_tls=False, rights=frozenset({Right.CONFERENCE_ROOM}))
BEAT = user_record("beat", "202", offer_tls=False)
CARLA = user_record("carla", "203", offer_tls=False)


@dataclass
class ServedAsterisk:
    """Asterisk, configured by a CTI server; `store` is what the command line would open."""

    pbx: ThrowawayPbx
    store: SqlStore
    phones: list[ScriptedPhone] = field(default_factory=list)

    async def phone(self, record: UserRecord) -> ScriptedPhone:
        """A registered phone of this user."""
        await self.knows("pjsip show endpoint " + record.user, "Endpoint:  " + record.user)
        phone = ScriptedPhone(self.pbx.asterisk.ports.sip, record.user, record.sip_password)
        self.phones.append(await phone.start())
        assert await phone.register() == 200
        return phone

    async def knows(self, question: str, text: str) -> None:
        """Wait until Asterisk's console answers with this text."""
        await wait_until_async(
            lambda: text in self.pbx.asterisk.command(question), f"{question}: {text}", 30 * SECONDS
        )


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowawayPbx]:
    with ThrowawayPbx(tmp_path_factory.mktemp("pbx")) as pbx:
        yield pbx


@pytest.fixture
async def served(
    asterisk: ThrowawayPbx, tmp_path: Path, tls_files: IssuedFiles
) -> AsyncIterator[ServedAsterisk]:
    url = f"sqlite:///{tmp_path}/store.sqlite"
    store = SqlStore(url)
    await store.open()
    await store.replace_groups((PresenceGroup("Sales", 1),))
    for record in (ANNA, BEAT, CARLA):
        await store.add_user(record)
    settings = ServerSettings(
        listener_port=0,
        http_port=0,
        tls_certificate=tls_files.certificate,
        tls_key=tls_files.key,
        store_url=url,
    )
    pbx = AsteriskPbx(settings_for(asterisk.asterisk))
    server = CtiServer(settings, SqlStore(url), pbx, cheap_passwords())
    await server.start()
    served = ServedAsterisk(asterisk, store)
    yield served
    for phone in served.phones:
        for call in phone.calls:
            call.end_somehow()
        await phone.register(0)
        phone.stop()
    await server.stop()
    await store.close()


async def test_a_ring_group_of_the_store_rings_its_members_and_calls_outlive_the_change(
    served: ServedAsterisk,
) -> None:
    anna, beat, carla = await served.phone(ANNA), await served.phone(BEAT), await served.phone(CARLA)
    running = await anna.dial("801")
    assert await running.final_status() == 200
    await served.store.replace_ring_group(PbxRingGroup("300", "Verkauf", ("beat", "carla")))
    await served.knows("dialplan show 300@wwphone-internal", "wwphone-groups,300,1")

    call = await anna.dial("300")
    for_beat, for_carla = await beat.incoming(), await carla.incoming()
    for ringing in (for_beat, for_carla):
        ringing.ring()
        assert ringing.invite.all("X-Wwphone-Kind") == ["group"]
        assert ringing.invite.all("X-Wwphone-Called") == ["300"]
    assert (await call.wait_for_status(180)).get("P-Asserted-Identity").startswith('"Verkauf" <sip:300@')
    for_carla.answer()
    assert await call.final_status() == 200
    await for_beat.wait_until_over()
    assert not running.over


async def test_rooms_of_the_store_and_of_a_right_open(served: ServedAsterisk) -> None:
    anna, beat = await served.phone(ANNA), await served.phone(BEAT)
    assert await (await anna.dial("901")).final_status() == 200
    assert await (await beat.dial("901")).final_status() == NOT_PERMITTED
    await served.knows("confbridge list", "201")

    await served.store.replace_room(PbxRoom("400", "Sitzung", "4711", "beat"))
    await served.knows("pjsip show endpoint beat", "WWPHONE_ROOM")
    assert await (await beat.dial("901")).final_status() == 200
    await served.knows("confbridge list", "400")
    await served.store.replace_user(replace(ANNA, rights=frozenset()))
    await wait_until_async(
        lambda: "WWPHONE_ROOM" not in served.pbx.asterisk.command("pjsip show endpoint anna"),
        "anna's room to be gone",
        30 * SECONDS,
    )
    assert await (await anna.dial("901")).final_status() == NOT_PERMITTED
