"""The requests of a served page: analyse its texts, save them, and export the page as a file."""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mpgraph.config.source import BINARY_SUFFIXES, parse_graph_text
from mpgraph.errors import ConfigError, InvalidArgumentError, MediaError, MpgraphError, ResourceNotFoundError
from mpgraph.io.files import AtomicOutput
from mpgraph.visualizer.graph_files import (
    graph_data,
    problems,
    structure_of_texts,
    unreadable,
    without_folders,
)
from mpgraph.visualizer.html import assemble, page_data
from mpgraph.visualizer.model import Structure, to_json
from mpgraph.visualizer.structure import structure_of, without_diagnostics
from mpgraph.visualizer.visible import Expand, expanded_ids

MAX_CHARACTERS = 5_000_000
"""The maximum number of characters in the texts that are analysed."""


class PageSession:
    """The files of one served page. No other files are ever written.

    paths: graph files; a file that does not exist yet is an empty graph until it is saved.
    diff: whether the page initially compares the first two.
    expand: the subgraphs of the first graph that are initially open, as in `expanded_ids`.
    dark: start with the dark theme, whatever the system's setting.
    structure_only: leave out errors and warnings, except of texts that cannot be parsed.
    extras: data for extensions of the page, by name.
    texts: of paths that are not files until they are saved; without one they are empty graphs.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        diff: bool = False,
        expand: Expand = (),
        dark: bool = False,
        structure_only: bool = False,
        extras: Mapping[str, object] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        self._lock = threading.Lock()  # Analyses share caches of subgraph files, so one at a time.
        self.paths = {os.fspath(path): Path(path) for path in paths}
        self.binary = {file for file in self.paths if file.endswith(BINARY_SUFFIXES)}
        self.diff = diff
        self.dark = dark
        self.structure_only = structure_only
        self.extras = dict(extras or {})
        self.texts = dict(texts or {})
        """The texts of paths that are not files so far. A page shows a change soon."""
        for path in self.paths.values():
            if not path.parent.is_dir():
                raise ResourceNotFoundError(f'There is no folder "{path.parent}".')
        for file in self.paths:
            if file not in self.binary:
                self._read(file)  # Unreadable files raise before a page is served,
        # as do names in `expand` that no subgraph has.
        self.expanded = expanded_ids(self._opened(next(iter(self.paths))).graph, expand) if expand else []

    def page(self) -> str:
        """Return the HTML of the page, with the current contents of the files."""
        graphs = [self._data(self._opened(file), {}) for file in self.paths]
        settings: dict[str, Any] = {"diff": self.diff, "expanded": self.expanded, "dark": self.dark}
        return assemble(page_data("served", graphs, **settings, extras=self.extras))

    def examine(self, main: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return `{"graph": GraphData, "diagnostics": [...]}`; the graph is None if a text cannot be parsed.

        main: the graph's own file, in `texts` or a file of this session.
        texts: the texts that differ from the files.
        Raises InvalidArgumentError for an unknown file and for too much text.
        """
        try:
            structure = self._structure(main, texts)
        except MpgraphError as error:
            if isinstance(error, InvalidArgumentError) and not isinstance(error, ConfigError):
                raise
            return {"graph": None, "diagnostics": to_json(problems(error, main))}
        return {"graph": self._data(structure, texts), "diagnostics": to_json(structure.diagnostics)}

    def save(self, file: str, text: str) -> None:
        """Write a text to its file atomically; line ends and a byte order mark stay as they are in the file.

        Raises InvalidArgumentError for files that are not of this session, MediaError if writing fails.
        """
        if file not in self.paths or file in self.binary:
            raise InvalidArgumentError(f'"{file}" is not a file that this page may write.')
        path = self.paths[file]
        before = path.read_bytes() if path.exists() else b""
        data = text.encode("utf-8", "replace")
        if b"\r\n" in before:
            data = data.replace(b"\n", b"\r\n")
        if before.startswith(codecs.BOM_UTF8):
            data = codecs.BOM_UTF8 + data
        output = AtomicOutput(path)
        try:
            output.temporary.write_bytes(data)
            if before:
                output.temporary.chmod(path.stat().st_mode & 0o7777)
            output.commit()
        except OSError as error:
            raise MediaError(f'"{file}" cannot be written: {error.strerror or error}') from None
        finally:
            output.discard()

    def versions(self) -> dict[str, str]:
        """Return a string per file that changes whenever the file is written; "" if it does not exist."""
        return {
            file: _version(path) or str(hash(self.texts[file]) if self.texts.get(file) else "")
            for file, path in self.paths.items()
            if file not in self.binary
        }

    def read(self, file: str) -> str:
        """Return the text of a file of this session. Raises InvalidArgumentError for others."""
        if file not in self.paths or file in self.binary:
            raise InvalidArgumentError(f'"{file}" is not a file that this page may read.')
        return self._read(file)

    def share(self, main: str, texts: Mapping[str, str]) -> str:
        """Return a self-contained page of the current texts. Raises MpgraphError if they cannot be parsed."""
        structure = self._structure(main, texts)
        return assemble(page_data("file", [without_folders(graph_data(structure))]))

    def _structure(self, main: str, texts: Mapping[str, str]) -> Structure:
        if sum(map(len, texts.values())) > MAX_CHARACTERS:
            raise InvalidArgumentError(f"The texts have more than {MAX_CHARACTERS} characters.")
        if main not in texts and main not in self.paths:
            raise InvalidArgumentError(f'There is no text for "{main}".')
        with self._lock:
            if main in self.binary:
                structure = structure_of(self.paths[main])
            else:
                structure = structure_of_texts(main, {**self._others(main, texts), **texts})
        return without_diagnostics(structure) if self.structure_only else structure

    def _others(self, main: str, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts of the session's files that were not sent: `main` and the files of subgraphs."""
        others = {}
        for file in self.paths if main in self.paths else ():
            if file not in texts and file not in self.binary:
                text = self._read(file)
                if file == main or _parses(text):
                    others[file] = text
        return others

    def _opened(self, file: str) -> Structure:
        try:
            return self._structure(file, {})
        except MpgraphError as error:
            return unreadable(file, "" if file in self.binary else self._read(file), error)

    def _data(self, structure: Structure, texts: Mapping[str, str]) -> dict[str, Any]:
        own = {file for file in self.paths if file not in self.binary}
        return graph_data(structure, own | set(texts), own)

    def _read(self, file: str) -> str:
        """The text of a file of this session; "" if it does not exist yet."""
        try:
            return self.paths[file].read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return self.texts.get(file, "")
        except UnicodeDecodeError as error:
            raise ConfigError(f'"{file}" is not UTF-8 text: {error.reason} at {error.start}.') from None
        except OSError as error:
            raise ResourceNotFoundError(f'"{file}" cannot be read: {error.strerror or error}.') from None


def _version(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"


def _parses(text: str) -> bool:
    try:
        parse_graph_text(text)
    except MpgraphError:
        return False
    return True
