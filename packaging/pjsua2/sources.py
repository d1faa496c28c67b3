"""Where PJSIP's and libsrtp's source comes from, and how we know that it is the right one.

Debian's source packages hold both. The host's own apt program fetches them with directories of its own: it verifies
Debian's signature over the index and the index's checksum over the file; then the file must have the checksum that
stands here. Or the builder points at an archive, and answers for it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from programs import BuildError, Command, Programs

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)
APT_HELPER = "/usr/lib/apt/apt-helper"


@dataclass(frozen=True)
class Pin:
    """One file of one of Debian's source packages.

    Attributes:
        name: What it is the source of.
        package: Debian's source package.
        file: Regular expression for the file's name.
        suites: Where Debian has it, the likeliest first.
        sha256: The checksum in hexadecimal that the file must have.
        option: How to give another archive to ``build.py``.
    """

    name: str
    package: str
    file: str
    suites: tuple[str, ...]
    sha256: str
    option: str


PJPROJECT = Pin(
    name="pjproject",
    package="asterisk",  # which carries the pjproject it is built with, unchanged but for what is not free
    file=r"asterisk_.*\.orig-Xpjproject\.tar\.xz",
    suites=("forky", "sid"),
    sha256="6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa",  # 2.17
    option="--source",
)
LIBSRTP = Pin(
    name="libsrtp",
    package="libsrtp2",  # only its source: Debian's library lacks the OpenSSL back end and so AES-GCM
    file=r"libsrtp2_.*\.orig\.tar\.gz",
    suites=("bookworm",),
    sha256="8a43ef8e9ae2b665292591af62aa1a4ae41e468b6d98d8258f91478735da4e09",  # 2.5.0
    option="--srtp-source",
)


@dataclass(frozen=True)
class Source:
    """A source to build from: a pinned file of Debian's, or an archive of the builder's own."""

    pin: Pin
    archive: Path | None
    sha256: str


def choose(pin: Pin, archive: Path | None) -> Source:
    """Take the builder's archive when there is one, else the pinned file. Raises BuildError when it is no file."""
    if archive is None:
        return Source(pin, None, pin.sha256)
    if not archive.is_file():
        raise BuildError(f"{pin.option} {archive}: there is no such file")
    return Source(pin, archive.resolve(), sha256_of(archive))


def obtain(source: Source, cache: Path, work: Path, mirror: str | None, programs: Programs) -> Path:
    """Return the verified archive, from the cache if it is there. Raises BuildError.

    Args:
        source: What is wanted.
        cache: Folder of verified downloads.
        work: A folder of our own for apt, which may stay behind as it is.
        mirror: Debian mirror; by default those of this host's apt configuration are tried.
        programs: Runs apt.
    """
    if source.archive is not None:
        verify(source.archive, source.sha256)
        return source.archive
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{source.pin.name}-{source.sha256[:16]}.tar"
    if kept.exists() and sha256_of(kept) == source.sha256:
        return kept
    fetched = fetch(source.pin, work, mirror, programs)
    verify(fetched, source.sha256)
    fetched.replace(kept)
    return kept


def fetch(pin: Pin, work: Path, mirror: str | None, programs: Programs) -> Path:
    """Download a pinned file from the first mirror and suite that have it. Raises BuildError with every refusal."""
    check_apt(pin)
    mirrors = [mirror] if mirror else host_mirrors(index_targets(programs))
    refusals: list[str] = []
    for number, (suite, address) in enumerate(
        (suite, address) for suite in pin.suites for address in mirrors
    ):
        try:
            return fetch_from(pin, work / f"apt-{pin.name}-{number}", f"{address} {suite}", programs)
        except BuildError as error:
            refusals.append(f"{suite}: {error}")
    raise BuildError(
        f"{pin.name} could not be fetched from Debian's source package {pin.package}. Name a mirror with --mirror, or "
        f"give a release archive with {pin.option}.\n" + "\n".join(refusals)
    )


def check_apt(pin: Pin) -> None:
    """Raise BuildError when this host cannot fetch and verify Debian's source packages."""
    missing = [name for name in ("apt-get", "apt-config") if shutil.which(name) is None]
    missing += [] if Path(APT_HELPER).exists() else [APT_HELPER]
    missing += [] if any(Path(name).exists() for name in KEYRINGS) else ["debian-archive-keyring"]
    if missing:
        raise BuildError(
            f"this host has no {', '.join(missing)}, so Debian's sources cannot be fetched; "
            f"give a release archive of {pin.name} with {pin.option}"
        )


def index_targets(programs: Programs) -> str:
    """What the host's apt reads, as lines "address release component"; also before its first ``apt-get update``."""
    shape = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    command = ["apt-get", "indextargets", "--no-release-info", "--format", shape, "Created-By: Packages"]
    return programs.read(command, "the host's apt configuration")


