"""Describing what is registered: for `mpgraph calculators`, drawings and editors.

`names()` says what there is, `describe(name)` all about one of them. Everything comes from what the
class declares, or the file of a subgraph says; no node is needed.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Mapping
from typing import Any

from mpgraph.config.builder.graph_builder import builds, write_subgraph
from mpgraph.config.describe import option_descriptions
from mpgraph.config.describe.description import (
    CALCULATOR,
    INPUT,
    OUTPUT,
    SIDE_INPUT,
    SIDE_OUTPUT,
    SUBGRAPH,
    Description,
    PortDescription,
)
from mpgraph.config.describe.graph_files import describe_graph, ports_of
from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.describe.source_comments import parameter_docs
from mpgraph.config.options import dataclass_schema
from mpgraph.config.source import load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.errors import Location, MpgraphError, NotFoundError, UnavailableError, did_you_mean
from mpgraph.framework import plugins
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.packet_type import PayloadType, TypeLike
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS, load_plugins
from mpgraph.protos import calculator_pb2, extension_for

_LISTS: dict[str, type[Port[Any]]] = {
    INPUT: Input,
    OUTPUT: Output,
    SIDE_INPUT: SideInput,
    SIDE_OUTPUT: SideOutput,
}
_BUILT_IN = "mpgraph.calculators."
_MADE = "These are the ports of the graph that it makes if no options are given."
_MADE_UNKNOWN = "The ports are those of the graph that it makes for a node."
_log = logging.getLogger(__name__)


def names() -> list[str]:
    """The names of all calculators and subgraphs, sorted: registered ones, plug-ins' and files'.

    A plug-in that names a module shows its contents once that is imported: see
    `mpgraph.framework.registry.load_plugins`.
    """
    offered = [plugin.name for plugin in plugins.installed() if plugin.attribute]
    return sorted({*CALCULATORS.names(), *SUBGRAPHS.names(), *SubgraphFiles().names(""), *offered})


def describe(name: str) -> Description:
    """Describe the calculator or subgraph that a graph in the working directory means by `name`.

    Raises:
        NotFoundError: there is none; with near matches.
        ImportError: a built-in one needs a package that is not installed.
        MpgraphError: the plug-in that brings it cannot be imported, or the file is no graph.
    """
    found = SUBGRAPHS.find(name, in_plugins=False) or CALCULATORS.find(name, in_plugins=False)
    if found is None and (file := SubgraphFiles().find(name, "")) is not None:
        return describe_graph(name, file)
    found = found or SUBGRAPHS.find(name) or CALCULATORS.find(name)
    if found is None:
        raise NotFoundError(f'There is no calculator or subgraph "{name}".', hint=_near(name))
    return _of_class(name, found)


def describe_all() -> tuple[list[Description], list[MpgraphError]]:
    """Describe all that there is, sorted by name. Plug-ins are imported.

    Returns with the descriptions the errors of what cannot be loaded.
    """
    errors = load_plugins()
    found = []
    for name in names():
        try:
            found.append(describe(name))
        except MpgraphError as error:
            errors.append(error)
        except ImportError as error:
            errors.append(UnavailableError(f'"{name}" cannot be loaded: {error}'))
    return found, list({str(error): error for error in errors}.values())


def _near(name: str) -> str:
    """Names that are much like this one, or have it as a part."""
    known = names()
    containing = [one for one in known if len(name) > 2 and name.lower() in one.lower()]
    # The shortest ones say little else.
    parts = [f'"{one}"' for one in sorted(containing, key=len)[:4]]
    near = did_you_mean(name, set(known) - set(containing)) if len(parts) < 2 else ""
    if parts:
        return f"Did you mean {' or '.join(parts)}?" if not near else near.replace("?", f" or {parts[0]}?")
    return near or "All names: mpgraph calculators"


def _of_class(name: str, cls: Any) -> Description:
    is_calculator = issubclass(cls, Calculator)
    in_flight = getattr(cls, "max_in_flight", 1)  # A port of some calculators has this name.
    said = parameter_docs(cls.function) if hasattr(cls, "function") else {}
    options_type, options_doc, options = _options_of(cls, said)
    ports = tuple(
        _of_port(port, port_list, said) for port_list in _LISTS for port in _ports_of(cls, port_list)
    )
    return Description(
        name,
        CALCULATOR if is_calculator else SUBGRAPH,
        _origin(cls),
        inspect.cleandoc(cls.__doc__ or ""),
        ports if is_calculator else (made := _ports_made_by(name, cls)),
        _contract_of(cls) if is_calculator else _MADE if made else _MADE_UNKNOWN,
        options_type,
        options_doc,
        options,
        options_type != "" and isinstance(cls.Options, ProtoOptions) and bool(extension_for(options_type)),
        bool(getattr(cls, "blocking", False)),
        in_flight if isinstance(in_flight, int) else 1,
        getattr(cls, "timestamp_offset", None),
        bool(getattr(cls, "process_timestamp_bounds", False)),
        getattr(cls, "input_stream_handler", None),
        _place_of(cls),
    )


def _ports_of(cls: Any, port_list: str) -> list[Port[Any]]:
    return [port for port in getattr(cls, "ports", ()) if isinstance(port, _LISTS[port_list])]


def _ports_made_by(name: str, cls: Any) -> tuple[PortDescription, ...]:
    """The ports of the graph that a subgraph's `build` writes for a node that says nothing."""
    if not builds(cls):
        return ()  # get_config looks at the whole node.
    node = calculator_pb2.CalculatorGraphConfig.Node(calculator=name)
    try:
        return ports_of(load_graph(write_subgraph(cls, node)))[0]
    except Exception as error:
        # Written by anyone, and for nodes that say more than this one.
        _log.debug("%s makes no graph of an empty node: %s", name, error)
        return ()


