"""Settings of sources: tables of their own, secrets from where secrets come from, nothing unencrypted by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from wwphone.server.settings import SettingsError
from wwphone.server.settings_file import load_settings
from wwphone.server.source_settings import DEFAULT_ATTRIBUTES, DEFAULT_SEARCHED, SourceKind, source_keys

LDAP = '[sources.customers]\nkind = "ldap"\nurl = "ldap://directory.example"\nbase = "dc=example"\n'
BOOK = '[sources.partners]\nkind = "carddav"\nurl = "https://dav.example/book/"\n'


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "server.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_two_sources_in_their_order_with_everything_usual(tmp_path: Path) -> None:
    first, second = load_settings(written(tmp_path, BOOK + LDAP), {}).sources
    assert (first.source_id, first.kind, first.shown_name) == ("partners", SourceKind.CARDDAV, "partners")
    assert (second.kind, second.base, second.searched) == (SourceKind.LDAP, "dc=example", DEFAULT_SEARCHED)
    assert second.attributes == DEFAULT_ATTRIBUTES
    assert second.encrypted
    assert load_settings(None, {}).sources == ()


def test_every_setting_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    text = LDAP + (
        'name = "Kunden"\nuser = "cn=phone"\npassword_file = "secret"\nobject_class = "contact"\nsearched = ["cn"]\n'
        'certificate_authority = "ca.pem"\ntime_limit_s = 2\nmost_results = 5\nrefresh_s = 60.5\n'
        '[sources.customers.attributes]\noffice = "ipPhone"\nprivate = ""\n'
    )
    [one] = load_settings(written(tmp_path, text, 0o644), {}).sources
    assert (one.shown_name, one.password, one.object_class) == ("Kunden", "from the file", "contact")
    assert (one.searched, one.time_limit_s, one.most_results, one.refresh_s) == (("cn",), 2.0, 5, 60.5)
    assert one.certificate_authority == tmp_path / "ca.pem"
    assert one.attributes == {**DEFAULT_ATTRIBUTES, "office": "ipPhone", "private": ""}
    assert "from the file" not in repr(one)


def test_the_environment_wins_and_a_secret_in_a_readable_file_is_refused(tmp_path: Path) -> None:
    text = LDAP + 'user = "cn=phone"\npassword = "in the file"\n'
    file = written(tmp_path, text)
    assert load_settings(file, {}).sources[0].password == "in the file"
    environment = {"WWPHONE_SOURCES_CUSTOMERS_PASSWORD": "from outside"}
    assert load_settings(file, environment).sources[0].password == "from outside"
    (tmp_path / "secret").write_text("other")
    environment = {"WWPHONE_SOURCES_CUSTOMERS_PASSWORD_FILE": str(tmp_path / "secret")}
    assert load_settings(file, environment).sources[0].password == "other"
    with pytest.raises(SettingsError, match="readable by everybody") as refused:
        load_settings(written(tmp_path, text, 0o644), {})
    assert "in the file" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (LDAP.replace("ldap://", "http://"), "customers.url"),
        (LDAP.replace("ldap://directory", "ldap://anna:secret@directory"), "customers.url"),
        (LDAP.replace("directory.example", "directory:x"), "customers.url"),
        (BOOK.replace("https", "http"), "partners.url"),
        (LDAP + "insecure_loopback = true\n", "insecure_loopback"),
        (LDAP.replace('kind = "ldap"', 'kind = "ldap3"'), "customers.kind"),
        (LDAP.replace('kind = "ldap"\n', ""), "customers.kind"),
        (LDAP.replace("base", "bases"), "customers.bases"),
        (LDAP.replace('base = "dc=example"', ""), "customers.base"),
        (LDAP + 'user = "cn=phone"\n', "customers.password"),
        (LDAP + 'user = "cn=phone"\npassword_file = "none"\n', "password_file"),
        (LDAP + "time_limit_s = 31\n", "time_limit_s"),
        (LDAP + "time_limit_s = true\n", "time_limit_s"),
        (LDAP + "most_results = 0\n", "most_results"),
        (LDAP + "refresh_s = 9\n", "refresh_s"),
        (LDAP + "searched = []\n", "searched"),
        (LDAP + 'searched = ["cn)(uid"]\n', "customers"),
        (LDAP + '[sources.customers.attributes]\nfax = "fax"\n', "fax"),
        (LDAP.replace("customers", "Customers"), "sources.Customers"),
        ('sources = "none"\n', "sources"),
        ("[sources]\ncustomers = 1\n", "sources.customers"),
        ("".join(LDAP.replace("customers", f"c{number}") for number in range(11)), "more than 10"),
    ],
    ids=range(22),
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(written(tmp_path, text), {})
    assert named in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_tls_only_on_this_machine(tmp_path: Path) -> None:
    text = LDAP.replace("directory.example", "127.0.0.1:3890") + "insecure_loopback = true\n"
    [one] = load_settings(written(tmp_path, text), {}).sources
    assert not one.encrypted


def test_the_guide_names_every_setting() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "administrator" / "sources.md").read_text("utf-8")
    for key, (text, default) in source_keys().items():
        assert f"| `{key}` | {text} | {default} |" in guide
