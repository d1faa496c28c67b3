#!/usr/bin/env python3
"""Fetch a private Asterisk (and SIPp) into a cache, without installing anything and without being root.

The host's own apt runs with directories and a package status of its own, downloads Debian's ``asterisk`` with
everything it needs (C library included) from the mirror this host already uses, and verifies the signed indices.
``dpkg-deb`` unpacks it into a folder whose starters in ``bin/`` run the programs with the C library beside them.

Standard output ends with one line, the path of the ready folder:

    bin/asterisk bin/sipp   starters        lib/loopbind.so   keeps both on the loopback address
    root/                   what was unpacked                 manifest.json     versions and checksums

The downloaded packages stay in the cache with their SHA-256 sums: later runs need no network and give the same
Asterisk, until ``--refresh`` asks for what the suite holds now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from private_apt import KEYRINGS, SUMS, download, has_all, sums_of
from steps import FetchError, locked, run, say, step

HERE = Path(__file__).resolve().parent
PACKAGES = (
    "asterisk",
    "asterisk-core-sounds-en-g722",
    "asterisk-moh-opsound-g722",
    "asterisk-prompt-de",
    "base-files",  # the links /bin, /lib … of a Debian root
    "sip-tester",
)
OLDEST_MAJOR = 20
SOUND_LINKS = {"en": "en_US_f_Allison"}
"""Links that a package's installation script would make: language → folder, in share/asterisk/sounds."""
UNUSED = ("bug", "doc", "info", "lintian", "locale", "man", "perl", "perl5")
PROGRAMS = {"asterisk": "usr/sbin/asterisk", "sipp": "usr/bin/sipp"}

STARTER = """\
#!/bin/sh
# Runs {name} with the C library and the modules beside it, never with the host's.
here=$(cd -- "${{0%/*}}/.." && pwd -P) || exit 1
libraries=$here/root/usr/lib/{triplet}
export GCONV_PATH="$libraries/gconv" TERMINFO_DIRS=/etc/terminfo:/lib/terminfo:/usr/share/terminfo
exec "$libraries/{loader}" --library-path "$libraries" --preload "$here/lib/loopbind.so" \\
    --argv0 {name} "$here/root/{program}" "$@"
"""


def main(arguments: Sequence[str]) -> int:
    """Make the folder ready, print its path, return the exit code."""
    parser = argparse.ArgumentParser(
        description="Fetch a private Asterisk; prints the path of the ready folder."
    )
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), help="where everything is kept (%(default)s)"
    )
    parser.add_argument("--suite", default="forky", help="Debian suite to take it from (%(default)s)")
    parser.add_argument("--mirror", help="Debian mirror (the one in this host's apt configuration)")
    parser.add_argument("--refresh", action="store_true", help="download again what the suite holds now")
    options = parser.parse_args(arguments)
    started_s = time.monotonic()
    try:
        folder = make_ready(options.cache.resolve(), options.suite, options.mirror, options.refresh)
    except FetchError as error:
        say(f"asterisk: {error}")
        return 1
    say(f"asterisk: ready ({time.monotonic() - started_s:.1f} s)")
    print(folder)
    return 0


