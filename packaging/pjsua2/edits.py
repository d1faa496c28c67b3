#!/usr/bin/env python3
"""Our changes to PJSIP's source: small, each with its reason, each checked against the text it expects.

``python3 edits.py FOLDER [windows]`` applies them to an unpacked pjproject; the recipes for macOS and Windows do that.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from programs import BuildError


@dataclass(frozen=True)
class Edit:
    """Replace ``old`` by ``new`` in one file, where it must stand exactly ``times`` times.

    Attributes:
        path: The file, relative to the source's folder.
        old: The text that must be there.
        new: The text that takes its place.
        why: What would be wrong without.
        times: How often ``old`` stands there; anything else means that the source is not the one we know.
        unless: A file (relative) whose presence makes the edit needless.
    """

    path: str
    old: str
    new: str
    why: str
    times: int = 1
    unless: str = ""


EDITS: tuple[Edit, ...] = (
    Edit(
        path="pjmedia/build/Makefile",
        old=" bdimad_dev.o",
        new="",
        why="Debian leaves this file out (not free) and keeps its name in the list.",
        unless="pjmedia/src/pjmedia-audiodev/bdimad_dev.c",
    ),
    Edit(
        path="third_party/build/os-auto.mak.in",
        old="    WEBRTC_AEC3_OTHER_CFLAGS += -mfma\n",
        new="",
        why="Compiles the whole echo canceller for processors with FMA; on others it dies of SIGILL.",
    ),
    Edit(
        path="third_party/build/os-auto.mak.in",
        old="WEBRTC_AEC3_OTHER_CFLAGS = -fexceptions @ac_webrtc_aec3_cflags@\n",
        new="WEBRTC_AEC3_OTHER_CFLAGS = -fexceptions @ac_webrtc_aec3_cflags@ $(AEC3_EXTRA_FLAGS)\n",
        why="Lets targets.mak give the echo canceller's files their precompiled headers.",
    ),
    Edit(
        path="build/rules.mak",
        old="DEP_FILE := .$(app)-$(TARGET_NAME).depend\n",
        new=(
            "DEP_FILE := .$(app)-$(TARGET_NAME).depend\n"
            "$(OBJDIR)/%_avx2$(OBJEXT): $(APP)_CXXFLAGS += -mavx2 -mfma\n"
        ),
        why="Only the files that are meant for such processors get these flags (see the edit before).",
    ),
    Edit(
        path="pjmedia/src/pjmedia-audiodev/alsa_dev.c",
        old="    result = pthread_setschedparam (*thid, SCHED_RR, &param);\n",
        new="    PJ_UNUSED_ARG(thid); PJ_UNUSED_ARG(param); result = EPERM;\n",
        why=(
            "As root the sound threads run at real-time priority 99: closing a PulseAudio device then hangs, "
            "because the thread starves the one it waits for."
        ),
        times=2,
    ),
    Edit(
        path="pjmedia/src/pjmedia/clock_thread.c",
        old="    if ((clock->options & PJMEDIA_CLOCK_NO_HIGHEST_PRIO) == 0) {\n",
        new="    if (0) {\n",
        why="The clock of the null sound device does the same, and it runs Python callbacks.",
    ),
    Edit(
        path="pjmedia/src/pjmedia/endpoint.c",
        old="        pj_time_val timeout = { 0, 10 };\n",
        new=(
            "#if defined(PJ_LINUX) && PJ_LINUX!=0\n"
            "        pj_time_val timeout = { 1, 0 };\n"
            "#else\n"
            "        pj_time_val timeout = { 0, 10 };\n"
            "#endif\n"
        ),
        why=(
            "Wakes an idle phone a hundred times a second. Packets wake this thread by themselves, and with epoll so "
            "does a socket that is new; only the end has to wait for it, one second at most."
        ),
    ),
    Edit(
        path="pjsip-apps/src/swig/pjsua2.i",
        old=(
            "      PyObject *ptype, *pvalue, *ptraceback;\n"
            "      PyErr_Fetch( &ptype, &pvalue, &ptraceback );\n"
            "      PyErr_Restore( ptype, pvalue, ptraceback );\n"
            "      PyErr_Print();\n"
        ),
        new="      PyErr_WriteUnraisable( NULL );\n",
        why=(
            "PyErr_Print keeps the traceback, and with it the Call of the callback, alive in sys.last_traceback "
            "and ends the process on SystemExit; this one goes to sys.unraisablehook, which tests notice."
        ),
    ),
)

WINDOWS_EDITS: tuple[Edit, ...] = (
    Edit(
        path="pjmedia/build/pjmedia_audiodev.vcxproj",
        old="<ClCompile Condition=\"'$(API_Family)'!='WinDesktop'\" Include=\"..\\src\\pjmedia-audiodev\\wasapi_dev.cpp\">",
        new='<ClCompile Include="..\\src\\pjmedia-audiodev\\wasapi_dev.cpp">',
        why="Compiles WASAPI for desktop programs too.",
    ),
    Edit(
        path="pjmedia/src/pjmedia-audiodev/wasapi_dev.cpp",
        old="#if defined(PJ_WIN32_UWP) && PJ_WIN32_UWP\n#define USE_ASYNC_ACTIVATE 1;\n",
        new="#if 1\n#define USE_ASYNC_ACTIVATE 1;\n",
        why="The other way to open a device is that of Windows Phone.",
    ),
)
"""What Windows needs besides; not compiled by us yet."""


def apply_edits(folder: Path, edits: Sequence[Edit] = EDITS) -> list[str]:
    """Apply the edits to the source in ``folder``; return the files changed. Raises BuildError, then nothing is changed."""
    texts: dict[str, str] = {}
    for edit in edits:
        if edit.unless and (folder / edit.unless).exists():
            continue
        file = folder / edit.path
        if edit.path not in texts:
            if not file.is_file():
                raise BuildError(f"this source has no {edit.path}, which must be changed: {edit.why}")
            texts[edit.path] = file.read_bytes().decode("utf-8", "surrogateescape")
        found = texts[edit.path].count(edit.old)
        if found != edit.times:
            raise BuildError(
                f"{edit.path} has {found} times instead of {edit.times} times the text {edit.old.strip()!r}. "
                f"This source is not the one the recipe knows; look whether the change is still needed: {edit.why}"
            )
        texts[edit.path] = texts[edit.path].replace(edit.old, edit.new)
    for path, text in texts.items():
        (folder / path).write_bytes(text.encode("utf-8", "surrogateescape"))
    return sorted(texts)


if __name__ == "__main__":
    try:
        wanted = EDITS + (WINDOWS_EDITS if sys.argv[2:] == ["windows"] else ())
        for changed in apply_edits(Path(sys.argv[1]), wanted):
            sys.stdout.write(f"changed {changed}\n")
    except BuildError as problem:
        sys.exit(str(problem))
