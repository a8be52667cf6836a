"""The graphs of a page: files and texts, analysed and converted to the JSON that the page reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from mpgraph.config.problems import each_of
from mpgraph.config.source import GraphSource, parse_graph_text
from mpgraph.config.subgraph_files import camel_case
from mpgraph.config.validation.diagnostics import diagnostic_of
from mpgraph.errors import MpgraphError
from mpgraph.visualizer.model import DrawnDiagnostic, DrawnGraph, SourceRange, Structure, to_json
from mpgraph.visualizer.structure import drawn, structure_of


def structure_of_texts(main: str, texts: Mapping[str, str]) -> Structure:
    """Return the structure of one of several texts; the others replace the files of its subgraphs.

    main: a key of `texts`, whose keys are paths, or names of texts that are not in files.
    Raises MpgraphError if a text cannot be parsed at all.
    """
    subgraphs = _subgraphs({file: text for file, text in texts.items() if file != main})
    return with_texts(structure_of(texts[main], subgraphs=subgraphs, file=main), texts)


def with_texts(structure: Structure, texts: Mapping[str, str]) -> Structure:
    """Return the structure with these texts instead of the contents of the files."""
    files = {file: texts.get(file, text) for file, text in structure.files.items()}
    return Structure(structure.graph, files, structure.diagnostics)


def unreadable(file: str, text: str, error: MpgraphError) -> Structure:
    """Return the structure of a text that cannot be parsed: an empty graph with diagnostics."""
    graph = DrawnGraph("", PurePath(file).name, file)
    return Structure(graph, {file: text}, tuple(problems(error, file)))


def problems(error: MpgraphError, file: str) -> list[DrawnDiagnostic]:
    """Return an error as diagnostics. file: used for those without a location."""
    found = [drawn(diagnostic_of(each, file=file)) for each in each_of([error])]
    start = SourceRange(file, 1, 1, 1)
    return [replace(each, location=each.location or start) for each in found]


def graph_data(
    structure: Structure, editable: Iterable[str] = (), on_disk: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the page's data of one graph (GraphData of web/page/data.js).

    editable: the files whose text may be edited. on_disk: the files that can be saved.
    """
    names = short_names(structure.files)
    files = [
        {"file": file, "name": names[file], "editable": file in editable, "onDisk": file in on_disk}
        for file, text in structure.files.items()
        if text or file == structure.graph.file
    ]
    return {
        "name": PurePath(structure.graph.file).name or structure.graph.name or "graph",
        "structure": to_json(structure),
        "files": files,
    }


def short_names(files: Iterable[str]) -> dict[str, str]:
    """Return a unique short name for each path.

    It is the file name; if several files share it, the later ones get a folder that distinguishes them.
    """
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for file in files:
        parts = PurePath(file).parts or (file,)
        name, count = parts[-1], 1
        while name in taken and count < len(parts):
            count += 1
            name = f"{parts[-count]}/{'…/' if count > 2 else ''}{parts[-1]}"
            others = PurePath(taken.get(parts[-1], "")).parts
            if count <= len(others) and others[-count] == parts[-count] and count < len(parts):
                name = parts[-1]  # They share this folder; the next one up may differ.
        while name in taken:
            name += "'"
        names[file], taken[name] = name, file
    return names


def without_folders(data: dict[str, Any]) -> dict[str, Any]:
    """Return GraphData with short names as keys of files: a shared page must not reveal folders."""
    names = short_names(data["structure"]["files"])
    files = [dict(info, file=names[info["file"]]) for info in data["files"]]
    return dict(data, structure=structure_without_folders(data["structure"]), files=files)


def structure_without_folders(structure: dict[str, Any]) -> dict[str, Any]:
    """Return a structure, as JSON, with the short names of its files."""
    renamed: dict[str, Any] = _renamed(structure, short_names(structure["files"]))
    return renamed


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Replace the values of `file`, the keys of `files`, and paths inside messages."""
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        if key == "file" and isinstance(item, str):
            result[key] = names.get(item, Path(item).name)
        elif key == "files":
            result[key] = {names.get(file, file): text for file, text in item.items()}
        elif key == "message":
            for file, name in names.items():
                item = item.replace(file, name) if file else item
            result[key] = item
        else:
            result[key] = _renamed(item, names)
    return result


def _subgraphs(texts: Mapping[str, str]) -> dict[str, GraphSource]:
    """The graphs in texts, by the names that nodes use (see mpgraph.config.subgraph_files)."""
    named: dict[str, GraphSource] = {}
    unnamed: dict[str, GraphSource] = {}
    for file, text in texts.items():
        source = parse_graph_text(text, file)
        name = source.config.type
        (named if name else unnamed)[name or camel_case(Path(file).stem)] = source
    return {**unnamed, **named}