def default_cache() -> Path:
    """Where finished builds of this project lie; obeys ``XDG_CACHE_HOME``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "wwphone-build" / "asterisk"


def make_ready(cache: Path, suite: str, mirror: str | None = None, refresh: bool = False) -> Path:
    """Return the ready folder for this suite, making it when it is not there. Raises FetchError."""
    check_tools()
    architecture = run(["dpkg", "--print-architecture"]).strip()
    debs = cache / f"debs-{suite}-{architecture}-{short_hash(*PACKAGES)}"
    if not refresh and (ready := place_for(debs)) and ready.exists():
        return ready
    cache.mkdir(parents=True, exist_ok=True)
    with locked(cache / "lock"), tempfile.TemporaryDirectory(prefix=".making-", dir=cache) as name:
        making = Path(name)
        if refresh or not has_all(debs):
            with step(f"Downloading Asterisk of Debian {suite}"):
                replace(download(making, suite, architecture, mirror, PACKAGES), debs)
        ready = place_for(debs)
        assert ready is not None, "the download writes its checksums"
        if not ready.exists():  # else somebody made it while we waited for the lock
            build(making / "ready", debs)
            replace(making / "ready", ready)
    return ready


def place_for(debs: Path) -> Path | None:
    """Where the folder made of this download belongs: another place for each input. None before the download."""
    if not (debs / SUMS).exists():
        return None
    sources = [HERE / name for name in ("fetch.py", "loopbind.c")]
    inputs = [file.read_text("utf-8") for file in (*sources, debs / SUMS)]
    return debs.with_name(f"{debs.name.removeprefix('debs-').rpartition('-')[0]}-{short_hash(*inputs)}")


def check_tools() -> None:
    """Raise FetchError when the host lacks a program; system-packages.txt names the packages."""
    missing = [
        tool for tool in ("apt-get", "apt-config", "dpkg", "dpkg-deb", "cc") if shutil.which(tool) is None
    ]
    if not any(Path(keyring).exists() for keyring in KEYRINGS):
        missing.append("debian-archive-keyring")
    if missing:
        raise FetchError(
            f"this host has no {', '.join(missing)}. On Debian install {', '.join(system_packages())}; elsewhere "
            "use an installed Asterisk or the container, see packaging/asterisk/README.md"
        )


def system_packages() -> list[str]:
    """The Debian packages the host must have."""
    lines = (HERE / "system-packages.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def short_hash(*texts: str) -> str:
    """Return 12 hexadecimal digits that stand for these texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def build(folder: Path, debs: Path) -> None:
    """Make a ready folder out of downloaded packages and check that its programs run. Raises FetchError."""
    sums = sums_of(debs)
    with step(f"Unpacking {len(sums)} packages"):
        unpack([debs / name for name in sums], folder / "root")
    with step("Making the starters"):
        write_starters(folder)
        shim = folder / "lib/loopbind.so"
        shim.parent.mkdir()
        run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(shim), str(HERE / "loopbind.c")])
        asterisk = run([str(folder / "bin/asterisk"), "-V"]).strip()
        check_version(asterisk)
        sipp = run([str(folder / "bin/sipp"), "-v"], good=(0, 99)).strip().splitlines()[0].strip()
    manifest = {"asterisk": asterisk, "sipp": sipp, "packages": sums}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def unpack(debs: Sequence[Path], root: Path) -> None:
    """Unpack all packages, the one with the root's links first, and leave away what no program here reads."""
    root.mkdir(parents=True)
    first = [deb for deb in debs if deb.name.startswith("base-files_")]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for wave in (first, [deb for deb in debs if deb not in first]):
            list(pool.map(lambda deb: run(["dpkg-deb", "-x", str(deb), str(root)]), wave))
    for name in UNUSED:
        shutil.rmtree(root / "usr/share" / name, ignore_errors=True)
    for folder in root.glob("usr/lib/*/perl*"):
        shutil.rmtree(folder)
    arrange_sounds(root / "usr/share/asterisk/sounds")


def arrange_sounds(sounds: Path) -> None:
    """Make the links of the languages, remove those that lead to the host. Raises FetchError without prompts."""
    for entry in list(sounds.iterdir()):
        if entry.is_symlink() and entry.readlink().is_absolute():
            entry.unlink()
    for language, folder in SOUND_LINKS.items():
        if not (sounds / language).exists():
            (sounds / language).symlink_to(folder)
    silent = [language for language in ("en", "de") if not list((sounds / language).glob("vm-intro.*"))]
    if silent:
        raise FetchError(f"the unpacked Asterisk has no voice prompts in {', '.join(silent)}")


def write_starters(folder: Path) -> None:
    """Write the programs of ``bin/``. Raises FetchError when the unpacked packages lack what they start."""
    loader = find_loader(folder / "root")
    for name, program in PROGRAMS.items():
        starter = folder / "bin" / name
        starter.parent.mkdir(exist_ok=True)
        text = STARTER.format(name=name, program=program, triplet=loader.parent.name, loader=loader.name)
        starter.write_text(text, "utf-8")
        starter.chmod(0o755)


def find_loader(root: Path) -> Path:
    """The dynamic loader of the unpacked C library, which lies in the folder of its architecture."""
    found = list(root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"))
    if len(found) != 1:
        raise FetchError(f"found {len(found)} dynamic loaders in the unpacked packages instead of one")
    return found[0]


def check_version(text: str) -> None:
    """Raise FetchError when ``asterisk -V`` names a version too old for us, or none."""
    match = re.search(r"Asterisk (?:certified/|GIT-)?(\d+)", text)
    if match is None or int(match[1]) < OLDEST_MAJOR:
        raise FetchError(
            f"Asterisk {OLDEST_MAJOR} or newer is needed, the suite has “{text}”; try another --suite"
        )


def replace(made: Path, place: Path) -> None:
    """Move a finished folder to its place; whoever looks sees the old one or the new one, never half of it."""
    if place.exists():
        place.rename(made.with_name(f"{made.name}.old"))
    made.rename(place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
