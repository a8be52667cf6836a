"""What a served page may do: have its texts examined, save them, and be shared as a file."""

from __future__ import annotations

import codecs
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mpgraph.config.source import BINARY_SUFFIXES
from mpgraph.errors import ConfigError, InvalidArgumentError, MediaError, MpgraphError, ResourceNotFoundError
from mpgraph.io.files import AtomicOutput
from mpgraph.visualizer.expansion import Expand, expanded_ids
from mpgraph.visualizer.graph_files import examine_text, graph_data, problems, unreadable, without_folders
from mpgraph.visualizer.html import assemble, page_data
from mpgraph.visualizer.model import Structure, to_json
from mpgraph.visualizer.structure import structure_of

MAX_CHARACTERS = 20_000_000
"""How much text is examined."""


class PageSession:
    """The files of one served page. Only those given here are ever written.

    paths: graph files; one that does not exist yet is an empty graph until it is saved.
    diff: whether the page begins with the comparison of the first two.
    expand: the subgraphs of the first that are open at first, as in `expanded_ids`.
    dark: begin with light text on a dark ground, whatever the system says.
    extras: data for extensions of the page, by name.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        diff: bool = False,
        expand: Expand = (),
        dark: bool = False,
        extras: Mapping[str, object] | None = None,
    ) -> None:
        self._lock = threading.Lock()  # Subgraphs are looked up in caches, so one at a time.
        self.paths = {os.fspath(path): Path(path) for path in paths}
        self.binary = {file for file in self.paths if file.endswith(BINARY_SUFFIXES)}
        self.diff = diff
        self.dark = dark
        self.extras = dict(extras or {})
        for path in self.paths.values():
            if not path.parent.is_dir():
                raise ResourceNotFoundError(f'There is no folder "{path.parent}".')
        for file in self.paths:
            if file not in self.binary:
                self._read(file)  # What cannot be read is said before any page is served.
        # So are names that no subgraph has.
        self.expanded = expanded_ids(self._opened(next(iter(self.paths))).graph, expand) if expand else []

    def page(self) -> str:
        """The page, with the files as they are now."""
        graphs = [self._data(self._opened(file), {}) for file in self.paths]
        begin: dict[str, Any] = {"diff": self.diff, "expanded": self.expanded, "dark": self.dark}
        return assemble(page_data("served", graphs, **begin, extras=self.extras))

    def examine(self, main: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return `{"graph": GraphData, "diagnostics": [...]}`; the graph is None if a text cannot be read.

        main: the graph's own file, in `texts` or given to this session; texts: what is not as in the files.
        """
        try:
            structure = self._structure(main, texts)
        except MpgraphError as error:
            if isinstance(error, InvalidArgumentError) and not isinstance(error, ConfigError):
                raise
            return {"graph": None, "diagnostics": to_json(problems(error, main))}
        return {"graph": self._data(structure, texts), "diagnostics": to_json(structure.diagnostics)}

    def save(self, file: str, text: str) -> None:
        """Write a text to its file, whole or not at all; line ends and a byte order mark stay as they were.

        Raises InvalidArgumentError for files this session was not given, MediaError if it cannot be written.
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
        """Return what changes whenever a file given is written, by file; "" where there is none."""
        return {file: _version(path) for file, path in self.paths.items() if file not in self.binary}

    def read(self, file: str) -> str:
        """Return the text of a file given. Raises InvalidArgumentError for others."""
        if file not in self.paths or file in self.binary:
            raise InvalidArgumentError(f'"{file}" is not a file that this page may read.')
        return self._read(file)

    def share(self, main: str, texts: Mapping[str, str]) -> str:
        """Return the page as one file, of the texts as they are now. Raises if they cannot be read."""
        structure = self._structure(main, texts)
        return assemble(page_data("file", [without_folders(graph_data(structure))]))

    def _structure(self, main: str, texts: Mapping[str, str]) -> Structure:
        if sum(map(len, texts.values())) > MAX_CHARACTERS:
            raise InvalidArgumentError(f"More than {MAX_CHARACTERS} characters are not examined.")
        if main not in texts and main not in self.paths:
            raise InvalidArgumentError(f'There is no text for "{main}".')
        with self._lock:
            if main in self.binary:
                return structure_of(self.paths[main])
            return examine_text(main, {**self._others(main, texts), **texts})

    def _others(self, main: str, texts: Mapping[str, str]) -> dict[str, str]:
        """The texts of the other files given, which are the subgraphs that were meant, and `main` itself."""
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
        """The text of a file given; "" if it does not exist yet."""
        try:
            return self.paths[file].read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return ""
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
    from mpgraph.config.source import parse_graph_text

    try:
        parse_graph_text(text)
    except MpgraphError:
        return False
    return True
