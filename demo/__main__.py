"""`python -m demo`: a whole company on this computer, with you in it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import locale
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from demo.company import Company, Plan
from demo.errors import DemoError
from demo.hearing import audible_s
from demo.order import Order, Tour
from wwphone.server.demo_company import PEOPLE

_LEAST_COLLEAGUES = 6
_LEAST_HEARD_S = 1.0
_LANGUAGES = ("de", "en")


def say(text: str) -> None:
    """Tell whoever started the demo."""
    print(text, flush=True)


def arguments_of(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description=__doc__)
    parser.add_argument(
        "--user", default="anna", choices=[person.user for person in PEOPLE], help="who you are"
    )
    parser.add_argument("--language", choices=_LANGUAGES, help="of window and voices; default: the system's")
    parser.add_argument("--colleagues", type=int, default=8, help="how many come to work (6 to 23)")
    parser.add_argument("--headless", action="store_true", help="no screen: the demo tours itself and judges")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long a headless tour takes")
    parser.add_argument("--screenshots", type=Path, help="folder for pictures of a headless tour")
    parser.add_argument("--installed-asterisk", action="store_true", help="use the Asterisk of this system")
    parser.add_argument(
        "--container",
        choices=("docker", "podman"),
        default="",
        help="where there is no apt: run Asterisk in a container (a way not tried by us yet)",
    )
    parser.add_argument("--keep", type=Path, help="keep logs, store and recordings in this folder")
    arguments = parser.parse_args(words)
    if not _LEAST_COLLEAGUES <= arguments.colleagues < len(PEOPLE):
        parser.error(f"--colleagues: from {_LEAST_COLLEAGUES} to {len(PEOPLE) - 1}")
    return arguments


async def demonstrate(arguments: argparse.Namespace, folder: Path) -> int:
    """Run the company until the window is closed; return the exit code. Raises DemoError."""
    ready = os.environ.get("WWPHONE_ASTERISK", "")
    if not ready and not arguments.installed_asterisk and not arguments.container:
        raise DemoError("WWPHONE_ASTERISK names no folder: start the demo by `python3 dev.py demo`")
    voices = Path(os.environ.get("WWPHONE_VOICES") or folder / "voices")
    language = arguments.language or _language_of_system()
    plan = Plan(
        Path(ready),
        folder,
        voices,
        language,
        arguments.user,
        arguments.colleagues,
        arguments.installed_asterisk,
        arguments.container,
    )
    company = Company(plan, say)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, ending.set)
    try:
        await company.start()
        if not arguments.headless:
            say(
                f"You are {company.visitor.nickname}, number {company.visitor.number}. Close the window to end."
            )
        return await _window(arguments, plan, company, ending)
    finally:
        say("ending …")
        await company.stop()


async def _window(arguments: argparse.Namespace, plan: Plan, company: Company, ending: asyncio.Event) -> int:
    tour = _tour(arguments, plan, company) if arguments.headless else None
    address = company.address
    order = Order(
        address.host,
        address.port,
        address.certificate_authority_file or "",
        plan.user,
        company.passwords[plan.user],
        plan.language,
        str(plan.folder / "window"),
        tour,
    )
    environment = {**os.environ, **({"QT_QPA_PLATFORM": "offscreen"} if tour else {})}
    began_s = time.monotonic()
    with (plan.folder / "window.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "demo.window",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log if tour else None,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us
        )
    company.come_alive()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")  # and kept open: see demo.kept
    talk = asyncio.create_task(process.stdout.read())
    stop = asyncio.create_task(ending.wait())
    await asyncio.wait({talk, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not talk.done():
        process.terminate()
    output = await talk
    await process.wait()
    if tour is None:
        return 0 if process.returncode in (0, -signal.SIGTERM) else 1
    say(f"the window ran {time.monotonic() - began_s:.1f} s")
    return _judge(output, tour, company)


def _tour(arguments: argparse.Namespace, plan: Plan, company: Company) -> Tour:
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    voice = company.voices.say("Guten Tag. Eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun.", 2)
    return Tour(
        seconds=arguments.seconds,
        pictures=str(arguments.screenshots or ""),
        number=company.colleagues[0].person.number,
        voice=str(voice),
        recording=str(plan.folder / "heard-by-you.wav"),
    )


def _judge(output: bytes, tour: Tour, company: Company) -> int:
    """Print what came of the tour; 0 only if a call with sound both ways was really made."""
    lines = output.decode(errors="replace").strip().splitlines()
    result = json.loads(lines[-1]) if lines else {"problem": "the window ended without a result"}
    here_s = audible_s(Path(tour.recording))
    called = [one for one in company.colleagues if one.person.number == result.get("called")]
    there_s = max((audible_s(recording) for one in called for recording in one.heard), default=0.0)
    say(f"registered: {result.get('registered', False)}, colleagues seen: {result.get('colleagues', 0)}")
    say(
        f"called {result.get('called') or 'nobody'} for {result.get('call_seconds', 0.0):.1f} s; calls that came in: {result.get('incoming', 0)}"
    )
    say(f"speech heard here {here_s:.1f} s, heard there {there_s:.1f} s")
    for picture in result.get("pictures", ()):
        say(f"picture {picture}")
    if result.get("problem"):
        say(f"problem: {result['problem']}")
    good = here_s >= _LEAST_HEARD_S and there_s >= _LEAST_HEARD_S and not result.get("problem")
    say("a call with sound both ways was made" if good else "NO call with sound both ways was made")
    return 0 if good else 1


def _language_of_system() -> str:
    code = (locale.getlocale()[0] or os.environ.get("LANG", ""))[:2]
    return code if code in _LANGUAGES else "en"


def main() -> int:
    """Run the demo in a folder of its own, which goes with it."""
    arguments = arguments_of(sys.argv[1:])
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="wwphone-demo-"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return asyncio.run(demonstrate(arguments, folder.resolve()))
    except DemoError as error:
        say(f"The demo cannot go on: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