def _of_port(port: Port[Any], port_list: str, said: Mapping[str, str]) -> PortDescription:
    return PortDescription(
        port_list,
        port.name,
        port.tag,
        port.index,
        () if port.same_as is not None else _type_names(port.type),
        port.optional,
        port.repeated,
        port.same_as.tag if port.same_as is not None else None,
        port.doc or said.get(port.name, ""),
    )


def _type_names(kind: TypeLike) -> tuple[str, ...]:
    if isinstance(kind, tuple):
        return tuple(name for member in kind for name in _type_names(member))
    if isinstance(kind, PayloadType):
        return (kind.name,)
    return (kind.__name__,) if isinstance(kind, type) and kind is not object else ()


def _contract_of(cls: Any) -> str:
    """What the class says of the part of its contract that it computes."""
    override = next((base for base in cls.__mro__ if "get_contract" in vars(base)), Calculator)
    if override is Calculator or override.__module__ == "mpgraph.framework.function.decorator":
        return ""
    said = " ".join((override.get_contract.__doc__ or "").partition("\n\n")[0].split())
    if cls.ports:
        return said
    return " ".join(["The ports depend on what a node connects and on its options.", said]).strip()


def _options_of(cls: Any, said: Mapping[str, str]) -> tuple[str, str, tuple[OptionDescription, ...]]:
    declared = getattr(cls, "Options", None)
    if declared is None:
        return "", "", ()
    if isinstance(declared, ProtoOptions):
        fields = option_descriptions.message_options(declared.message_class().DESCRIPTOR)
        return declared.full_name, "", fields
    doc = inspect.cleandoc(declared.__doc__ or "")
    if doc.startswith(f"{declared.__name__}("):  # What dataclass() writes where the author wrote nothing.
        doc = ""
    fields = option_descriptions.dataclass_options(declared, vars(cls), said)
    return dataclass_schema(declared, cls).full_name, doc, fields


def _origin(cls: Any) -> str:
    module: str = cls.__module__
    if module.startswith(_BUILT_IN):
        return f"mpgraph, {module.removeprefix(_BUILT_IN).partition('.')[0]}"
    package = module.partition(".")[0]
    for plugin in plugins.installed():
        if plugin.module.partition(".")[0] == package:
            return f"plug-in {plugin.distribution}"
    return f"module {module}"


def _place_of(cls: Any) -> Location | None:
    """Where the class stands; of one that a call makes, where the class that it varies stands."""
    module = sys.modules.get(cls.__module__)
    file = getattr(module, "__file__", None)
    for base in cls.__mro__:
        known = base.__dict__.get("defined_at")
        if isinstance(known, Location) and known.file == file:
            return known
        if base.__module__ != cls.__module__:
            break
    try:
        source, line = inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return None
    return Location(source, line, 1) if source else None
