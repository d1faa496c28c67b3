"""Names of users as sounds beside our prompts, so that who is called into a conference hears who calls, not a number alone.

Theory. Names are known when the configuration is written, long before anybody calls: each is spoken by espeak-ng once, in the
background, into a file whose name is made of what it says, so a changed name is another file and nobody hears an old one. Where there is no
espeak-ng, and for a name that it cannot say, there is no file, and the number is said. What failed is tried again by itself, each time
later, and then given up until the names change or the server starts: a full disk has room again, a name that cannot be said stays one.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from wwphone.server.api import PbxConfiguration
from wwphone.server.asterisk.configuration.files import write_changed_data
from wwphone.server.asterisk.configuration.rooms import PROMPTS_FOLDER
from wwphone.server.asterisk.speech import RATE, SUFFIX, VOICES, WORDS_A_MINUTE, arguments, from_wav
from wwphone.server.tasks import TaskOwner

logger = logging.getLogger(__name__)

MOST_NAMES = 2_000
"""So many have a sound, some 15 kB each; of further users the number is said."""
PAUSES_S = (60.0, 600.0, 3_600.0, 21_600.0)
"""After the first failure, the second and so on; after the last one no more is tried."""
MAX_SPOKEN_NAME = 60
"""Characters. A longer one is no name."""
_LONGEST_S = 12.0
_TIMEOUT_S = 10.0
_PREFIX = "name-"
_ENVIRONMENT = ("PATH", "LANG", "ESPEAK_DATA_PATH")
_SAID_AS_THEY_ARE = frozenset("-'\N{RIGHT SINGLE QUOTATION MARK}.,&")


class SpokenNames:
    """Makes and keeps the sounds; `prompt` never waits for one."""

    def __init__(self, configuration_folder: Path, program: str, file_mode: int) -> None:
        """`configuration_folder` has our prompts in it; `program` is espeak-ng, by name or path."""
        self._folder = configuration_folder / PROMPTS_FOLDER
        self._program = program
        self._file_mode = file_mode
        self._texts: Mapping[str, str] = {}
        self._language = next(iter(VOICES))
        self._ready: frozenset[str] = frozenset()
        self._told_missing = False
        self._tried = asyncio.Event()
        self._tasks = TaskOwner("spoken names")
        self._work: asyncio.Task[None] | None = None

    def want(self, names: Iterable[str], language: str) -> None:
        """Have these, of people who may call others into conferences, the likeliest first, spoken from now on, and no others."""
        known = language[:2] if language[:2] in VOICES else next(iter(VOICES))
        texts: dict[str, str] = {}
        for text in filter(None, map(sayable, names)):
            if len(texts) == MOST_NAMES:
                logger.info("more than %s names are not spoken: of the others the number is said", MOST_NAMES)
                break
            texts[_prompt(text, known)] = text
        if (texts, known) == (self._texts, self._language) and self._work is not None:
            return
        self._texts, self._language = texts, known
        former, self._work = self._work, None
        if former is not None:
            former.cancel()
        self._tried.clear()
        self._work = self._tasks.start(self._make(former))

    def prompt(self, name: str) -> str:
        """What Asterisk plays for a name, within our prompts; empty: it has no sound."""
        text = sayable(name)
        prompt = _prompt(text, self._language) if text else ""
        return prompt if prompt in self._ready else ""

    async def finish(self, timeout_s: float) -> None:
        """Wait for so long at most until everything is spoken, or has been tried."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._tried.wait(), timeout_s)

    async def shutdown(self) -> None:
        """Speak no more."""
        await self._tasks.shutdown()

    # ------------------------------------------------------------ inside

    async def _make(self, former: asyncio.Task[None] | None) -> None:
        if former is not None:
            await asyncio.wait([former])
        failed = await self._try()
        self._tried.set()
        if failed is not None:
            logger.warning("%s names could not be spoken, and are tried again later; the last: %s", *failed)
        for pause_s in PAUSES_S:
            if failed is None:
                return
            await asyncio.sleep(pause_s)
            failed = await self._try()
            if self._ready >= self._texts.keys():
                logger.info("the names that could not be spoken are spoken now")
        if failed is not None:
            logger.info("%s names are not tried any more, the last: %s", *failed)

    async def _try(self) -> tuple[str, Exception] | None:
        """Speak what is missing; return how many of them failed, and why the last one did."""
        folder, texts = self._folder / self._language, self._texts
        there = await asyncio.to_thread(_there, self._folder, folder, texts.keys(), self._file_mode)
        self._ready = frozenset(there)
        missing = {prompt: text for prompt, text in texts.items() if prompt not in there}
        program = shutil.which(self._program) if missing else None
        if program is None:
            if missing and not self._told_missing:
                self._told_missing = True
                logger.info(
                    "who invites to conferences is said by number: there is no %s here", self._program
                )
            return None
        failed, reason = 0, None
        for prompt, text in missing.items():
            try:
                data = await self._spoken(program, text)
                await asyncio.to_thread(
                    write_changed_data, folder, {f"{prompt}{SUFFIX}": data}, self._file_mode
                )
            except (OSError, ValueError, TimeoutError) as error:
                failed, reason = failed + 1, error
                continue
            self._ready |= {prompt}
        return (f"{failed} of {len(missing)}", reason) if reason is not None else None

    async def _spoken(self, program: str, text: str) -> bytes:
        """Raises OSError, TimeoutError, ValueError."""
        command = [program, *arguments(VOICES[self._language])]
        done = await asyncio.to_thread(_run, command, text)
        if done.returncode:
            raise ValueError(f"it ended with {done.returncode}")
        sound = await asyncio.to_thread(from_wav, done.stdout)
        if len(sound) > _LONGEST_S * RATE:
            raise ValueError("it takes too long")
        return sound