def host_mirrors(targets: str) -> list[str]:
    """Find what may be a Debian mirror in the lines of :func:`index_targets`, the likeliest first.

    A wrong one does no harm: its index is not signed by Debian.
    """
    found: list[str] = []
    for line in targets.splitlines():
        address, release, component = line.rsplit(" ", 2)
        if component == "main" and not re.search(r"-(updates|security|backports)", release):
            found.append(address)
    return sorted(dict.fromkeys(found), key=lambda address: not re.search(r"/debian/?$", address))


def fetch_from(pin: Pin, tree: Path, place: str, programs: Programs) -> Path:
    """Fetch a pinned file from one "mirror suite" with an apt that lives in ``tree``. Raises BuildError."""
    changes = prepare_apt(tree, place, network_settings(programs.read(["apt-config", "dump"], "apt-config")))
    log = f"fetch-{pin.name}"
    programs.run(["apt-get", "update", "-q", "--error-on=any"], log, tree, changes)
    # One file of the package is wanted: its signed address and checksum, then that file alone.
    command = ["apt-get", "source", "-qq", "--print-uris", "--download-only", pin.package]
    address, checksum = find_file(programs.read(command, log, changes), pin)
    target = tree / "archive"
    programs.run([APT_HELPER, "download-file", address, target, f"SHA256:{checksum}"], log, tree, changes)
    return target


def find_file(uris: str, pin: Pin) -> tuple[str, str]:
    """Return address and SHA-256 of the pinned file out of ``apt-get source --print-uris``.

    Raises BuildError when the package has no such file, or another one than the pinned.
    """
    for line in uris.splitlines():
        match = re.fullmatch(r"'([^']+)' (\S+) \d+ SHA256:([0-9a-f]{64})", line.strip())
        if match and re.fullmatch(pin.file, match[2]):
            if match[3] != pin.sha256:
                raise BuildError(
                    f"Debian now has another {match[2]} (sha256 {match[3]}) than the one this recipe knows "
                    f"({pin.sha256})"
                )
            return match[1], match[3]
    raise BuildError(f"Debian's source package {pin.package} has no file like {pin.file}")


def prepare_apt(tree: Path, place: str, network: str) -> dict[str, str]:
    """Give apt a world of its own in ``tree``; return the environment that makes it live there."""
    for name in ("etc/apt.conf.d", "state/lists/partial", "cache/archives/partial", "log"):
        (tree / name).mkdir(parents=True, exist_ok=True)
    (tree / "status").touch()
    keyring = next(name for name in KEYRINGS if Path(name).exists())
    (tree / "etc/sources.list").write_text(f"deb-src [signed-by={keyring}] {place} main\n", "utf-8")
    lines = [
        f'Dir::Etc "{tree}/etc";',
        f'Dir::Etc::sourcelist "{tree}/etc/sources.list";',
        f'Dir::Etc::parts "{tree}/etc/apt.conf.d";',
        'Dir::Etc::sourceparts "-"; Dir::Etc::main "-"; Dir::Etc::preferencesparts "-";',
        'Dir::Etc::netrc "/etc/apt/auth.conf"; Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
        f'Dir::State "{tree}/state"; Dir::State::status "{tree}/status";',
        f'Dir::Cache "{tree}/cache"; Dir::Log "{tree}/log";',
        # As root, apt would give up its rights and then could not write into a folder of root's.
        'APT::Sandbox::User "root"; Acquire::Languages "none"; Acquire::Retries "3";',
        # A mirror may lag behind, and so may our clock; the index stays signed and the file stays pinned.
        'Acquire::Check-Valid-Until "false"; Acquire::Check-Date "false";',
        network,
    ]
    (tree / "apt.conf").write_text("\n".join(lines) + "\n", "utf-8")
    return {"APT_CONFIG": str(tree / "apt.conf"), "DEBIAN_FRONTEND": "noninteractive"}


def network_settings(dump: str) -> str:
    """Keep of the host's apt configuration only how to reach a mirror: proxies, time limits, certificates."""
    kept = re.compile(r'Acquire::(https?|proxy|Force[^:]*)\b.* ".+";', re.IGNORECASE)
    return "\n".join(line for line in dump.splitlines() if kept.match(line))


def verify(file: Path, sha256: str) -> None:
    """Raise BuildError unless the file has this checksum."""
    if (found := sha256_of(file)) != sha256:
        raise BuildError(f"{file} has the sha256 {found}, not {sha256}")


def sha256_of(file: Path) -> str:
    """Return the checksum of a file in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(archive: Path, folder: Path, proof: Sequence[str], programs: Programs) -> None:
    """Unpack a tar archive without its top folder. Raises BuildError when the files of ``proof`` are not in it."""
    folder.mkdir(parents=True)
    command: Command = ["tar", "-xf", archive, "-C", folder, "--strip-components=1", "--no-same-owner"]
    programs.run(command, f"unpack-{folder.name}")
    missing = [name for name in proof if not (folder / name).exists()]
    if missing:
        raise BuildError(f"{archive} is not the source of {folder.name}: it has no {', '.join(missing)}")
