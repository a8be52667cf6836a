"""Write the files of a new calculator or project from the templates next to this module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from mpgraph.cli.new.names import CalculatorName, ProjectName
from mpgraph.cli.user_modules import package_of
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError
from mpgraph.framework import plugins
from mpgraph.framework.function.decorator import camel_case


def create_calculator(name: CalculatorName, into: Path | None, *, as_function: bool) -> str:
    """Write a calculator, its test and a graph; return a summary with the next commands to run.

    as_function: write a function for `@mpgraph.calculator` instead of a class.

    In a project (a folder with pyproject.toml) test and graph go into its folders `tests` and `graphs`, and
    a package's __init__.py that imports calculators also gets an import of the new one.

    Raises:
        AlreadyExistsError: a file of that name exists; nothing is written.
        InvalidArgumentError: the folder does not exist.
    """
    folder = into if into is not None else _package_here()
    if not folder.is_dir():
        raise InvalidArgumentError(f'there is no folder "{folder}"; create it first, or give another --into')
    package, root = package_of(folder)
    project = next((above for above in (root, *root.parents) if (above / "pyproject.toml").exists()), None)
    module = ".".join(filter(None, [package, name.module]))
    source = _relative(folder / f"{name.module}.py")
    test = _relative(_folder_for("tests", project, folder) / f"test_{name.module}.py")
    graph = _relative(_folder_for("graphs", project, folder) / name.graph)
    init = _importing_init(folder, package)
    flags = _flags_for(source, module, package) if init is None or not _is_plugin(package) else ""
    values = {
        "Name": name.registered,
        "object": name.function if as_function else name.registered,
        "named": "" if camel_case(name.function) == name.registered else f'"{name.registered}", ',
        "module": module,
        "graph": graph.as_posix(),
        "flags": flags,
    }
    template = "function.py" if as_function else "calculator.py"
    _write({source: template, test: "test_calculator.py", graph: "graph.pbtxt"}, values)
    lines = [f"{source}: the calculator", f"{test}: its test", f"{graph}: a graph that uses it"]
    if init is not None:
        with init.open("a", encoding="utf-8") as file:
            file.write(_import_line(package, name))
        lines.append(f"{_relative(init)}: imports it, so that graphs find it in the installed project")
    lines += [
        "",
        f"  pytest {test}",
        f"  mpgraph check {graph} {flags}".rstrip(),
        f"  mpgraph run {graph} {flags}--watch",
        f"  mpgraph calculators {name.registered} {flags}".rstrip(),
    ]
    return "\n".join(lines)


def create_project(folder: Path, project: ProjectName, calculator: CalculatorName) -> str:
    """Write a package with one calculator, its test and a graph; return a summary with the next commands.

    Raises:
        AlreadyExistsError: the folder exists and is not empty; nothing is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyExistsError(f'"{folder}" already exists; choose a new folder, or an empty one')
    source = folder / "src" / project.package
    graph = Path("graphs") / calculator.graph
    values = {
        "Name": calculator.registered,
        "object": calculator.registered,
        "module": f"{project.package}.{calculator.module}",
        "graph": graph.as_posix(),
        "flags": "",
        "distribution": project.distribution,
        "package": project.package,
        "imports": _import_line(project.package, calculator),
    }
    contents = {
        folder / "pyproject.toml": "pyproject.toml",
        folder / "README.md": "README.md",
        folder / ".gitignore": "gitignore",
        source / "__init__.py": "package.py",
        source / "py.typed": "",
        source / f"{calculator.module}.py": "calculator.py",
        folder / "tests" / f"test_{calculator.module}.py": "test_calculator.py",
        folder / graph: "graph.pbtxt",
    }
    _write(contents, values)
    lines = [
        f"{folder}: the package {project.distribution} with {calculator.registered}",
        "",
        f"  cd {folder}",
        '  pip install -e ".[test]"',
        "  pytest && mypy",
        f"  mpgraph check {graph}",
        f"  mpgraph run {graph} --watch",
    ]
    return "\n".join(lines)


def _write(contents: Mapping[Path, str], values: Mapping[str, str]) -> None:
    """Write files from templates, either all or none."""
    for path in contents:
        if path.exists():
            raise AlreadyExistsError(f'"{path}" already exists; choose another name or folder')
    templates = files(__package__) / "templates"
    written: list[Path] = []
    try:
        for path, template in contents.items():
            text = (templates / f"{template}.tmpl").read_text("utf-8") if template else ""
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            path.write_text(Template(text).substitute(values), "utf-8")
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _folder_for(name: str, project: Path | None, folder: Path) -> Path:
    """The project's subfolder for tests or graphs; the calculator's folder if there is none."""
    return project / name if project is not None and (project / name).is_dir() else folder


def _import_line(package: str, name: CalculatorName) -> str:
    return f"from {package} import {name.module} as {name.module}\n"


def _importing_init(folder: Path, package: str) -> Path | None:
    """The __init__.py of the package, if it imports its calculators, one per line."""
    init = folder / "__init__.py"
    line = re.compile(rf"^from {re.escape(package)} import (\w+) as \1$", re.MULTILINE)
    return init if package and init.exists() and line.search(init.read_text("utf-8")) else None


def _is_plugin(package: str) -> bool:
    """Whether the package is installed as a plug-in, so that graphs find what it imports."""
    return any(plugin.module == package and not plugin.attribute for plugin in plugins.installed())


def _flags_for(source: Path, module: str, package: str) -> str:
    """The options with which commands find the calculator."""
    by_name = source.parent == Path() and not package
    return f"--module {module if by_name else source.as_posix()} "


def _package_here() -> Path:
    """The only package of the project in the working directory, or else the working directory."""
    packages = [found.parent for found in Path("src").glob("*/__init__.py")]
    return packages[0] if Path("pyproject.toml").exists() and len(packages) == 1 else Path()


def _relative(path: Path) -> Path:
    """The path relative to the working directory, if it is inside."""
    whole = path.resolve()
    return whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else path
