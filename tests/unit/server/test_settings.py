"""Settings: one table, two sources, secrets kept to themselves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from wwphone.domain.account import Transport
from wwphone.domain.calls import CallKind
from wwphone.domain.mail import MailEncryption
from wwphone.domain.presence import DEFAULT_REACH, PresenceStatus
from wwphone.server.settings import ServerSettings, SettingsError, declared_settings
from wwphone.server.settings_file import all_settings, load_settings


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "server.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_without_file_and_environment_the_defaults_count_and_are_safe() -> None:
    settings = load_settings(None, {})
    assert settings == ServerSettings()
    assert settings.listener_host == "127.0.0.1"
    assert settings.sip_transport is Transport.TLS
    assert settings.http_host == "127.0.0.1"
    with pytest.raises(SettingsError, match="tls"):
        settings.must_be_servable()


def test_the_file_gives_every_type(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        [listener]
        host = "192.0.2.1"
        port = 9000
        heartbeat_s = 5
        [tls]
        certificate = "tls/server.pem"
        key = "/etc/key.pem"
        [sip]
        transport = "udp"
        [pbx]
        file_mode = "640"
        ami_secret = "shh"
        """,
    )
    settings = load_settings(file, {})
    assert settings.listener_host == "192.0.2.1"
    assert settings.listener_port == 9000
    assert settings.listener_heartbeat_s == 5.0
    assert settings.tls_certificate == tmp_path / "tls/server.pem"
    assert settings.tls_key == Path("/etc/key.pem")
    assert settings.sip_transport is Transport.UDP
    assert settings.generated_file_mode == 0o640
    assert settings.pbx_ami_secret == "shh"
    settings.must_be_servable()


def test_the_environment_wins(tmp_path: Path) -> None:
    file = written(tmp_path, "[listener]\nport = 9000\ninsecure_loopback = false")
    environment = {
        "WWPHONE_LISTENER_PORT": "9001",
        "WWPHONE_LISTENER_INSECURE_LOOPBACK": "yes",
        "WWPHONE_SIP_TRANSPORT": "TCP",
        "WWPHONE_PRESENCE_GRACE_S": "0.5",
        "WWPHONE_TEST_PATIENCE": "3",
        "PATH": "/bin",
    }
    settings = load_settings(file, environment)
    assert settings.listener_port == 9001
    assert settings.listener_insecure_loopback
    assert settings.sip_transport is Transport.TCP
    assert settings.presence_grace_s == 0.5


@pytest.mark.parametrize("where", ["file", "environment"])
def test_a_secret_may_rest_in_a_file_of_its_own(tmp_path: Path, where: str) -> None:
    (tmp_path / "secret").write_text("shh\n")
    if where == "file":
        settings = load_settings(written(tmp_path, '[pbx]\nami_secret_file = "secret"', 0o644), {})
    else:
        settings = load_settings(None, {"WWPHONE_PBX_AMI_SECRET_FILE": str(tmp_path / "secret")})
    assert settings.pbx_ami_secret == "shh"


def test_a_secret_of_the_environment_replaces_the_files_secret_file(tmp_path: Path) -> None:
    file = written(tmp_path, '[pbx]\nami_secret_file = "does-not-exist"')
    assert load_settings(file, {"WWPHONE_PBX_AMI_SECRET": "shh"}).pbx_ami_secret == "shh"


@pytest.mark.parametrize(
    "text", ['[pbx]\nami_secret = "hush"', '[store]\nurl = "postgresql://u:hush@h/d"'], ids=["AMI", "store"]
)
def test_a_file_with_secrets_must_not_be_readable_by_everybody(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="readable by everybody") as refusal:
        load_settings(written(tmp_path, text, 0o644), {})
    assert "hush" not in str(refusal.value)
    load_settings(written(tmp_path, text, 0o640), {})


