"""The house's rules that no outside tool checks: budgets, silent excepts, sleeping tests, unfinished code.

Each rule reads one parsed file and yields findings. ``tests/test_architecture.py`` runs them over everything and
``dev.py check`` prints the same findings.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FILE_LINES = 450
FUNCTION_LINES = 60
CLASS_LINES = 350
PARAMETERS = 7

_GENERATED = re.compile(r"(^|/)gui/forms/ui_[^/]*\.py$")
_SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "node_modules"}
_UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
_MAY_BE_UNFINISHED = re.compile(f"{_UNFINISHED.pattern}|NotImplementedError")
_BROAD = {"Exception", "BaseException"}
_LOG_METHODS = {"exception", "error", "warning", "critical", "log", "info", "debug"}
_MAY_SLEEP = ("tests/helpers/waiting.py", "tests/unit/helpers/test_waiting.py")

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks one rule; its text is a line that editors can jump to."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class SourceFile:
    """One Python file: its path relative to the project with forward slashes, its text, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def read(cls, file: Path, root: Path) -> SourceFile:
        """Read and parse; SyntaxError when it is no Python."""
        text = file.read_text("utf-8")
        return cls(file.relative_to(root).as_posix(), text, ast.parse(text, str(file)))

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree: walking takes longer than looking."""
        return list(ast.walk(self.tree))

    @property
    def is_test(self) -> bool:
        """Whether it lies under tests/."""
        return self.path.startswith("tests/")


def python_files(places: Iterable[Path]) -> Iterator[Path]:
    """Every Python file somebody wrote at or under the places, sorted; generated ones and caches are left out."""
    for place in places:
        candidates = [place] if place.is_file() else sorted(place.rglob("*.py"))
        for file in candidates:
            inside = file.relative_to(place).parts[:-1] if file != place else ()
            if any(part in _SKIPPED_FOLDERS or part.startswith(".") for part in inside):
                continue
            if file.suffix == ".py" and not _GENERATED.search(file.as_posix()):
                yield file


def budgets(source: SourceFile) -> Iterator[Finding]:
    """Files, functions, classes and parameter lists stay small enough to be read at once."""
    lines = source.text.count("\n")
    if lines > FILE_LINES:
        yield Finding(source.path, 1, f"file has {lines} lines, at most {FILE_LINES}")
    for node in source.nodes:
        if isinstance(node, ast.ClassDef):
            yield from _too_long(source, node, "class", CLASS_LINES)
        elif isinstance(node, _Function):
            yield from _too_long(source, node, "function", FUNCTION_LINES)
            count = _parameters(node)
            if count > PARAMETERS:
                text = f"function {node.name} has {count} parameters, at most {PARAMETERS}"
                yield Finding(source.path, node.lineno, text)


def _too_long(source: SourceFile, node: ast.ClassDef | _Function, what: str, most: int) -> Iterator[Finding]:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > most:
        yield Finding(source.path, node.lineno, f"{what} {node.name} has {lines} lines, at most {most}")


def _parameters(node: _Function) -> int:
    """Count all but ``self`` and ``cls``."""
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    extra = (node.args.vararg is not None) + (node.args.kwarg is not None)
    return sum(argument.arg not in ("self", "cls") for argument in every) + extra


def silent_excepts(source: SourceFile) -> Iterator[Finding]:
    """Who catches everything raises again, logs, or uses the exception; nobody suppresses everything."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _speaks(node):
            yield Finding(
                source.path, node.lineno, "broad except neither raises, logs nor uses the exception"
            )
        if isinstance(node, ast.Call) and _suppresses_everything(node):
            yield Finding(source.path, node.lineno, "suppress() of every exception hides errors")


def _is_broad(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_is_broad(element) for element in kind.elts)
    return ast.unparse(kind).split(".")[-1] in _BROAD


def _suppresses_everything(call: ast.Call) -> bool:
    return _called_name(call).endswith("suppress") and any(_is_broad(argument) for argument in call.args)


def _speaks(handler: ast.ExceptHandler) -> bool:
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call) and _logs(_called_name(node).split(".")[-1]):
            return True
        if handler.name and isinstance(node, ast.Name) and node.id == handler.name:
            return True
    return False


def _logs(name: str) -> bool:
    return name in _LOG_METHODS or name.startswith("log_")


def sleeping_tests(source: SourceFile) -> Iterator[Finding]:
    """Tests wait for a condition with a limit (tests/helpers/waiting.py), never for a fixed time."""
    if not source.is_test or source.path in _MAY_SLEEP:
        return
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(alias.name == "sleep" for alias in node.names):
                yield Finding(source.path, node.lineno, "a test imports sleep; wait for a condition instead")
        elif isinstance(node, ast.Call) and _is_sleep(node):
            text = f"a test sleeps ({_called_name(node)}); wait for a condition instead"
            yield Finding(source.path, node.lineno, text)


def _is_sleep(call: ast.Call) -> bool:
    name = _called_name(call)
    if name == "asyncio.sleep":  # sleep(0) lets others run; a named delay belongs to a fake's behaviour
        first = call.args[0] if call.args else None
        return isinstance(first, ast.Constant) and bool(first.value)
    return name in ("time.sleep", "qtbot.wait", "QTest.qWait", "QtTest.QTest.qWait")


def unfinished(source: SourceFile) -> Iterator[Finding]:
    """No marks of unfinished work in comments, and NotImplementedError only in abstract methods."""
    if not _MAY_BE_UNFINISHED.search(source.text):
        return
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and _UNFINISHED.search(token.string):
            yield Finding(source.path, token.start[0], f"unfinished: {token.string.strip()}")
    abstract: set[ast.AST] = set()
    for node in source.nodes:
        if isinstance(node, _Function) and any("abstract" in ast.unparse(d) for d in node.decorator_list):
            abstract.update(ast.walk(node))
    for node in source.nodes:
        if isinstance(node, ast.Raise) and node not in abstract and _raised(node) == "NotImplementedError":
            yield Finding(source.path, node.lineno, "NotImplementedError outside an abstract method")


def layout_items(source: SourceFile) -> Iterator[Finding]:
    """Python never holds an item of a layout.

    Qt deletes it with what it stands for, and nobody tells PySide, which keeps it as long as the layout. Whatever is made at the same
    place in memory later is taken for it: at its end the process dies, far from here (seen with PySide 6.11.3).
    """
    for node in source.nodes:
        if isinstance(node, ast.Call) and _called_name(node).endswith((".itemAt", ".takeAt")):
            yield Finding(
                source.path,
                node.lineno,
                "an item of a layout in Python ends the process later; ask for widgets",
            )


def _raised(node: ast.Raise) -> str:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(error) if error is not None else ""


def _called_name(call: ast.Call) -> str:
    return ast.unparse(call.func)


RULES: dict[str, Callable[[SourceFile], Iterator[Finding]]] = {
    "budgets": budgets,
    "silent excepts": silent_excepts,
    "sleeping tests": sleeping_tests,
    "unfinished code": unfinished,
    "layout items": layout_items,
}
"""All rules that need one file only, by the name the report uses."""
