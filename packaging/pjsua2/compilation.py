"""From verified sources to the Python extension and the program ``pjsua``: options, flags, configure, one make."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edits import apply_edits
from needs import BuildPython
from programs import BuildError, Command, Programs, step

HERE = Path(__file__).resolve().parent
LIMITED_API = "0x030b0000"
"""The oldest Python (3.11) the extension runs in; it uses only what every later one has too."""

CONFIGURE = (
    "--enable-epoll",
    "--enable-libwebrtc-aec3",
    "--enable-speex-resample",
    "--with-external-gsm",
    "--with-external-speex",
    "--with-external-srtp",
    "--disable-speex-aec",  # so that AEC3 is what "default echo canceller" means
    # No video, no codec that a telephone of today does not ask for, nothing found by chance on this host.
    "--disable-video", "--disable-sdl", "--disable-ffmpeg", "--disable-v4l2", "--disable-openh264", "--disable-vpx",
    "--disable-libyuv", "--disable-upnp", "--disable-libwebrtc", "--disable-libuuid", "--disable-ilbc-codec",
    "--disable-g7221-codec", "--disable-silk", "--disable-bcg729", "--disable-opencore-amr", "--disable-lyra",
)  # fmt: skip
SRTP_CONFIGURE = ("--enable-openssl",)

COMPILE = (
    "-O2", "-pipe", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections",
    "-fstack-protector-strong", "-fstack-clash-protection", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=3",
)  # fmt: skip
COMPILE_FOR_MACHINE: Mapping[str, tuple[str, ...]] = {
    "x86_64": ("-fcf-protection=full",),  # control-flow enforcement (CET)
    "aarch64": ("-mbranch-protection=standard",),
}
COMPILE_FOR_VARIANT: Mapping[str, tuple[str, ...]] = {
    "product": ("-g0", "-DNDEBUG"),
    "assertions": ("-g1", "-D_GLIBCXX_ASSERTIONS"),
}
LINK = ("-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", "-Wl,--as-needed", "-Wl,--gc-sections")
LINK_FOR_VARIANT: Mapping[str, tuple[str, ...]] = {"product": ("-s",), "assertions": ()}
# The wrapper only passes calls on; as one file of 150,000 lines it takes two thirds of -O1's time, and is no larger.
WRAPPER = ("-Og", "-w", f"-DPy_LIMITED_API={LIMITED_API}")

PROOF_OF_PJPROJECT = ("aconfigure", "version.mak", "pjsip/include/pjsua2.hpp")
PROOF_OF_LIBSRTP = ("configure", "include/srtp.h")


@dataclass(frozen=True)
class Plan:
    """How one variant is compiled on one machine."""

    variant: str
    machine: str
    jobs: int
    ccache: bool

    def compile_flags(self) -> tuple[str, ...]:
        """Flags of every C and C++ file."""
        return (*COMPILE, *COMPILE_FOR_MACHINE.get(self.machine, ()), *COMPILE_FOR_VARIANT[self.variant])

    def link_flags(self) -> tuple[str, ...]:
        """Flags of the extension and the program."""
        return (*LINK, *LINK_FOR_VARIANT[self.variant])

    def compilers(self) -> dict[str, str]:
        """Environment variables that name the compilers."""
        if not self.ccache:
            return {"CC": "gcc", "CXX": "g++"}
        # Without the second preprocessing a file that is not in ccache yet costs hardly more than without ccache.
        # It caches files with precompiled headers only when it may trust them.
        settings = {"CCACHE_NOCPP2": "1", "CCACHE_SLOPPINESS": "pch_defines,time_macros"}
        return {"CC": "ccache gcc", "CXX": "ccache g++", **settings}

    def options(self) -> dict[str, object]:
        """What the manifest says of all this."""
        return {
            "configure": list(CONFIGURE), "configure libsrtp": list(SRTP_CONFIGURE),
            "compile": list(self.compile_flags()), "wrapper": list(WRAPPER), "link": list(self.link_flags()),
        }  # fmt: skip


@dataclass(frozen=True)
class Compiled:
    """What the compilation made.

    Attributes:
        version: PJSIP's, for example "2.17".
        module: ``pjsua2.py``, the Python half of the wrapper.
        extension: ``_pjsua2.abi3.so``, the other half with all of PJSIP in it.
        program: PJSIP's own command-line phone.
        edited: The source files we changed.
    """

    version: str
    module: Path
    extension: Path
    program: Path
    edited: list[str]


def build_srtp(source: Path, prefix: Path, plan: Plan, programs: Programs) -> None:
    """Compile libsrtp with OpenSSL behind it, as a static library below ``prefix``. Raises BuildError."""
    with step("libsrtp"):
        changes = {**plan.compilers(), "CFLAGS": " ".join(_mapped(plan, source))}
        command = ["./configure", *SRTP_CONFIGURE, f"--prefix={prefix}"]
        programs.run(command, "libsrtp", source, changes)
        programs.run(["make", f"-j{plan.jobs}", "libsrtp2.a"], "libsrtp", source, changes)
        programs.run(["make", "install"], "libsrtp", source)


def configure(source: Path, srtp: Path, plan: Plan, programs: Programs) -> list[str]:
    """Change the source where it must be and run configure; return the changed files. Raises BuildError."""
    with step("Configuring PJSIP"):
        edited = apply_edits(source)
        shutil.copyfile(HERE / "config_site.h", source / "pjlib/include/pj/config_site.h")
        flags = " ".join(_mapped(plan, source))
        changes = {
            **plan.compilers(), "CXXFLAGS": flags, "CFLAGS": f"{flags} -I{srtp}/include",
            "LDFLAGS": " ".join((f"-L{srtp}/lib", *plan.link_flags())), "LIBS": "-lcrypto",
        }  # fmt: skip
        programs.run(["./aconfigure", *CONFIGURE], "configure", source, changes)
    return edited


def compile_all(
    source: Path, tools: Path, python: BuildPython, plan: Plan, programs: Programs
) -> tuple[Path, Path, Path]:
    """Compile libraries, wrapper and program; return module, extension and program. Raises BuildError."""
    made = source / "wwphone"
    made.mkdir()
    command: Command = [
        "make", f"-j{plan.jobs}", "-f", HERE / "targets.mak", f"RECIPE={HERE}", f"SWIG={tools / 'swig'}",
        f"PYTHON_INCLUDE={python.include}", f"WRAPPER_FLAGS={' '.join(WRAPPER)}",
        f"LINK_FLAGS={' '.join(plan.link_flags())}",
    ]  # fmt: skip
    with step("Compiling PJSIP and its Python wrapper"):
        programs.run(command, "compile", source, plan.compilers(), compiled_files)
    found = list((source / "pjsip-apps/bin").glob("pjsua-*"))
    if len(found) != 1:
        raise BuildError(f"the compilation left {len(found)} programs pjsua instead of one")
    return made / "pjsua2.py", made / "_pjsua2.abi3.so", found[0]


def compiled_files(log: bytes) -> str:
    """Say how many files a log of make shows as begun."""
    return f"{len(re.findall(rb'-c -o |-o output/', log))} files"


def version_of(source: Path) -> str:
    """Read PJSIP's version from its source. Raises BuildError when it is not there."""
    text = (source / "version.mak").read_text("utf-8")
    fields: dict[str, str] = dict(
        re.findall(r"^export PJ_VERSION_(MAJOR|MINOR|REV|SUFFIX)\s*:=[ \t]*(\S*)", text, re.MULTILINE)
    )
    if not fields.get("MAJOR") or not fields.get("MINOR"):
        raise BuildError("version.mak does not say which pjproject this is")
    numbers = ".".join(fields[name] for name in ("MAJOR", "MINOR", "REV") if fields.get(name))
    return numbers + fields.get("SUFFIX", "")


def _mapped(plan: Plan, source: Path) -> tuple[str, ...]:
    """The compile flags, with one that keeps this machine's folders out of messages and debug information."""
    return (*plan.compile_flags(), f"-ffile-prefix-map={source}=.")