def test_a_store_without_a_password_is_no_secret(tmp_path: Path) -> None:
    load_settings(written(tmp_path, '[store]\nurl = "sqlite:////var/x.sqlite"', 0o644), {})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[listener]\nprot = 1", "no setting listener.prot"),
        ("port = 1", "outside a table"),
        ("[listener]\nport = 'many'", "listener.port"),
        ("[listener]\nport = 70000", "listener.port"),
        ("[listener]\nport = true", "listener.port"),
        ("[listener]\nport = 1.5", "listener.port"),
        ("[listener]\nheartbeat_s = 0", "greater than 0"),
        ("[listener]\nheartbeat_s = nan", "greater than 0"),
        ("[listener]\nhost = ['a']", "listener.host"),
        ("[listener]\ninsecure_loopback = 'perhaps'", "insecure_loopback"),
        ("[listener]\ninsecure_loopback = true\nhost = '0.0.0.0'", "loopback"),
        ("[http]\nhost = '0.0.0.0'", "http.host"),
        ("[tls]\ncertificate = 'a.pem'", "belong together"),
        ("[sip]\ntransport = 'pigeon'", "sip.transport"),
        ("[log]\nlevel = 'loud'", "log.level"),
        ("[pbx]\nfile_mode = '644'", "file_mode"),
        ("[pbx]\ndigests = 'sha-256'", "digests"),
        ("[sign_in]\nlimit = 0", "sign_in.limit"),
        ("[presence]\nreach_available = 'internal, outside'", "presence.reach_available"),
        ("[presence]\nreach_unavailable = 'none internal'", "presence.reach_unavailable"),
        ("[presence]\nreach_unavailable = ' '", "presence.reach_unavailable is empty"),
        ("[presence]\nreach_offline = 'none'", "no setting presence.reach_offline"),
        ("this is no TOML", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load_settings(written(tmp_path, text), {})


def test_the_matrix_of_presence_is_the_usual_one_unless_told_otherwise(tmp_path: Path) -> None:
    assert ServerSettings().reach == DEFAULT_REACH
    text = "[presence]\nreach_available = 'group, direct'\nreach_direct_only = 'none'"
    reach = load_settings(written(tmp_path, text), {"WWPHONE_PRESENCE_REACH_UNAVAILABLE": "internal"}).reach

    assert reach == {
        **DEFAULT_REACH,
        PresenceStatus.AVAILABLE: {CallKind.GROUP, CallKind.DIRECT},
        PresenceStatus.DIRECT_ONLY: frozenset(),
        PresenceStatus.UNAVAILABLE: {CallKind.INTERNAL},
    }


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml", {})
    with pytest.raises(SettingsError, match="ami_secret_file"):
        load_settings(None, {"WWPHONE_PBX_AMI_SECRET_FILE": str(tmp_path / "none")})


def test_the_authority_is_read_when_it_is_handed_out(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    settings = ServerSettings(sip_certificate_authority=file)
    with pytest.raises(SettingsError, match="certificate_authority"):
        settings.authority_of_sip()
    file.write_text("PEM")
    assert settings.authority_of_sip() == "PEM"
    assert ServerSettings().authority_of_sip() is None


@pytest.mark.parametrize("country", ["ch", "CHE", "Schweiz", "C1", " CH"])
def test_a_country_is_two_capital_letters(country: str) -> None:
    assert ServerSettings(numbers_country="CH").numbers_country == "CH"
    with pytest.raises(SettingsError, match=r"numbers\.country"):
        ServerSettings(numbers_country=country)


def test_secrets_stay_out_of_the_repr() -> None:
    shown = repr(ServerSettings(pbx_ami_secret="hush", store_url="postgresql://u:hush@h/d"))
    assert "hush" not in shown


def test_every_setting_says_what_it_is() -> None:
    listed = all_settings()
    assert [one.key.replace(".", "_") for one in listed] == [one.name for one in declared_settings()]
    assert all(one.help and one.environment.startswith("WWPHONE_") for one in listed)
    assert {one.key for one in listed if one.secret} == {
        "store.url", "pbx.ami_secret", "mail.password", "answers.password",
    }  # fmt: skip


def test_the_administrators_guide_lists_every_setting_as_it_is() -> None:
    guide = (Path(__file__).parents[3] / "docs/administrator/server.md").read_text("utf-8")
    rows = {one.key: f"| `{one.key}` | {one.help} | {_cell(one.default)} |" for one in all_settings()}
    assert [key for key, row in rows.items() if row not in guide] == []
    named = re.findall(r"^\| `([a-z_]+\.[a-z0-9_]+)` \|", guide, re.MULTILINE)
    assert named == list(rows)


def _cell(default: str) -> str:
    return f"`{default}`" if default else ""


MAIL: dict[str, Any] = {"mail_host": "mail.example.net", "mail_from_address": "phone@example.net"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"mail_from_address": ""}, "mail.from_address"),
        ({"mail_from_address": "phone"}, "mail.from_address"),
        ({"mail_from_address": "a@b\r\nx"}, "mail.from_address"),
        ({"mail_encryption": MailEncryption.NONE}, "on this very machine only"),
        ({"mail_user": "phone"}, "mail.password is missing"),
        ({"mail_port": 0}, "mail.port"),
        ({"mail_port": 70000}, "mail.port"),
        ({"mail_time_limit_s": 301.0}, "mail.time_limit_s"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_mail_server_is_named_as_a_whole(wrong: dict[str, Any], sentence: str) -> None:
    assert ServerSettings(**MAIL).mail_encryption is MailEncryption.STARTTLS
    here = {**MAIL, "mail_host": "localhost", "mail_encryption": MailEncryption.NONE}
    assert ServerSettings(**here).mail_encryption is MailEncryption.NONE
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        ServerSettings(**{**MAIL, **wrong})


ANSWERS: dict[str, Any] = {
    **MAIL, "answers_host": "mail.example.net", "answers_address": "phone@example.net", "answers_user": "phone",
    "answers_password": "hush",
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"mail_host": ""}, "answers.host needs mail.host"),
        ({"answers_address": "phone"}, "answers.address"),
        ({"answers_port": 0}, "answers.port"),
        ({"answers_encryption": MailEncryption.NONE}, "answers.encryption is tls or starttls"),
        ({"answers_user": ""}, "answers.user"),
        ({"answers_folder": ""}, "answers.folder"),
        ({"answers_password": ""}, "WWPHONE_ANSWERS_PASSWORD"),
        ({"answers_time_limit_s": 301.0}, "answers.time_limit_s"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_mailbox_of_answers_is_named_as_a_whole(wrong: dict[str, Any], sentence: str) -> None:
    assert ServerSettings(**ANSWERS).answers_encryption is MailEncryption.TLS
    with pytest.raises(SettingsError, match=re.escape(sentence)) as refused:
        ServerSettings(**{**ANSWERS, **wrong})
    assert "hush" not in str(refused.value)


def test_the_mail_password_comes_from_the_environment_or_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    text = '[mail]\nhost = "mail.example.net"\nfrom_address = "phone@example.net"\nuser = "phone"\nencryption = "tls"\n'
    file.write_text(text)
    file.chmod(0o600)
    settings = load_settings(file, {"WWPHONE_MAIL_PASSWORD": "hush"})
    assert (settings.mail_password, settings.mail_encryption) == ("hush", MailEncryption.TLS)
    assert "hush" not in repr(settings)
    (tmp_path / "secret").write_text("hush\n")
    file.write_text(text + 'password_file = "secret"\n')
    assert load_settings(file, {}).mail_password == "hush"
    file.write_text(text + 'password = "hush"\n')
    with pytest.raises(SettingsError, match="WWPHONE_MAIL_PASSWORD") as refused:
        load_settings(file, {})
    assert "hush" not in str(refused.value)
    file.write_text(text + '[answers]\npassword = "hush"\n')
    with pytest.raises(SettingsError, match="WWPHONE_ANSWERS_PASSWORD"):
        load_settings(file, {})
    file.write_text(text + 'encryption = "ssl"\n'.replace("encryption", "port"))
    with pytest.raises(SettingsError, match=r"mail\.port cannot have this value"):
        load_settings(file, {})


@pytest.mark.parametrize("name", ["keep_days", "undo_days", "tone_every_s", "least_free_mb"])
def test_a_figure_of_recordings_may_be_nought_and_not_less(name: str) -> None:
    settings = load_settings(None, {f"WWPHONE_RECORDING_{name.upper()}": "0"})
    assert getattr(settings.recording, name) == 0
    with pytest.raises(SettingsError, match=f"recording.{name}"):
        load_settings(None, {f"WWPHONE_RECORDING_{name.upper()}": "-1"})


@pytest.mark.parametrize(("country", "prefix"), [("CH", "x"), ("CH", "+"), ("CH", "01234"), ("", "0")])
def test_a_trunk_prefix_is_digits_in_a_country(country: str, prefix: str) -> None:
    assert ServerSettings(numbers_country="CH", pbx_trunk_prefix="0").pbx_trunk_prefix == "0"
    with pytest.raises(SettingsError, match=r"pbx\.trunk_prefix"):
        ServerSettings(numbers_country=country, pbx_trunk_prefix=prefix)


@pytest.mark.parametrize("count", [-1, 65])
def test_line_processes_are_few(count: int) -> None:
    assert ServerSettings(listener_line_processes=64).listener_line_processes == 64
    with pytest.raises(SettingsError, match=r"listener\.line_processes"):
        ServerSettings(listener_line_processes=count)
