"""Rules of the code base that no other tool checks: floors, import cycles, file sizes, locations of tests.

A package imports only from packages on lower floors; type-checking imports and imports inside functions
count too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

# Package or module right below mpgraph/ -> floor. A package imports from packages on lower floors only.
FLOORS = {
    "errors": 1,
    "protos": 2,
    "io": 2,
    "framework": 3,
    "formats": 4,
    "config": 4,
    "resource_util": 4,
    "packet_creator": 5,
    "packet_getter": 5,
    "runtime": 5,
    "media": 5,
    "gpu": 5,
    "drawing": 6,
    "effects": 6,
    "profiling": 6,
    "inference": 6,
    "graph": 7,
    "calculators": 8,
    "session": 8,
    "visualizer": 8,
    "lsp": 8,
    "mapping": 9,
    "solutions": 9,
    "web": 9,
    "testing": 9,
    "pytest_plugin": 9,
    "mediapipe_paths": 9,
    "__init__": 10,
    "as_mediapipe": 11,
    "cli": 11,
    "pyinstaller": 11,
    "__main__": 12,
}

# Private names that other packages may use, each with the reason.
SHARED_PRIVATE_NAMES = {
    "_t": "packets: a property would cost more than the comparison on every path of the scheduler",
    "_type": "packets: as above",
    "_payload": "packets: as above",
}

# Tests of something other than one source file.
TESTS_WITHOUT_SOURCE = {
    "test_code_blocks": "README.md and docs/",
    "test_examples": "graphs/examples",
    "test_notebook": "graphs/examples/notebook",
    "test_documentation": "the docstrings of all public names",
    "test_differences": "mpgraph/visualizer/web/page/diff.js, in a browser",
    "test_fitting": "mpgraph/visualizer/web/layout and draw, in a browser",
    "test_file_page": "mpgraph/visualizer/web/page, in a browser",
    "test_gpu_graphs": "graphs/**/*_gpu.pbtxt",
    "test_gpu_landmark_graphs": "graphs/modules/*/*_gpu.pbtxt, against those of the CPU",
    "test_selfie_effects_graphs": "graphs/selfie_effects",
    "test_graph_fragments": "the errors of mpgraph/config, in MediaPipe's wording",
    "test_hair_graph": "mpgraph/calculators, on the GPU",
    "test_hostile_text": "mpgraph/visualizer/web/page, in a browser",
    "test_graph_errors": "the errors of mpgraph/config, for common errors in graphs",
    "test_landmark_calculators": "mpgraph/calculators/util and tensor, against MediaPipe's answers",
    "test_security": "SECURITY.md",
    "test_system_calls": "SECURITY.md, by strace",
    "test_scaling": "mpgraph/config/validation, the time it takes",
    "test_iris_graphs": "graphs/modules/iris_landmark",
    "test_kernels": "mpgraph/gpu/kernels and mpgraph/inference/webgpu/kernels, in a browser",
    "test_live": "mpgraph/visualizer/web/page/live.js, in a browser",
    "test_packaging": "the built wheel",
    "test_page_devices": "mpgraph/web/package/device, in a browser",
    "test_page_images": "mpgraph/web/package/calculators, in a browser",
    "test_page_graphs": "mpgraph/web/package/runtime and calculators, in a browser",
    "test_public_api": "mpgraph/__init__.py",
    "test_on_the_gpu": "the commands of mpgraph/cli, with a GPU",
    "test_random_graphs": "mpgraph/runtime, against an interpreter",
    "test_run_fragments": "the errors of mpgraph/runtime, in MediaPipe's wording",
    "test_served_page": "mpgraph/visualizer/web/page, in a browser",
    "test_program_errors": "the errors of mpgraph/runtime, for common errors in programs",
    "test_stress": "mpgraph/runtime, under load",
    "test_structure": "this file",
    "test_timeline": "mpgraph/visualizer/web/page/timeline.js, in a browser",
    "test_web_helpers": "mpgraph/web/package: camera_utils, control_utils, drawing_utils, in a browser",
    "test_web_page": "mpgraph/web/page, in a browser",
    "test_web_solution": "mpgraph/web/package/selfie_segmentation.js and classic scripts, in a browser",
    "test_typing": "the types of mpgraph, checked with mypy",
    "test_wasm_kernels": "mpgraph/web/kernels, against the WGSL kernels",
}

MAX_LINES = 500

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "mpgraph"


def module_name(file: Path) -> str:
    parts = file.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def package_of(module: str) -> str:
    """The package or module right below mpgraph that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


@pytest.fixture(scope="module", autouse=True)
def dropped_trees() -> Iterator[None]:
    """Free the trees: with a million objects more, every later garbage collection would be slower."""
    yield
    tree_of.cache_clear()
    all_imports.cache_clear()


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


@cache
def all_imports(module: str) -> list[tuple[int, str]]:
    """(line, module) of every import, including imports inside functions."""
    return [
        (node.lineno, name)
        for node in ast.walk(tree_of(MODULES[module]))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in imported(node, module)
    ]


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


