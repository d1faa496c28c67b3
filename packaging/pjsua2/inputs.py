"""The key of a build: everything its result depends on, as one short hash that is part of the folder's name."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from programs import Programs
from sources import Source, sha256_of
from wheel_file import PYTHON_TAG

HERE = Path(__file__).resolve().parent
RECIPE = ("*.py", "*.h", "*.mak", "build-requirements.txt")
"""Files of this folder that decide what is built; guides, tests and the other systems' recipes do not."""


@dataclass(frozen=True)
class Inputs:
    """What the result depends on; equal inputs give an equal key.

    Attributes:
        variant: "product" or "assertions".
        recipe: Checksum of each recipe file.
        sources: Checksum of each source archive.
        abi: Interpreter and ABI tag of the wheel. One wheel serves every Python from 3.11 on, so the Python that
            builds is no input.
        machine: Processor architecture.
        libc: The C library's name and version.
        compiler: What the C++ compiler says of itself.
        libraries: Versions of the host's packages with libraries that come into the wheel; empty where unknown.
    """

    variant: str
    recipe: Mapping[str, str]
    sources: Mapping[str, str]
    abi: str
    machine: str
    libc: str
    compiler: str
    libraries: Mapping[str, str]

    def key(self) -> str:
        """Return sixteen hexadecimal digits that stand for all of them."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def gather(
    variant: str, sources: Sequence[Source], packages: Mapping[str, str] | None, programs: Programs
) -> Inputs:
    """Collect the inputs of a build on this host. Raises BuildError when the compiler does not answer."""
    return Inputs(
        variant=variant,
        recipe=recipe_sums(HERE),
        sources={source.pin.name: source.sha256 for source in sources},
        abi=PYTHON_TAG,
        machine=platform.machine(),
        libc=" ".join(platform.libc_ver()),
        compiler=compiler_version(programs),
        libraries={name: version for name, version in (packages or {}).items() if name.startswith("lib")},
    )


def recipe_sums(folder: Path) -> dict[str, str]:
    """Return the checksum of each recipe file in a folder."""
    files = {file for pattern in RECIPE for file in folder.glob(pattern)}
    return {file.name: sha256_of(file) for file in sorted(files)}


def compiler_version(programs: Programs) -> str:
    """Return what the C++ compiler says of itself; empty when there is none yet (the check of packages says so)."""
    if shutil.which("g++") is None:
        return ""
    return programs.read(["g++", "--version"], "the compiler").splitlines()[0]
