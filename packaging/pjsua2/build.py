#!/usr/bin/env python3
"""Build PJSIP's Python API ``pjsua2`` with sound, as a wheel; Linux, any Python from 3.11 on, no environment needed.

Standard output ends with one line, the path of the ready folder:

    pjsua2-….whl    the wheel               bin/pjsua    the C program of the same build, for benchmarks
    manifest.json   version, sources with their checksums, options, key, what the check found

A folder is built once for each set of inputs (recipe, sources, compiler, libraries, variant) and kept in the cache.
Nothing of the host is changed; README.md says what is built and why, and how on macOS and Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from compilation import (
    PROOF_OF_LIBSRTP,
    PROOF_OF_PJPROJECT,
    Compiled,
    Plan,
    build_srtp,
    compile_all,
    configure,
    version_of,
)
from inputs import Inputs, gather
from needs import BuildPython, ask_python, check_packages, make_tools, package_versions, system_packages
from programs import BuildError, Command, Programs, locked, say, step
from sources import LIBSRTP, PJPROJECT, Source, choose, obtain, sha256_of, unpack
from wheel_file import make_wheel, wheel_version

HERE = Path(__file__).resolve().parent
VARIANTS = ("product", "assertions")


@dataclass(frozen=True)
class Request:
    """What the person asked for; see the help texts of the options."""

    variant: str
    pjproject: Source
    libsrtp: Source
    cache: Path
    python: str
    jobs: int
    mirror: str | None


def main(arguments: Sequence[str]) -> int:
    """Make the folder ready, print its path, return the exit code."""
    started_s = time.monotonic()
    programs: Programs | None = None
    try:
        request = parse(arguments)
        check_system()
        programs = Programs(request.cache / "logs" / request.variant)
        stop_on_signals(programs)
        folder = make_ready(request, programs)
    except BuildError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130
    finally:
        if programs is not None:
            programs.stop()
    say(f"ready ({time.monotonic() - started_s:.1f} s)")
    sys.stdout.write(f"{folder}\n")
    return 0


def parse(arguments: Sequence[str]) -> Request:
    """Read the command line. Raises BuildError when an archive is not there."""
    parser = argparse.ArgumentParser(
        description="Build pjsua2 with sound; prints the path of the ready folder."
    )
    parser.add_argument(
        "--variant",
        choices=VARIANTS,
        default="product",
        help="“assertions” keeps PJSIP's own, for tests (%(default)s)",
    )
    parser.add_argument("--source", type=Path, help="pjproject archive (the one in Debian's source package)")
    parser.add_argument(
        "--srtp-source", type=Path, help="libsrtp archive (the one in Debian's source package)"
    )
    parser.add_argument("--mirror", help="Debian mirror (those of this host's apt configuration)")
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), help="where everything is kept (%(default)s)"
    )
    parser.add_argument(
        "--python", default=sys.executable, help="Python with headers to build with (%(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=processors(), help="compilers at once (%(default)s)")
    options = parser.parse_args(arguments)
    return Request(
        options.variant, choose(PJPROJECT, options.source), choose(LIBSRTP, options.srtp_source),
        options.cache.resolve(), options.python, max(1, options.jobs), options.mirror,
    )  # fmt: skip


def default_cache() -> Path:
    """Where finished builds of this project lie; obeys ``XDG_CACHE_HOME``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "wwphone-build" / "pjsua2"


def processors() -> int:
    """How many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_system() -> None:
    """Raise BuildError where this script does not build."""
    recipes = {"Darwin": "build_macos.sh", "Windows": "build_windows.ps1"}
    if platform.system() != "Linux":
        name = recipes.get(platform.system(), "README.md")
        raise BuildError(f"this script builds on Linux; on {platform.system()} use {HERE / name}")


def stop_on_signals(programs: Programs) -> None:
    """End the compilers and then ourselves when we are asked to end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        programs.stop()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def make_ready(request: Request, programs: Programs) -> Path:
    """Return the ready folder, building it when it is not there. Raises BuildError."""
    packages = system_packages()
    versions = package_versions(packages, programs)
    inputs = gather(request.variant, (request.pjproject, request.libsrtp), versions, programs)
    place = request.cache / f"{request.variant}-{inputs.key()}"
    if place.exists():  # it came there by renaming, so it is whole
        return place
    python = ask_python(request.python, programs)
    check_packages(packages, versions, python)
    request.cache.mkdir(parents=True, exist_ok=True)
    with locked(request.cache / "lock"):
        if not place.exists():  # else somebody made it while we waited for the lock
            shutil.rmtree(request.cache / "work", ignore_errors=True)
            shutil.rmtree(request.cache / "logs" / request.variant, ignore_errors=True)
            build(request, inputs, python, programs).rename(place)
            shutil.rmtree(request.cache / "work")
    return place


