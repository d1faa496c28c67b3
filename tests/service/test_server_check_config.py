"""`check-config`: each thing that can be wrong is found and told in a sentence; nothing is changed by looking."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import user_record
from tests.helpers.dovecot import DovecotServer
from tests.helpers.hanging import HangingServer
from tests.helpers.mail_server import MailServer
from tests.helpers.pbx import ThrowawayPbx
from tests.helpers.waiting import SECONDS
from tests.service.pbx_manager import FakeManager, Fields, block
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import PbxRoom
from wwphone.server.app import asterisk_settings
from wwphone.server.asterisk.settings import AmiAccount, AmiTimes
from wwphone.server.certificates import IssuedFiles, issue
from wwphone.server.commands.check_config import CheckCommand
from wwphone.server.commands.console import Console
from wwphone.server.commands.findings import Finding, Verdict, good
from wwphone.server.commands.pbx_check import NEEDED_MODULES, TONE_MODULES, examine_pbx
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.settings import ServerSettings
from wwphone.server.source_settings import SourceKind, SourceSettings
from wwphone.server.store.sql_store import SqlStore
from wwphone.server.switch_api import PbxSwitch

NOW = datetime.now(UTC)


async def healthy_pbx(settings: ServerSettings) -> list[Finding]:
    return [good("the PBX is well")]


@pytest.fixture
def right(tmp_path: Path, tls_files: IssuedFiles) -> ServerSettings:
    """Settings nothing is wrong with."""
    folder = tmp_path / "asterisk"
    folder.mkdir()
    spool = tmp_path / "spool"
    spool.mkdir()
    return ServerSettings(
        tls_certificate=tls_files.certificate,
        tls_key=tls_files.key,
        sip_certificate_authority=tls_files.authority,
        store_url=f"sqlite:///{tmp_path}/store.sqlite",
        pbx_configuration_folder=folder,
        numbers_country="CH",
        recording_spool=spool,
    )


async def checked(settings: ServerSettings, now: datetime = NOW) -> tuple[int, str]:
    said = io.StringIO()
    code = await CheckCommand(settings, healthy_pbx, now, Console(said)).run()
    return code, said.getvalue()


async def test_each_source_beside_the_phone_book_is_asked(right: ServerSettings, tmp_path: Path) -> None:
    async with HangingServer() as hanging:
        url = f"ldap://127.0.0.1:{hanging.port}"
        silent = SourceSettings("silent", SourceKind.LDAP, url, base="dc=x", time_limit_s=0.3 * SECONDS)
        nobody = replace(silent, source_id="nobody", url="ldap://127.0.0.1:1")
        code, text = await checked(replace(right, sources=(silent, nobody)))
        assert code == 0, "one can telephone without them"
        assert "source silent does not answer" in text
        assert "source nobody: unreachable" in text
        blind = replace(silent, certificate_authority=tmp_path / "none.pem")
        code, text = await checked(replace(right, sources=(blind,)))
        assert code == 1
        assert "sources.silent.certificate_authority cannot be read" in text


async def test_when_all_is_right_every_line_says_so(right: ServerSettings) -> None:
    code, text = await checked(right)
    assert code == 0
    assert {line.partition(":")[0] for line in text.splitlines()} == {"ok"}
    assert len(text.splitlines()) >= 7


async def test_looking_makes_no_tables(right: ServerSettings) -> None:
    for _ in range(2):
        assert "the store is empty" in (await checked(right))[1]
    store = SqlStore(right.store_url)
    await store.open()
    await store.close()
    assert "the store is reachable and up to date" in (await checked(right))[1]


async def test_another_matrix_of_presence_is_shown(right: ServerSettings) -> None:
    assert "presence decides as usual" in (await checked(right))[1]
    code, text = await checked(
        replace(right, presence_reach_available="direct", presence_reach_direct_only="none")
    )
    assert code == 0
    assert "ok: in the state available these calls ring: direct\n" in text
    assert "ok: in the state direct_only these calls ring: none\n" in text

    keys = [one.name for one in fields(right) if one.name.startswith("presence_reach_")]
    nothing: dict[str, Any] = dict.fromkeys(keys, "none")
    code, text = await checked(replace(right, **nothing))
    assert code == 1
    assert "error: no state of presence lets any call ring" in text


async def test_more_line_processes_than_processors_are_doubtful(
    right: ServerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    assert "ok: the server keeps the clients' lines itself\n" in (await checked(right))[1]
    text = (await checked(replace(right, listener_line_processes=3)))[1]
    assert "ok: 3 processes keep the clients' lines\n" in text
    code, text = await checked(replace(right, listener_line_processes=4))
    assert (code, "warning: 4 processes for the clients' lines" in text) == (0, True)


async def test_the_home_country_is_looked_at(right: ServerSettings) -> None:
    assert "ok: numbers without a country code are those of CH\n" in (await checked(right))[1]
    code, text = await checked(replace(right, numbers_country=""))
    assert (code, "warning: numbers.country is not set" in text) == (0, True)


async def test_a_trunk_prefix_is_compared_with_what_is_dialled_inside(right: ServerSettings) -> None:
    store = SqlStore(right.store_url)
    await store.open()
    await store.replace_groups((PresenceGroup("Sales", 1),))
    await store.add_user(user_record("anna", "201"))
    with_prefix = replace(right, pbx_trunk_prefix="0")
    code, text = await checked(with_prefix)
    assert (code, "ok: the trunk prefix 0 stands in front of no number" in text) == (0, True)

    await store.add_user(user_record("beat", "0202"))
    await store.replace_switch(PbxSwitch("night", "Night", "0"))
    code, text = await checked(with_prefix)
    assert code == 0
    assert "warning: 0202 begin with the trunk prefix 0: they stay internal" in text
    assert "warning: the trunk prefix 0 is the code of the switch night, too" in text

    await store.replace_room(PbxRoom("0112", "Sitzung"))
    await store.replace_ring_group(PbxRingGroup("88", "Verkauf", ()))
    code, text = await checked(with_prefix)
    assert code == 1
    assert "error: 0112, an emergency call with the trunk prefix, is the number of the room Sitzung" in text
    code, text = await checked(replace(right, pbx_trunk_prefix="88"))
    assert (code, "error: the trunk prefix 88 is the number of the ring group Verkauf" in text) == (1, True)
    await store.close()


Change = Callable[[ServerSettings, Path], ServerSettings]
_MISTAKES: dict[str, tuple[Change, str]] = {
    "no certificate": (
        lambda s, _: replace(s, tls_certificate=None, tls_key=None),
        "tls.certificate and tls.key are missing",
    ),
    "certificate gone": (lambda s, p: replace(s, tls_certificate=p / "none.pem"), "none.pem cannot be read"),
    "foreign key": (
        lambda s, p: replace(s, tls_key=issue(p / "other", ["localhost"]).key),
        "does not belong to the certificate",
    ),
    "authority gone": (
        lambda s, p: replace(s, sip_certificate_authority=p / "none.pem"),
        "sip.certificate_authority cannot be read",
    ),
    "no folder": (lambda s, p: replace(s, pbx_configuration_folder=p / "none"), "does not exist"),
    "store out of reach": (
        lambda s, _: replace(s, store_url="postgresql://u:hush@127.0.0.1:1/none"),
        "the store cannot be used",
    ),
    "no such country": (lambda s, _: replace(s, numbers_country="XX"), "numbers.country: XX is no country"),
    "no store": (lambda s, _: replace(s, store_url="mysql://u:hush@h/d"), "the store cannot be used"),
}


@pytest.mark.parametrize("mistake", _MISTAKES)
async def test_a_mistake_is_found(right: ServerSettings, tmp_path: Path, mistake: str) -> None:
    change, sentence = _MISTAKES[mistake]
    code, text = await checked(change(right, tmp_path))
    assert code == 1
    assert sentence in text
    assert [line for line in text.splitlines() if line.startswith("error: ")]
    assert "hush" not in text
    assert "the PBX is well" in text


@pytest.mark.parametrize(
    ("later", "code", "sentence"),
    [
        (timedelta(0), 0, "more days"),
        (timedelta(days=380), 0, "warning: the certificate ends in 1"),
        (timedelta(days=400), 1, "the certificate has ended"),
        (timedelta(days=-1), 1, "the certificate begins"),
    ],
)
async def test_the_end_of_the_certificate(
    right: ServerSettings, later: timedelta, code: int, sentence: str
) -> None:
    found, text = await checked(right, NOW + later)
    assert found == code
    assert sentence in text


async def test_a_certificate_for_another_host_is_doubtful(right: ServerSettings) -> None:
    code, text = await checked(replace(right, sip_host="pbx.example.net"))
    assert code == 0
    assert (
        "warning: the certificate is for 127.0.0.1" in text
        or "warning: the certificate is for localhost" in text
    )
    assert "pbx.example.net" in text


async def test_without_tls_on_loopback_is_doubtful(right: ServerSettings) -> None:
    code, text = await checked(
        replace(right, tls_certificate=None, tls_key=None, listener_insecure_loopback=True)
    )
    assert code == 0
    assert "warning: clients are served without TLS" in text


# ---------------------------------------------------------------- the PBX


def manager(version: str = "22.10.1", missing: str = "", loaded: tuple[str, ...] = ()) -> FakeManager:
    def module(action: Fields) -> bytes:
        name = action["Module"]
        there = name in loaded or (name in NEEDED_MODULES + TONE_MODULES and name != missing)
        return block(Response="Success" if there else "Error", ActionID=action["ActionID"])

    def core(action: Fields) -> bytes:
        return block(Response="Success", AsteriskVersion=version, ActionID=action["ActionID"])

    return FakeManager(answers={"ModuleCheck": module, "CoreSettings": core})


async def examined(pbx: FakeManager, **account: Any) -> dict[str, Verdict]:
    async with pbx:
        settings = replace(
            asterisk_settings(ServerSettings(pbx_ami_port=pbx.port)), ami=replace(pbx.account, **account)
        )
        return {one.sentence: one.verdict for one in await examine_pbx(settings)}


async def test_a_good_pbx() -> None:
    assert await examined(manager()) == {
        "the PBX is Asterisk 22.10.1": Verdict.GOOD,
        f"the PBX has loaded all {len(NEEDED_MODULES)} modules that we need": Verdict.GOOD,
    }


async def test_a_pbx_that_cannot_play_the_tone_of_recorded_calls() -> None:
    found = await examined(manager(missing="func_periodic_hook"))
    sentence = "recorded calls have no tone: the PBX lacks the modules func_periodic_hook"
    assert found[sentence] is Verdict.DOUBTFUL


async def test_a_folder_for_what_is_recorded_that_is_not_there(right: ServerSettings, tmp_path: Path) -> None:
    code, text = await checked(replace(right, recording_spool=tmp_path / "nowhere"))
    assert code == 0
    assert "warning: there is no folder" in text


async def test_an_old_pbx_without_a_module_and_with_one_too_many() -> None:
    found = await examined(manager("18.4.0", missing="res_parking", loaded=("res_ari",)))
    assert found["the PBX is Asterisk 18.4.0; at least 20 is needed"] is Verdict.BAD
    assert found["the PBX lacks the modules res_parking"] is Verdict.BAD
    assert found["the PBX has loaded res_ari, which may take it down; unload them"] is Verdict.DOUBTFUL


@pytest.mark.parametrize("version", ["", "GIT-master"])
async def test_a_pbx_of_unknown_version_is_doubtful(version: str) -> None:
    found = await examined(manager(version))
    assert Verdict.DOUBTFUL in found.values()


async def test_a_wrong_secret_is_told_without_the_secret() -> None:
    ((sentence, verdict),) = (await examined(manager(), secret="hush")).items()
    assert verdict is Verdict.BAD
    assert "does not let us in" in sentence
    assert "hush" not in sentence


async def test_nobody_there_is_told_at_once() -> None:
    pbx = manager()
    await pbx.listen()
    port = pbx.port
    await pbx.vanish()
    (finding,) = await examine_pbx(asterisk_settings(ServerSettings(pbx_ami_port=port)))
    assert finding.verdict is Verdict.BAD
    assert f"127.0.0.1 port {port}" in finding.sentence


async def test_a_silent_pbx_is_given_up() -> None:
    pbx = manager()
    pbx.silent = True
    async with pbx:
        settings = replace(asterisk_settings(ServerSettings()), ami=pbx.account, times=AmiTimes(reply_s=60))
        (finding,) = await examine_pbx(settings, patience_s=0.2)
    assert "does not answer within" in finding.sentence


def test_the_real_asterisk_of_demo_and_tests_passes(tmp_path: Path) -> None:
    with ThrowawayPbx(tmp_path) as pbx:
        account = AmiAccount(
            "127.0.0.1", pbx.asterisk.ports.ami, pbx.asterisk.manager.user, pbx.asterisk.manager.secret
        )
        settings = replace(asterisk_settings(ServerSettings()), ami=account)
        found = asyncio.run(examine_pbx(settings))
    assert [one.verdict for one in found] == [Verdict.GOOD, Verdict.GOOD], [str(one) for one in found]


async def test_the_mail_server_is_tried_as_far_as_one_can_without_sending(
    right: ServerSettings, tmp_path: Path
) -> None:
    assert "ok: no e-mails are sent" in (await checked(right))[1]
    with MailServer(tmp_path) as server:
        named = replace(right, **server.settings())
        assert f"ok: the mail server localhost port {server.port} lets us in" in (await checked(named))[1]
        code, text = await checked(replace(named, mail_password="hush"))
        assert (code, "warning: the mail server localhost" in text, "535" in text) == (0, True, True)
        assert "hush" not in text
        code, text = await checked(replace(named, mail_certificate_authority=None))
        assert "warning: the mail server localhost" in text
        assert "certificate" in text.split("the mail server localhost")[1]
        code, text = await checked(replace(named, mail_certificate_authority=tmp_path / "none.pem"))
        assert (code, "error: mail.certificate_authority cannot be read" in text) == (1, True)
        assert server.letters == []
    async with HangingServer() as hanging:
        silent = replace(named, mail_port=hanging.port, mail_time_limit_s=0.3 * SECONDS)
        code, text = await checked(silent)
        assert (code, f"warning: the mail server localhost port {hanging.port}" in text) == (0, True)


async def test_the_mailbox_of_answers_is_opened(right: ServerSettings, tmp_path: Path) -> None:
    assert "ok: answers to invitations are not read" in (await checked(right))[1]
    with MailServer(tmp_path) as server, DovecotServer() as box:
        named = replace(right, **server.settings(), **box.settings())
        where = f"the mailbox of answers at localhost port {box.port}"
        assert f"ok: {where} lets us in" in (await checked(named))[1]
        code, text = await checked(replace(named, answers_password="hush"))
        assert (code, f"warning: {where} cannot be read" in text, "hush" in text) == (0, True, False)
        code, text = await checked(replace(named, answers_certificate_authority=tmp_path / "none.pem"))
        assert (code, "error: answers.certificate_authority cannot be read" in text) == (1, True)
        async with HangingServer() as hanging:
            silent = replace(named, answers_port=hanging.port, answers_time_limit_s=0.3 * SECONDS)
            text = (await checked(silent))[1]
            assert f"warning: the mailbox of answers at localhost port {hanging.port}" in text