def _run(command: list[str], text: str) -> subprocess.CompletedProcess[bytes]:
    """Wait for it, on a thread: one that asyncio starts is reaped twice when it is called off in that moment. Raises OSError, TimeoutError."""
    known = {
        name: os.environ[name] for name in _ENVIRONMENT if name in os.environ
    }  # and no secret of the server
    try:
        return subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            env=known,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError("it does not end") from error


def names_in(configuration: PbxConfiguration) -> list[str]:
    """Of everybody, those first who have a room."""
    owners = {room.owner for room in configuration.rooms}
    users = sorted(configuration.users, key=lambda one: (one.user not in owners, one.user))
    return [user.display_name for user in users]


def sayable(name: str) -> str:
    """What is to be said of a name; empty: it is not to be said, since it is no name, or in letters of which our voices know none.

    Signs that espeak-ng could take for orders (such as double brackets around phonemes) become spaces.
    """
    text = " ".join(unicodedata.normalize("NFC", name[: MAX_SPOKEN_NAME * 4]).split(" "))
    if not 0 < len(text.strip()) <= MAX_SPOKEN_NAME:
        return ""
    said = []
    for sign in text:
        if _is_said(sign):
            said.append(sign)
        elif unicodedata.category(sign)[0] in "PSZ":
            said.append(" ")
        else:
            return ""
    spoken = " ".join("".join(said).split())
    return spoken if any(sign.isalpha() for sign in spoken) else ""


def _is_said(sign: str) -> bool:
    if sign.isalpha():
        return unicodedata.name(sign, "").startswith("LATIN ")
    return sign in _SAID_AS_THEY_ARE or (sign.isascii() and sign.isdecimal())


def _prompt(text: str, language: str) -> str:
    said = f"{VOICES[language]}|{WORDS_A_MINUTE}|{text}"
    return f"{_PREFIX}{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def _there(prompts: Path, folder: Path, wanted: Collection[str], mode: int) -> set[str]:
    """Those that were spoken before, with this mode from now on; all others are removed. Blocks."""
    found: set[str] = set()
    for file in prompts.glob(f"*/{_PREFIX}*{SUFFIX}"):
        name = file.name.removesuffix(SUFFIX)
        if file.parent == folder and name in wanted:
            if _has_mode(file, mode):
                found.add(name)
        else:
            with contextlib.suppress(OSError):
                file.unlink()
    return found


def _has_mode(file: Path, mode: int) -> bool:
    """See to it; one that is somebody else's, or gone meanwhile, is spoken anew."""
    try:
        if file.stat().st_mode & 0o777 != mode:
            file.chmod(mode)
    except OSError:
        return False
    return True
