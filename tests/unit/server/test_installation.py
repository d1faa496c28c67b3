"""What packaging/server ships is what the program understands."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from wwphone.server.recordings.keys import VARIABLE
from wwphone.server.settings import ServerSettings
from wwphone.server.settings_file import all_settings, load_settings

PACKAGING = Path(__file__).parents[3] / "packaging" / "server"


def unit() -> dict[str, list[str]]:
    """The [Service] section; names may repeat."""
    section: dict[str, list[str]] = {}
    text = (
        (PACKAGING / "wwphone-server.service")
        .read_text("utf-8")
        .partition("[Service]")[2]
        .partition("[Install]")[0]
    )
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            section.setdefault(name, []).append(value)
    return section


def test_the_example_settings_can_be_read_and_served() -> None:
    settings = load_settings(PACKAGING / "server.toml.example", {})
    settings.must_be_servable()
    assert settings.generated_file_mode == 0o640
    assert settings.tls_certificate == PACKAGING / "tls/server.pem"


def test_the_example_environment_names_settings_that_exist() -> None:
    text = (PACKAGING / "environment.example").read_text("utf-8")
    named = set(re.findall(r"^#?(WWPHONE_[A-Z_]+)=", text, re.MULTILINE))
    assert named == {"WWPHONE_PBX_AMI_SECRET", VARIABLE}
    assert named - {VARIABLE} <= {one.environment for one in all_settings()}


def test_the_unit_lets_the_server_write_where_it_writes_and_nowhere_else() -> None:
    service = unit()
    assert service["ProtectSystem"] == ["strict"]
    (paths,) = service["ReadWritePaths"]
    settings = ServerSettings()
    assert paths.split() == [str(settings.pbx_configuration_folder), f"-{settings.recording_spool}"]
    state = Path("/var/lib") / service["StateDirectory"][0]
    assert settings.recording_folder.parent == state
    assert Path(ServerSettings().store_url.removeprefix("sqlite:///")).parent == state
    assert service["Type"] == ["notify"]
    assert service["CapabilityBoundingSet"] == [""]


def test_the_unit_lets_a_start_that_migrates_come_to_its_end() -> None:
    service = unit()
    assert service["TimeoutStartSec"] == ["infinity"]
    assert service["Restart"] == ["on-failure"], "what was cut off would be begun anew"


def test_the_unit_lets_line_processes_talk_to_the_server_and_hear_its_goodbye() -> None:
    service = unit()
    assert "AF_UNIX" in service["RestrictAddressFamilies"][0].split()
    # Signals reach all processes of the unit, and line processes end by themselves after the server.
    assert not {"KillMode", "TasksMax", "LimitNPROC"} & set(service)


def test_the_unit_is_one_systemd_can_read() -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.read(PACKAGING / "wwphone-server.service", "utf-8")
    assert parsed.sections() == ["Unit", "Service", "Install"]
