"""Filling in the base configuration; no Asterisk runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from demo.asterisk_configuration import GENERATED_FILES, fill_in, write_configuration, write_private
from demo.asterisk_program import ASTERISK_FILES

TEMPLATES = ASTERISK_FILES / "etc"


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "manager.conf").write_text("port = @AMI_PORT@\nsecret = @AMI_SECRET@\n")
    return folder


class TestFillingIn:
    def test_every_placeholder_gets_its_value_once(self) -> None:
        text = fill_in("a=@ONE@ b=@TWO@ c=@ONE@", {"ONE": "@TWO@", "TWO": "2"})

        assert text == "a=@TWO@ b=2 c=@TWO@"

    def test_what_only_looks_similar_is_left_alone(self) -> None:
        assert fill_in("mail=a@example.org ; @lower@", {}) == "mail=a@example.org ; @lower@"

    def test_a_placeholder_without_a_value_is_an_error(self) -> None:
        with pytest.raises(KeyError, match="AMI_PORT"):
            fill_in("port = @AMI_PORT@", {})

    @pytest.mark.parametrize("value", ["a;b", "[general]", "a\\b", " a", "a ", "\x07"])
    def test_a_value_that_would_mean_something_else_is_refused_without_showing_it(self, value: str) -> None:
        with pytest.raises(ValueError, match="AMI_SECRET") as refusal:
            fill_in(
                "secret = @AMI_SECRET@",
                {"AMI_SECRET": f"hush{value}hush" if value.strip() == value else value},
            )
        assert "hush" not in str(refusal.value)

    def test_a_second_line_cannot_bring_a_section(self) -> None:
        with pytest.raises(ValueError, match="AMI_SECRET"):
            fill_in("secret = @AMI_SECRET@", {"AMI_SECRET": "x\n[admin]\nsecret = y"})


class TestWriting:
    def test_nobody_else_can_read_it(self, templates: Path, tmp_path: Path) -> None:
        etc = tmp_path / "etc"

        write_configuration(templates, etc, {"AMI_PORT": "5038", "AMI_SECRET": "hush"})

        assert (etc / "manager.conf").read_text() == "port = 5038\nsecret = hush\n"
        assert etc.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in etc.rglob("*.conf")} == {0o600}

    def test_files_of_the_cti_server_exist_at_first_and_are_left_alone_later(
        self, templates: Path, tmp_path: Path
    ) -> None:
        etc = tmp_path / "etc"
        values = {"AMI_PORT": "5038", "AMI_SECRET": "hush"}
        write_configuration(templates, etc, values)
        assert sorted(path.name for path in (etc / "wwphone").iterdir()) == sorted(GENERATED_FILES)
        (etc / "wwphone/pjsip.conf").write_text("[anna]\n")

        write_configuration(templates, etc, values | {"AMI_PORT": "5039"})

        assert (etc / "wwphone/pjsip.conf").read_text() == "[anna]\n"
        assert "5039" in (etc / "manager.conf").read_text()

    def test_an_open_file_of_before_gets_closed(self, tmp_path: Path) -> None:
        file = tmp_path / "key"
        file.write_text("old")
        file.chmod(0o644)

        write_private(file, "new")

        assert file.read_text() == "new"
        assert file.stat().st_mode & 0o777 == 0o600


class TestTemplates:
    def test_all_that_is_included_is_made(self) -> None:
        included = {
            name
            for template in TEMPLATES.glob("*.conf")
            for name in re.findall(
                r'^#(?:try)?include "wwphone/(.+)"$', template.read_text("utf-8"), re.MULTILINE
            )
        }

        assert included == set(GENERATED_FILES)

    def test_no_module_of_ari_and_none_that_starts_programs_is_loaded(self) -> None:
        text = (TEMPLATES / "modules.conf").read_text("utf-8")
        loaded = re.findall(r"^load = (\w+)\.so$", text, re.MULTILINE)

        assert "autoload = no" in text
        assert "res_pjsip" in loaded
        assert len(loaded) == len(set(loaded))
        assert not [
            name
            for name in loaded
            if re.match(r"res_(ari|stasis|http|agi)|app_(stasis|system)|pbx_spool", name)
        ]

    def test_every_address_is_this_computer(self) -> None:
        addresses = [
            (template.name, address)
            for template in TEMPLATES.glob("*.conf")
            for address in re.findall(r"^bind\w* *= *([^:\s]+)", template.read_text("utf-8"), re.MULTILINE)
        ]

        assert len(addresses) == 4  # UDP, TCP, TLS, AMI
        assert {address for _, address in addresses} == {"127.0.0.1"}