def build(request: Request, inputs: Inputs, python: BuildPython, programs: Programs) -> Path:
    """Build everything below the cache's ``work`` folder; return the finished folder there. Raises BuildError."""
    work = request.cache / "work"
    work.mkdir()
    plan = Plan(request.variant, platform.machine(), request.jobs, shutil.which("ccache") is not None)
    say(
        f"building “{request.variant}” with {plan.jobs} jobs{', with ccache' if plan.ccache else ''}; logs in the cache"
    )
    trees = {source.pin.name: work / source.pin.name for source in (request.pjproject, request.libsrtp)}
    pjproject, libsrtp = trees[PJPROJECT.name], trees[LIBSRTP.name]

    def prepare_srtp() -> None:
        fetch_and_unpack(request, request.libsrtp, libsrtp, programs)
        build_srtp(libsrtp, work / "srtp-installed", plan, programs)

    with step("Sources, tools, libsrtp"):
        tools, _, _ = together(
            programs,
            lambda: make_tools(request.cache, python, programs),
            lambda: fetch_and_unpack(request, request.pjproject, pjproject, programs),
            prepare_srtp,
        )
    edited = configure(pjproject, work / "srtp-installed", plan, programs)
    module, extension, program = compile_all(pjproject, tools, python, plan, programs)
    compiled = Compiled(version_of(pjproject), module, extension, program, edited)
    wheel = make_wheel(compiled, pjproject, libsrtp, tools, work, programs)
    found = check(wheel, tools, work, programs)
    manifest = describe(request, inputs, plan, compiled, wheel) | {"found": found}
    return assemble(work / "ready", wheel, program, manifest)


def together(programs: Programs, *tasks: Callable[[], Any]) -> list[Any]:
    """Do tasks at the same time and return their results; the first that fails ends the others. Raises its error."""
    with ThreadPoolExecutor(len(tasks)) as pool:
        futures: list[Future[Any]] = [pool.submit(task) for task in tasks]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        failed = [future for future in futures if future in done and future.exception() is not None]
        if failed:
            programs.stop()
            failed[0].result()
        return [future.result() for future in futures]


def fetch_and_unpack(request: Request, source: Source, folder: Path, programs: Programs) -> None:
    """Get one source, verified, and unpack it. Raises BuildError."""
    with step(f"Source of {source.pin.name}"):
        archive = obtain(source, request.cache / "sources", folder.parent, request.mirror, programs)
        proof = {PJPROJECT.name: PROOF_OF_PJPROJECT, LIBSRTP.name: PROOF_OF_LIBSRTP}[source.pin.name]
        unpack(archive, folder, proof, programs)


def check(wheel: Path, tools: Path, work: Path, programs: Programs) -> dict[str, Any]:
    """Install the wheel beside everything else and run ``check.py`` with it; return what it found. Raises BuildError."""
    with step("Checking codecs, transports, SRTP, echo canceller, sound"):
        installed, report = work / "installed", work / "found.json"
        pip: Command = [
            tools / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-index",
        ]
        programs.run([*pip, "--no-deps", "--target", installed, wheel], "check")
        command: Command = [tools / "python", HERE / "check.py", "--json", report]
        programs.run(command, "check", changes={"PYTHONPATH": str(installed)})
        found: dict[str, Any] = json.loads(report.read_text("utf-8"))
        return found


def describe(request: Request, inputs: Inputs, plan: Plan, compiled: Compiled, wheel: Path) -> dict[str, Any]:
    """Say what was built out of what."""
    sources = {
        source.pin.name: {
            "sha256": source.sha256,
            "from": source.archive.name if source.archive else f"Debian source package {source.pin.package}",
        }
        for source in (request.pjproject, request.libsrtp)
    }
    return {
        "pjproject": compiled.version, "version": wheel_version(compiled.version), "variant": request.variant,
        "key": inputs.key(), "wheel": {"file": wheel.name, "sha256": sha256_of(wheel)}, "sources": sources,
        "edited": compiled.edited, "options": plan.options(), "compiler": inputs.compiler,
        "machine": inputs.machine, "libraries": dict(inputs.libraries),
    }  # fmt: skip


def assemble(folder: Path, wheel: Path, program: Path, manifest: dict[str, Any]) -> Path:
    """Put the finished folder together."""
    (folder / "bin").mkdir(parents=True)
    shutil.copyfile(wheel, folder / wheel.name)
    shutil.copy(program, folder / "bin/pjsua")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
