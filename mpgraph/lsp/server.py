"""The language server: the features of this package, over the Language Server Protocol.

pygls runs it, which the extra `lsp` installs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument

from mpgraph.config.text.formatting import format_text
from mpgraph.config.validation.diagnostics import ERROR
from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.lsp.completion import suggestions
from mpgraph.lsp.descriptions import Descriptions
from mpgraph.lsp.hover import hover
from mpgraph.lsp.outline import Outline, outline
from mpgraph.lsp.problems import problems
from mpgraph.lsp.streams import Use, renamed, same, use_at

_KINDS = {
    "calculator": types.CompletionItemKind.Class,
    "tag": types.CompletionItemKind.Property,
    "stream": types.CompletionItemKind.Variable,
    "option": types.CompletionItemKind.Field,
    "options": types.CompletionItemKind.Struct,
    "value": types.CompletionItemKind.EnumMember,
}
_AGAIN = types.Command(title="More", command="editor.action.triggerSuggest")


def create(version: str) -> LanguageServer:
    """Return the server; `start_io` or `start_tcp` runs it. version: what it says it is."""
    server = LanguageServer("mpgraph", version)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_checking(server))
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_checking(server))
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_checking_all(server))
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_forgetting(server))
    for name, function in _FEATURES.items():
        options = _OPTIONS.get(name)
        server.feature(name, *([options] if options else []))(_answering(server, function))
    return server


class _Cursor:
    """A position in a document, with what the features need."""

    def __init__(self, document: TextDocument, position: types.Position | None) -> None:
        self.document = document
        self.text = document.source
        self.file = _file_of(document.uri)
        self.offset = document.offset_at_position(position) if position else 0

    @property
    def outline(self) -> Outline:
        return outline(self.text)

    def range(self, start: int, end: int) -> types.Range:
        """Offsets as a range, in the units of the client."""
        return _range(self.document, start, end)


def _range(document: TextDocument, start: int, end: int) -> types.Range:
    text, codec = document.source, document.position_codec

    def position(offset: int) -> types.Position:
        line_start = text.rfind("\n", 0, offset) + 1
        found = types.Position(text.count("\n", 0, offset), offset - line_start)
        return codec.position_to_client_units(document.lines or [""], found)

    return types.Range(position(start), position(end))


def _file_of(uri: str) -> str:
    return to_fs_path(uri) or "<string>"


def _checking(server: LanguageServer) -> Callable[[Any], None]:
    def check(params: Any) -> None:
        _publish(server, server.workspace.get_text_document(params.text_document.uri))

    return check


def _checking_all(server: LanguageServer) -> Callable[[Any], None]:
    def check(_: Any) -> None:  # A file that was saved may be a subgraph of the others.
        for document in list(server.workspace.text_documents.values()):
            _publish(server, document)

    return check


def _forgetting(server: LanguageServer) -> Callable[[Any], None]:
    def forget(params: Any) -> None:
        empty = types.PublishDiagnosticsParams(uri=params.text_document.uri, diagnostics=[])
        server.text_document_publish_diagnostics(empty)

    return forget


def _publish(server: LanguageServer, document: TextDocument) -> None:
    found = [
        types.Diagnostic(
            range=_range_of(document, each.line, each.column, each.end_column),
            message=f"{each.message} {each.suggestion}".strip(),
            severity=_severity(each.severity),
            code=each.code,
            source="mpgraph",
        )
        for each in problems(document.source, _file_of(document.uri), Descriptions())
    ]
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=document.uri, version=document.version, diagnostics=found)
    )


def _severity(severity: str) -> types.DiagnosticSeverity:
    return types.DiagnosticSeverity.Error if severity == ERROR else types.DiagnosticSeverity.Warning


def _range_of(document: TextDocument, line: int, column: int, end_column: int) -> types.Range:
    """The range from a line and column, counted from 1, to a column, or to the end of the line if it is 0."""
    lines = document.source.split("\n")
    row = min(max(line - 1, 0), len(lines) - 1)
    before = sum(len(each) + 1 for each in lines[:row])
    start = before + min(max(column - 1, 0), len(lines[row]))
    end = before + (end_column - 1 if end_column else len(lines[row].rstrip()))
    return _range(document, start, max(start, end))


def _answering(server: LanguageServer, function: Callable[[_Cursor, Any], Any]) -> Callable[[Any], Any]:
    def answer(params: Any) -> Any:
        document = server.workspace.get_text_document(params.text_document.uri)
        return function(_Cursor(document, getattr(params, "position", None)), params)

    return answer


def _hover(cursor: _Cursor, _: Any) -> types.Hover | None:
    text = hover(cursor.outline, cursor.offset, cursor.file, Descriptions())
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text)) if text else None


def _completion(cursor: _Cursor, _: Any) -> list[types.CompletionItem]:
    return [
        types.CompletionItem(
            label=each.text,
            kind=_KINDS.get(each.kind, types.CompletionItemKind.Keyword),
            documentation=types.MarkupContent(types.MarkupKind.Markdown, each.doc) if each.doc else None,
            text_edit=types.TextEdit(cursor.range(each.start, each.end), each.text),
            command=_AGAIN if each.again else None,
        )
        for each in suggestions(cursor.outline, cursor.offset, cursor.file, Descriptions())
    ]


def _definition(cursor: _Cursor, _: Any) -> types.Location | None:
    found = cursor.outline
    entry, use = found.entry_at(cursor.offset), use_at(found, cursor.offset)
    if use is not None:
        sender = next((each for each in same(found, use) if each.sends), None)
        return types.Location(cursor.document.uri, cursor.range(sender.start, sender.end)) if sender else None
    if entry is None or entry.field != "calculator":
        return None
    known = Descriptions()
    file, line = known.file_of(entry.text, cursor.file), 1
    if file is None:
        description = known.find(entry.text, cursor.file)
        if description is None or description.location is None:
            return None
        file, line = description.location.file, description.location.line
    uri = from_fs_path(str(Path(file).absolute()))
    start = types.Position(line - 1, 0)
    return types.Location(uri, types.Range(start, start)) if uri else None


def _references(cursor: _Cursor, _: Any) -> list[types.Location]:
    found = cursor.outline
    use = use_at(found, cursor.offset)
    uses = same(found, use) if use else []
    return [types.Location(cursor.document.uri, cursor.range(each.start, each.end)) for each in uses]


def _prepare_rename(cursor: _Cursor, _: Any) -> types.Range | None:
    use = use_at(cursor.outline, cursor.offset)
    return cursor.range(use.start, use.end) if use else None


def _rename(cursor: _Cursor, params: Any) -> types.WorkspaceEdit | None:
    found = cursor.outline
    use = use_at(found, cursor.offset)
    if use is None:
        return None
    try:
        uses: list[Use] = renamed(found, use, params.new_name)
    except InvalidArgumentError as error:
        raise JsonRpcInvalidParams(str(error)) from None
    edits = [types.TextEdit(cursor.range(each.start, each.end), params.new_name) for each in uses]
    return types.WorkspaceEdit(changes={cursor.document.uri: edits})


def _formatting(cursor: _Cursor, _: Any) -> list[types.TextEdit] | None:
    try:
        after = format_text(cursor.text, cursor.file)
    except MpgraphError:
        return None  # The diagnostics say why.
    return [types.TextEdit(cursor.range(0, len(cursor.text)), after)] if after != cursor.text else []


_FEATURES: dict[str, Callable[[_Cursor, Any], Any]] = {
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_COMPLETION: _completion,
    types.TEXT_DOCUMENT_DEFINITION: _definition,
    types.TEXT_DOCUMENT_REFERENCES: _references,
    types.TEXT_DOCUMENT_PREPARE_RENAME: _prepare_rename,
    types.TEXT_DOCUMENT_RENAME: _rename,
    types.TEXT_DOCUMENT_FORMATTING: _formatting,
}
_OPTIONS: dict[str, Any] = {
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=['"', ":", "["]),
    types.TEXT_DOCUMENT_RENAME: types.RenameOptions(prepare_provider=True),
}