def test_every_package_has_a_floor() -> None:
    assert {package_of(module) for module in MODULES} == set(FLOORS), "update FLOORS in this file"


def test_packages_import_only_from_lower_floors() -> None:
    climbing = [
        f"{MODULES[module].relative_to(CHECKOUT)}:{line} (floor {FLOORS[package_of(module)]}) imports {name}"
        f" (floor {FLOORS[package_of(name)]})"
        for module in MODULES
        for line, name in all_imports(module)
        if package_of(name) != package_of(module) and FLOORS[package_of(name)] >= FLOORS[package_of(module)]
    ]
    assert not climbing, "\n".join(climbing)


def test_no_module_imports_itself_through_others() -> None:
    cycle = find_cycle({module: {name for _, name in all_imports(module)} - {module} for module in MODULES})
    assert not cycle, " -> ".join(cycle)


def private_names_of(package: str) -> set[str]:
    """The private names and attributes that the modules of a package define."""
    found: set[str] = set()
    for module, file in MODULES.items():
        if package_of(module) != package:
            continue
        for node in ast.walk(tree_of(file)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
    return {name for name in found if is_private(name)}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def test_no_package_uses_private_names_of_another() -> None:
    own = {package: private_names_of(package) for package in FLOORS}
    elsewhere = set().union(*own.values())
    used = []
    for module, file in MODULES.items():
        package = package_of(module)
        foreign = elsewhere - own[package] - set(SHARED_PRIVATE_NAMES)
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.Attribute) and node.attr in foreign:
                used.append(f"{file.relative_to(CHECKOUT)}:{node.lineno} .{node.attr}")
            elif isinstance(node, ast.ImportFrom) and package_of(node.module or "") != package:
                used += [
                    f"{file.relative_to(CHECKOUT)}:{node.lineno} imports {alias.name}"
                    for alias in node.names
                    if is_private(alias.name) and (node.module or "").startswith("mpgraph")
                ]
    assert not used, "\n".join(used)


@pytest.mark.parametrize(
    ("graph", "cycle"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["b", "c", "b"]),
    ],
)
def test_search_for_cycles(graph: dict[str, set[str]], cycle: list[str]) -> None:
    assert find_cycle(graph) == cycle


def test_search_for_imports() -> None:
    """Guards the checks above: without imports they pass trivially."""
    found = {name for _, name in all_imports("mpgraph.framework.resources")}
    assert {"mpgraph.errors", "mpgraph.framework.plugins"} <= found


def source_files() -> list[Path]:
    folders = (PACKAGE, CHECKOUT / "tests", CHECKOUT / "tools")
    return [file for folder in folders for file in sorted(folder.rglob("*.py"))]


def test_files_have_at_most_500_lines() -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in source_files()}
    long = {str(file.relative_to(CHECKOUT)): lines for file, lines in lengths.items() if lines > MAX_LINES}
    assert not long


def test_file_names_are_specific() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert not [str(file.relative_to(CHECKOUT)) for file in source_files() if file.name in vague]


def test_only_the_commands_print() -> None:
    printing = [
        f"{file.relative_to(CHECKOUT)}:{node.lineno}"
        for module, file in MODULES.items()
        if package_of(module) != "cli"
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


def test_tests_mirror_the_source_tree() -> None:
    tests = sorted((CHECKOUT / "tests").rglob("test_*.py"))
    stray = [
        str(test.relative_to(CHECKOUT))
        for test in tests
        if test.stem not in TESTS_WITHOUT_SOURCE and not has_source(test)
    ]
    assert not stray, (
        "rename these after the file they test, or list them with a reason in TESTS_WITHOUT_SOURCE"
    )


# Packages and modules of mpgraph.config -> the packages in it that they must not import.
INNER_WALLS = {
    "text": {"builder", "describe", "expansion", "validation"},
    "builder": {"describe", "expansion", "validation"},
    "expansion": {"describe", "validation"},
    "validation": {"describe"},
}
# The module that ties the packages together.
TOP_MODULES = {"mpgraph.config.validated_graph_config"}
BASIC_MODULES_MAY_NOT_IMPORT = {"builder", "describe", "expansion", "validation"}


def test_config_has_inner_walls() -> None:
    crossing = []
    for module in MODULES:
        parts = module.split(".")
        if parts[:2] != ["mpgraph", "config"] or module in TOP_MODULES:
            continue
        inner = parts[2] if len(parts) > 3 else ""
        forbidden = INNER_WALLS.get(inner, set()) if inner else BASIC_MODULES_MAY_NOT_IMPORT
        for line, name in all_imports(module):
            target = name.split(".")
            if target[:2] == ["mpgraph", "config"] and len(target) > 3 and target[2] in forbidden:
                crossing.append(f"{MODULES[module].relative_to(CHECKOUT)}:{line} imports {name}")
    assert not crossing, "\n".join(crossing)
