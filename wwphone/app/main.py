"""`wwphone [ADDRESS]`: start the window, or hand an address to the one that runs already."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

import wwphone
from wwphone.app.garbage import GarbageCollector
from wwphone.app.program import Program
from wwphone.app.signals import SignalWatcher
from wwphone.app.single_instance import InstanceServer, hand_over
from wwphone.config.logs import start_logging
from wwphone.config.paths import Paths
from wwphone.config.secrets import KeyringSecrets
from wwphone.config.settings import Settings
from wwphone.cti.link import WebSocketLink
from wwphone.services.bundle import Ground
from wwphone.sip.api import EngineSettings
from wwphone.sip.pjsua.engine import PjsuaEngine

logger = logging.getLogger(__name__)


def sounds_folder() -> Path:
    """The ringtones: beside the sources, or inside the installed package."""
    package = Path(wwphone.__file__).parent
    for folder in (package / "resources" / "sounds", package.parent / "resources" / "sounds"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("the ringtones are missing: the installation is not complete")


def arguments_of(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line. A password has no place there."""
    parser = argparse.ArgumentParser(prog="wwphone", description="The open desktop phone.")
    parser.add_argument(
        "address", nargs="?", default="", help="a number, or a tel:, sip: or callto: link to dial"
    )
    parser.add_argument("--verbose", action="store_true", help="log everything, on the terminal too")
    parser.add_argument("--version", action="version", version=f"wwphone {wwphone.__version__}")
    return parser.parse_args(argv)


def real_ground(paths: Paths) -> Ground:
    """The real engine, link, settings and key store."""
    return Ground(
        engine=PjsuaEngine(),
        link=WebSocketLink(),
        settings=Settings(paths.settings_file),
        secrets=KeyringSecrets(),
        sounds=sounds_folder(),
    )


def run(
    address: str,
    paths: Paths,
    make_ground: Callable[[Paths], Ground],
    prepare: Callable[[Program], None] | None = None,
    engine_settings: EngineSettings | None = None,
) -> int:
    """Run the program until it is ended; `prepare` is called with it as soon as its loop runs (the demo does)."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("wwphone")
    application.setDesktopFileName("wwphone")
    application.setQuitOnLastWindowClosed(False)
    if hand_over(paths.instance_name, address):
        return 0
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        program = Program(make_ground(paths), engine_settings)
        garbage = GarbageCollector()
        instance = InstanceServer(paths.instance_name, program.show, program.dial)
        signals = SignalWatcher(program.quit)
        try:
            if prepare:
                loop.call_soon(prepare, program)
            loop.run_until_complete(program.run(address))
        finally:
            signals.close()
            instance.close()
            garbage.close()
    return 0


def main() -> int:
    """Entry point of the `wwphone` command."""
    arguments = arguments_of(sys.argv[1:])
    try:
        paths = Paths.of_this_user().make()
        start_logging(paths.log_file, verbose=arguments.verbose)
    except OSError as error:
        print(f"wwphone cannot write its files: {error}", file=sys.stderr)
        return 1
    return run(arguments.address, paths, real_ground)


if __name__ == "__main__":
    sys.exit(main())
