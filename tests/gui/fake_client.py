"""The real program on a company in memory: `python -m tests.gui.fake_client HOME [ADDRESS]`, signed in as Anna Muster.

SIGUSR1: Müller & Söhne AG calls. It prints what happens, one line each: `painted`, `in the field TEXT`, `dialled NUMBER`,
`ended`.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.gui.stage import MUELLER
from tests.gui.world import (
    DEVICES,
    ME,
    PASSWORD,
    SERVER,
    SIP_ACCOUNT,
    SOUNDS,
    FakeSecrets,
    FakeSlowLink,
    company,
)
from wwphone.app.hotkeys import system_hotkeys
from wwphone.app.main import run
from wwphone.app.program import Program
from wwphone.config.notes import NotesFile
from wwphone.config.options import LANGUAGE, SERVER_HOST, THEME, USER
from wwphone.config.paths import Paths
from wwphone.config.settings import Settings
from wwphone.domain.calls import CallEnd, CallKind
from wwphone.services.bundle import Ground
from wwphone.sip.fake import FakeSipEngine


class TalkingEngine(FakeSipEngine):
    """Prints what it is told to dial."""

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """See FakeSipEngine."""
        print("dialled", address, flush=True)
        super().dial(address, call_id, headers)

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """See FakeSipEngine."""
        print("ended", flush=True)
        super().hang_up(call_id, end)


def main() -> int:
    """Run until SIGTERM."""
    home = Path(sys.argv[1])
    address = sys.argv[2] if len(sys.argv) > 2 else ""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(name)s: %(message)s")
    engine = TalkingEngine(DEVICES)

    def ground(paths: Paths) -> Ground:
        settings = Settings(paths.settings_file)
        for option, value in ((SERVER_HOST, SERVER.host), (USER, ME), (LANGUAGE, "en"), (THEME, "light")):
            settings.set(option, value)
        secrets = FakeSecrets()
        secrets.secrets[f"{ME}@{SERVER.host}"] = PASSWORD
        link = FakeSlowLink(company(), sip_account=SIP_ACCOUNT, password=PASSWORD)
        return Ground(engine, link, settings, secrets, SOUNDS, NotesFile(paths.notes_file), system_hotkeys())

    def prepare(program: Program) -> None:
        window = program.shell.window
        window.painted.connect(lambda: print("painted", flush=True))
        window._form.dial_field.textChanged.connect(lambda text: print("in the field", text, flush=True))
        signal.signal(
            signal.SIGUSR1,
            lambda *_: (
                engine.incoming(MUELLER.number, MUELLER.name, CallKind.DIRECT, "+41 44 268 12 04") and None
            ),
        )

    paths = Paths(home / "settings", home / "data", home / "cache", home / "log").make()
    return run(address, paths, ground, prepare)


if __name__ == "__main__":
    sys.exit(main())
