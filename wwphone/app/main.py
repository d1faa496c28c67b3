"""`wwphone [ADDRESS]` starts the window or dials in the one that runs; `wwphone ACTION` steers the one that runs."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import qasync
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

import wwphone
from wwphone.app.garbage import GarbageCollector
from wwphone.app.hotkeys import system_hotkeys
from wwphone.app.program import Program
from wwphone.app.signals import SignalWatcher
from wwphone.app.single_instance import InstanceServer, hand_over
from wwphone.config.logs import start_logging
from wwphone.config.notes import NotesFile
from wwphone.config.paths import Paths
from wwphone.config.phonebook import PhoneBookCache
from wwphone.config.secrets import KeyringSecrets
from wwphone.config.settings import Settings
from wwphone.cti.api import MirrorReplaced
from wwphone.cti.link import WebSocketLink
from wwphone.domain.actions import Action, NoOrderError, Order, Outcome, order_of
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


_HELP: Mapping[Action, str] = MappingProxyType(
    {
        Action.ANSWER: "take the call that rings",
        Action.HANG_UP: "end the call that one talks on, or decline the one that rings when there is none",
        Action.HOLD: "hold the current call, or take it back",
        Action.MUTE: "switch the microphone of the current call off or on",
        Action.PICK_UP: "pick up what rings longest at your colleagues",
        Action.SHOW: "bring the window to the front",
        Action.DIAL: "dial a number, a colleague's name, or a link; the argument follows",
        Action.DIAL_MARKED: "dial the text that is marked in any window, or else the one copied last",
    }
)
_FAILURES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.NOTHING: '"{action}" has nothing to act upon at the moment',
        Outcome.NOT_UNDERSTOOD: 'the program that runs does not know "{action}"; is it an older one?',
        Outcome.NO_PROGRAM: "the program does not run; start it with: wwphone",
    }
)
_EPILOG = """\
actions, carried out by the program that runs already:
{actions}

exit status: 0 done; 1 nothing to act upon; 2 not understood; 3 the program does not run

Bind these to keys in your desktop's keyboard settings where wwphone cannot have hot-keys of its own (Wayland).
An address that is called like an action is dialled by: wwphone dial ADDRESS
"""


@dataclass(frozen=True)
class Arguments:
    """What stands on the command line."""

    order: Order | None
    """None: nothing but the window is wanted."""
    starts: bool
    """Whether a program is started when none runs: an address does, an action does not."""
    verbose: bool = False


def arguments_of(argv: Sequence[str]) -> Arguments:
    """Read the command line; ends the process with 2 when it makes no sense. A password has no place there."""
    actions = "\n".join(
        f"  wwphone {action.value + (' ADDRESS' if action is Action.DIAL else ''):<14} {text}"
        for action, text in _HELP.items()
    )
    parser = argparse.ArgumentParser(
        prog="wwphone",
        usage="wwphone [--verbose] [ADDRESS]\n       wwphone ACTION",
        description="The open desktop phone.",
        epilog=_EPILOG.format(actions=actions),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ADDRESS",
        help="a number, or a tel:, sip: or callto: link to dial; starts the program where none runs",
    )
    parser.add_argument("--verbose", action="store_true", help="log everything, on the terminal too")
    parser.add_argument("--version", action="version", version=f"wwphone {wwphone.__version__}")
    read = parser.parse_args(argv)
    words = [" ".join(word.split()) for word in read.words]  # pasted text brings line ends along
    try:
        if not any(words):
            return Arguments(None, starts=True, verbose=read.verbose)
        if len(words) == 1 and words[0] not in {action.value for action in Action}:
            return Arguments(Order(Action.DIAL, words[0]), starts=True, verbose=read.verbose)
        return Arguments(order_of(words), starts=False, verbose=read.verbose)
    except NoOrderError as error:
        parser.error(str(error))


def steer(order: Order, paths: Paths) -> int:
    """Have the running program carry out an order; return the exit status. Needs no screen."""
    application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    outcome = hand_over(paths.instance_name, order)
    del application
    if outcome is not Outcome.DONE:
        print(f"wwphone: {_FAILURES[outcome].format(action=order.action.value)}", file=sys.stderr)
    return outcome.value


def real_ground(paths: Paths) -> Ground:
    """The real engine, link, settings and key store."""
    return Ground(
        engine=PjsuaEngine(),
        link=WebSocketLink(),
        settings=Settings(paths.settings_file),
        secrets=KeyringSecrets(),
        sounds=sounds_folder(),
        notes=NotesFile(paths.notes_file),
        phonebook=PhoneBookCache(paths.phonebook_file),
        hotkeys=system_hotkeys(),
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
    order = Order(Action.DIAL, address) if address else Order(Action.SHOW)
    if hand_over(paths.instance_name, order) is not Outcome.NO_PROGRAM:
        return 0
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        ground = make_ground(paths)
        program = Program(ground, engine_settings)
        garbage = GarbageCollector()
        stop_sparing = ground.link.add_listener(
            lambda event: garbage.spare_what_is_new() if isinstance(event, MirrorReplaced) else None
        )
        instance = InstanceServer(paths.instance_name, program.carry_out)
        signals = SignalWatcher(program.quit)
        try:
            if prepare:
                loop.call_soon(prepare, program)
            loop.run_until_complete(program.run(address))
        finally:
            signals.close()
            instance.close()
            stop_sparing()
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
    if arguments.order and not arguments.starts:
        return steer(arguments.order, paths)
    return run(arguments.order.address if arguments.order else "", paths, real_ground)


if __name__ == "__main__":
    sys.exit(main())
