"""Debian packages with everything they need, downloaded by an apt that lives in a folder of its own.

The host's apt program, mirror and way to the network are used; its package status, lists and cache are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from steps import FetchError, run, run_shown, sha256, step

KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.pgp",
    "/usr/share/keyrings/debian-archive-keyring.gpg",
)
SUMS = "SHA256SUMS"
"""The file beside the packages that pins them: the output format of sha256sum."""

APT_CONFIGURATION = """\
Dir::Etc "{tree}/etc"; Dir::Etc::sourcelist "{tree}/etc/sources.list"; Dir::Etc::sourceparts "-";
Dir::Etc::main "-"; Dir::Etc::parts "{tree}/etc/apt.conf.d"; Dir::Etc::preferencesparts "-";
Dir::Etc::netrc "/etc/apt/auth.conf"; Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
Dir::State "{tree}/state"; Dir::State::status "{tree}/status"; Dir::Cache "{tree}/cache"; Dir::Log "{tree}/log";
APT::Architecture "{architecture}"; APT::Architectures {{"{architecture}";}};
APT::Install-Recommends "false"; APT::Install-Suggests "false"; APT::Sandbox::User "root";
// A mirror may lag behind the date until which its index is valid, and so may our clock. The index stays signed.
Acquire::Check-Valid-Until "false"; Acquire::Check-Date "false";
Acquire::Languages "none"; Acquire::Retries "3";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
{network}
"""


def download(tree: Path, suite: str, architecture: str, mirror: str | None, packages: Sequence[str]) -> Path:
    """Download the packages and all they need; return a folder with them and their checksums.

    Without ``mirror`` those of the host's apt configuration are tried. Raises FetchError.
    """
    refusals: list[str] = []
    for number, address in enumerate([mirror] if mirror else host_mirrors(index_targets())):
        home = tree / f"apt-{number}"
        apt = prepare_apt(home, suite, architecture, address)
        try:
            run(["apt-get", "update", "-q", "--error-on=any"], apt)
        except FetchError as error:
            refusals.append(str(error))
            continue
        run_shown(["apt-get", "install", "-y", "-q", "--download-only", *packages], apt)
        return collect(home / "cache/archives", tree / "debs")
    raise FetchError(
        f"no mirror of this host's apt configuration has Debian {suite}; name one with --mirror\n"
        + "\n".join(refusals)
    )


def collect(archives: Path, debs: Path) -> Path:
    """Move the packages to a folder of their own and write their checksums beside them."""
    debs.mkdir()
    for deb in archives.glob("*.deb"):
        deb.rename(debs / deb.name)
    lines = [f"{sha256(deb)}  {deb.name}\n" for deb in sorted(debs.iterdir())]
    (debs / SUMS).write_text("".join(lines), "utf-8")
    return debs


def index_targets() -> str:
    """What the host's apt would read, as lines "address release component"."""
    # --no-release-info: a host that has never run "apt-get update" has mirrors too.
    shape = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    return run(["apt-get", "indextargets", "--no-release-info", "--format", shape, "Created-By: Packages"])


def host_mirrors(targets: str) -> list[str]:
    """Find what may be a Debian mirror in the lines of :func:`index_targets`, the likeliest first.

    Trying a wrong one does no harm: it is not signed by Debian.
    """
    found: list[str] = []
    for line in targets.splitlines():
        address, release, component = line.rsplit(" ", 2)
        if component == "main" and "-" not in release and address not in found:
            found.append(address)
    return sorted(found, key=lambda address: not re.search(r"debian(\.list)?/?$", address))


def prepare_apt(tree: Path, suite: str, architecture: str, mirror: str) -> dict[str, str]:
    """Give apt a world of its own in ``tree``; return the environment that makes it live there."""
    for folder in ("etc/apt.conf.d", "state/lists/partial", "cache/archives/partial", "log"):
        (tree / folder).mkdir(parents=True)
    (tree / "status").touch()
    keyring = next(path for path in KEYRINGS if Path(path).exists())
    (tree / "etc/sources.list").write_text(f"deb [signed-by={keyring}] {mirror} {suite} main\n", "utf-8")
    network = network_settings(run(["apt-config", "dump"]))
    configuration = APT_CONFIGURATION.format(tree=tree, architecture=architecture, network=network)
    (tree / "apt.conf").write_text(configuration, "utf-8")
    return {"APT_CONFIG": str(tree / "apt.conf"), "DEBIAN_FRONTEND": "noninteractive"}


def network_settings(dump: str) -> str:
    """Keep of the host's apt configuration only how to reach a mirror: proxies, time limits, IP version."""
    kept = re.compile(r'Acquire::(https?|proxy|Force[^:]*)\b.* ".+";', re.IGNORECASE)
    return "\n".join(line for line in dump.splitlines() if kept.match(line))


def has_all(debs: Path) -> bool:
    """Whether the packages of an earlier download are all there, unchanged."""
    if not (debs / SUMS).exists():
        return False
    with step("Checking the downloaded packages"):
        return all(
            (debs / name).exists() and sha256(debs / name) == wanted for name, wanted in sums_of(debs).items()
        )


def sums_of(debs: Path) -> dict[str, str]:
    """The checksums of a download: file name → SHA-256 in hexadecimal."""
    lines = (debs / SUMS).read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
