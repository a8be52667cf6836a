"""The house rules that no other tool checks: floors, cycles, sizes, and where tests stand.

A file of the package imports only from its own floor or from one below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

# Folder or file below mpgraph/ -> floor; the longest match counts. A new file needs its place here.
FLOORS = {
    "cli": 7,
    "__main__": 7,
    "__init__": 6,
    "effects": 6,
    "solutions": 6,
    "solution_base": 6,
    "visualizer": 3,
    "visualizer/live": 6,
    "calculators": 5,
    "testing": 5,
    "profiling": 4,
    "pytest_plugin": 4,
    "runtime": 4,
    "config": 3,
    "calculator_base": 2,
    "calculator_function": 2,
    "class_checks": 2,
    "context": 2,
    "contract": 2,
    "function_calculators": 2,
    "function_signature": 2,
    "gpu": 2,
    "inference": 2,
    "option_types": 2,
    "options": 2,
    "output": 2,
    "packet_creator": 2,
    "packet_getter": 2,
    "payload_annotations": 2,
    "ports": 2,
    "registry": 2,
    "subgraph_base": 2,
    "author_code": 1,
    "clock": 1,
    "errors": 1,
    "formats": 1,
    "media": 1,
    "packet": 1,
    "packet_type": 1,
    "places": 1,
    "plugins": 1,
    "protos": 1,
    "resource_util": 1,
    "resources": 1,
    "tags": 1,
    "timestamp": 1,
}

# Tests of something other than one source file.
TESTS_WITHOUT_SOURCE = {
    "test_examples": "graphs/examples",
    "test_notebook": "graphs/examples/notebook",
    "test_differences": "mpgraph/visualizer/web/page/diff.js, in a browser",
    "test_file_page": "mpgraph/visualizer/web/page, in a browser",
    "test_gpu_graphs": "graphs/**/*_gpu.pbtxt",
    "test_graph_fragments": "the errors of mpgraph/config, as MediaPipe words them",
    "test_hair_graph": "mpgraph/calculators, on the GPU",
    "test_hostile_text": "mpgraph/visualizer/web/page, in a browser",
    "test_graph_mistakes": "the errors of mpgraph/config, as authors of graphs meet them",
    "test_kernels": "mpgraph/gpu/kernels and mpgraph/inference/webgpu/kernels, in a browser",
    "test_live": "mpgraph/visualizer/web/page/live.js, in a browser",
    "test_packaging": "the built wheel",
    "test_public_face": "mpgraph/__init__.py",
    "test_on_the_gpu": "the commands of mpgraph/cli, with a GPU",
    "test_random_graphs": "mpgraph/runtime, against an interpreter",
    "test_run_fragments": "the errors of mpgraph/runtime, as MediaPipe words them",
    "test_served_page": "mpgraph/visualizer/web/page, in a browser",
    "test_run_mistakes": "the errors of mpgraph/runtime, as authors of calculators meet them",
    "test_stress": "mpgraph/runtime, for long",
    "test_structure": "this file",
    "test_timeline": "mpgraph/visualizer/web/page/timeline.js, in a browser",
    "test_typing": "the types of mpgraph, as mypy sees them",
}

MAX_LINES = 400

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "mpgraph"


def module_name(file: Path) -> str:
    parts = file.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def floor_of(module: str) -> int | None:
    parts = module.split(".")[1:] or ["__init__"]
    for length in range(len(parts), 0, -1):
        if (floor := FLOORS.get("/".join(parts[:length]))) is not None:
            return floor
    return None


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imported(node: ast.stmt, module: str) -> Iterator[str]:
    """The modules of mpgraph that an import statement of `module` names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "mpgraph")
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            is_package = MODULES[module].name == "__init__.py"
            above = parts[: len(parts) - node.level + is_package]
            base = ".".join([*above, base]).rstrip(".")
        if base.split(".")[0] != "mpgraph":
            return
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            yield inner if inner in MODULES else base


def all_imports(module: str) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, those inside functions too."""
    for node in ast.walk(tree_of(MODULES[module])):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in imported(node, module):
                yield node.lineno, name


def imports_at_start(module: str) -> set[str]:
    """The modules that importing `module` imports: not those in functions or for type checkers."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree_of(MODULES[module])]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(imported(node, module))
        waiting.extend(ast.iter_child_nodes(node))
    return found - {module}


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one cycle, or nothing."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for following in sorted(graph.get(module, ())):
            if cycle := walk(following, [*path, module]):
                return cycle
        done.add(module)
        return []

    for module in sorted(graph):
        if cycle := walk(module, []):
            return cycle
    return []


def test_every_file_has_a_floor() -> None:
    homeless = [module for module in MODULES if floor_of(module) is None]
    assert not homeless, "give these a floor at the top of tests/test_structure.py"


def test_files_import_only_from_their_own_floor_or_below() -> None:
    climbing = [
        f"{MODULES[module].relative_to(CHECKOUT)}:{line} (floor {floor_of(module)}) imports {name}"
        f" (floor {floor_of(name)})"
        for module in MODULES
        for line, name in all_imports(module)
        if (floor_of(name) or 0) > (floor_of(module) or 0)
    ]
    assert not climbing, "\n".join(climbing)


def test_no_module_imports_itself_through_others() -> None:
    cycle = find_cycle({module: imports_at_start(module) for module in MODULES})
    assert not cycle, " -> ".join(cycle)


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["b", "c", "b"]),
    ],
)
def test_the_search_for_cycles(graph: dict[str, set[str]], cycle: list[str]) -> None:
    assert find_cycle(graph) == cycle


def test_the_search_for_imports() -> None:
    """The checks above see nothing if this finds nothing."""
    assert "mpgraph.errors" in imports_at_start("mpgraph.resources")
    assert "mpgraph.resources" in imports_at_start("mpgraph.resource_util")


def source_files() -> list[Path]:
    folders = (PACKAGE, CHECKOUT / "tests", CHECKOUT / "tools")
    return [file for folder in folders for file in sorted(folder.rglob("*.py"))]


def test_no_file_is_too_long_to_read_at_once() -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in source_files()}
    long = {str(file.relative_to(CHECKOUT)): lines for file, lines in lengths.items() if lines > MAX_LINES}
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert not [str(file.relative_to(CHECKOUT)) for file in source_files() if file.name in vague]


def test_only_the_commands_print() -> None:
    printing = [
        f"{file.relative_to(CHECKOUT)}:{node.lineno}"
        for module, file in MODULES.items()
        if floor_of(module) != FLOORS["cli"]
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def has_source(test: Path) -> bool:
    """tests/a/test_b.py tests mpgraph/a/b.py, the package mpgraph/a/b or mpgraph/b; tools likewise."""
    folder = test.parent.relative_to(CHECKOUT / "tests")
    name = test.stem.removeprefix("test_")
    base = CHECKOUT if folder.parts[:1] == ("tools",) else PACKAGE
    places = (
        [base / folder / name, base / folder.parent / name] if folder.name == name else [base / folder / name]
    )
    return any(place.with_suffix(".py").is_file() or (place / "__init__.py").is_file() for place in places)


def test_tests_stand_where_their_source_does() -> None:
    tests = sorted((CHECKOUT / "tests").rglob("test_*.py"))
    stray = [
        str(test.relative_to(CHECKOUT))
        for test in tests
        if test.stem not in TESTS_WITHOUT_SOURCE and not has_source(test)
    ]
    assert not stray, (
        "rename these after the file they test, or list them with a reason in TESTS_WITHOUT_SOURCE"
    )
