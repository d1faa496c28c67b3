#!/usr/bin/env python3
"""The one door to wwphone's source: ``python3 dev.py demo``, ``test``, ``check`` … (``--help`` lists all).

Standard library only. The commands are in ``devtools``; this file only refuses a Python that is too old, in a
sentence instead of a SyntaxError, and therefore keeps to a syntax that old ones understand.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the place where an older Python is told so
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"wwphone needs Python 3.11 or newer; {sys.executable} is {version}")

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
