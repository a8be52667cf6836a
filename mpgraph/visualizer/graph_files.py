"""The graphs of a page: files and texts examined for it, as the plain data that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from mpgraph.config.source import GraphSource, parse_graph_text
from mpgraph.config.subgraph_files import camel_case
from mpgraph.config.text.binding import ConfigErrors
from mpgraph.config.validation.diagnostics import diagnostic_of
from mpgraph.errors import MpgraphError
from mpgraph.visualizer.model import DrawnDiagnostic, Graph, Place, Structure, to_json
from mpgraph.visualizer.structure import structure_of


def examine_text(main: str, texts: Mapping[str, str]) -> Structure:
    """Return the structure of the text `main`; the others stand for the subgraphs in their files.

    main: a key of `texts`, whose keys are paths, or mere names of what is in no file.
    Raises MpgraphError if a text cannot be read at all.
    """
    subgraphs = _subgraphs({file: text for file, text in texts.items() if file != main})
    return with_texts(structure_of(texts[main], subgraphs=subgraphs, file=main), texts)


def with_texts(structure: Structure, texts: Mapping[str, str]) -> Structure:
    """Return the structure with these texts in place of what is in the files."""
    files = {file: texts.get(file, text) for file, text in structure.files.items()}
    return Structure(structure.graph, files, structure.diagnostics)


def unreadable(file: str, text: str, error: MpgraphError) -> Structure:
    """The structure of a text that cannot be read: nothing but what is wrong."""
    graph = Graph("", PurePath(file).name, file)
    return Structure(graph, {file: text}, tuple(problems(error, file)))


def problems(error: MpgraphError, file: str) -> list[DrawnDiagnostic]:
    """What an error says, as diagnostics; `file` is what they are about if they do not say so."""
    found = []
    for one in error.errors if isinstance(error, ConfigErrors) else [error]:
        known = diagnostic_of(one)
        place = Place(known.file or file, known.line or 1, known.column or 1, known.line or 1)
        found.append(
            DrawnDiagnostic(
                known.severity, known.message, place, code=known.code, suggestion=known.suggestion
            )
        )
    return found


def graph_data(
    structure: Structure, editable: Iterable[str] = (), on_disk: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what the page knows of one graph (GraphData of web/page/data.js).

    editable: the files whose text may be changed; on_disk: those that can be saved.
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
    """Return a name for each path, all different.

    It is the name of the file; of files called alike, the later ones have a folder before it
    that tells them apart.
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
                name = parts[-1]  # This folder they share; the next one may differ.
        while name in taken:
            name += "'"
        names[file], taken[name] = name, file
    return names


def without_folders(data: dict[str, Any]) -> dict[str, Any]:
    """Return GraphData whose files have their short names for keys: a page to share tells no folders."""
    names = short_names(data["structure"]["files"])
    files = [dict(info, file=names[info["file"]]) for info in data["files"]]
    return dict(data, structure=structure_without_folders(data["structure"]), files=files)


def structure_without_folders(structure: dict[str, Any]) -> dict[str, Any]:
    """Return a structure, as JSON, whose files have their short names."""
    renamed: dict[str, Any] = _renamed(structure, short_names(structure["files"]))
    return renamed


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Replace what is in fields called `file`, the keys of `files`, and paths within messages."""
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, item in value.items():
        if key == "file" and isinstance(item, str):
            made[key] = names.get(item, Path(item).name)
        elif key == "files":
            made[key] = {names.get(file, file): text for file, text in item.items()}
        elif key == "message":
            made[key] = item
            for file, name in names.items():
                made[key] = made[key].replace(file, name) if file else made[key]
        else:
            made[key] = _renamed(item, names)
    return made


def _subgraphs(texts: Mapping[str, str]) -> dict[str, GraphSource]:
    """The graphs in texts by the names that nodes have for them (see mpgraph.config.subgraph_files)."""
    named: dict[str, GraphSource] = {}
    unnamed: dict[str, GraphSource] = {}
    for file, text in texts.items():
        source = parse_graph_text(text, file)
        kind = source.config.type
        (named if kind else unnamed)[kind or camel_case(Path(file).stem)] = source
    return {**unnamed, **named}
