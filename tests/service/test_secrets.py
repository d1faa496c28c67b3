"""Passwords in a real key store: GNOME's, on a session bus of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.waiting import SECONDS

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Glücksrad-5417"

_NOT_PASSED_ON = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "PYTHON_KEYRING_BACKEND")
_UNLOCKED = """
printf '\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null || exit 9
exec "$@"
"""
_SCRIPT = """
import asyncio, sys
from wwphone.config.secrets import KeyringSecrets, SecretsUnavailableError
async def main():
    secrets, done = KeyringSecrets(), sys.argv[1]
    try:
        if done == "put":
            await secrets.put("anna@pbx.example", sys.stdin.read())
        elif done == "remove":
            await secrets.remove("anna@pbx.example")
        print(await secrets.get("anna@pbx.example"))
    except SecretsUnavailableError as error:
        print("unavailable:", error)
asyncio.run(main())
"""


def run(home: Path, bus: bool, *steps: str) -> list[str]:
    """Do the steps, each in a process of its own, on one session bus with an unlocked key store or without any."""
    home.mkdir(exist_ok=True)
    script = home / "step.py"
    script.write_text(_SCRIPT, "utf-8")
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    folders = {name: str(home) for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    environment = {**kept, **folders, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    each = " && ".join(f'printf "%s" "{SECRET}" | "{sys.executable}" "{script}" {step}' for step in steps)
    command = ["sh", "-c", each]
    if bus:
        command = ["dbus-run-session", "--", "sh", "-c", _UNLOCKED, "sh", *command]
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30 * SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_password_outlives_the_program_and_can_be_forgotten(tmp_path: Path) -> None:
    assert run(tmp_path / "home", True, "put", "get", "remove", "get") == [SECRET, SECRET, "None", "None"]


def test_forgetting_what_was_never_there_is_nothing(tmp_path: Path) -> None:
    assert run(tmp_path / "home", True, "remove") == ["None"]


def test_no_file_holds_the_password_in_clear(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, True, "put")
    stores = [path for path in home.rglob("*") if path.is_file()]
    assert any("keyring" in path.name for path in stores)
    assert not [path for path in stores if SECRET.encode() in path.read_bytes()]


def test_without_a_key_store_it_says_so(tmp_path: Path) -> None:
    (said,) = run(tmp_path / "home", False, "get")
    assert said.startswith("unavailable:")
