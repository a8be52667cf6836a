"""Descriptions of registered calculators and subgraphs: for `mpgraph calculators`, drawings and editors.

`names()` lists them, `describe(name)` describes one. Descriptions derive from the declarations of a class, or
from a subgraph's file; no node is needed.
"""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Mapping
from typing import Any

from mpgraph.config.builder.graph_builder import builds, write_subgraph
from mpgraph.config.describe import option_descriptions
from mpgraph.config.describe.description import CALCULATOR, SUBGRAPH, Description, PortDescription
from mpgraph.config.describe.graph_files import describe_graph, ports_of
from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.describe.source_comments import parameter_docs
from mpgraph.config.options import dataclass_schema
from mpgraph.config.port_lists import PORT_LISTS
from mpgraph.config.source import load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.errors import Location, MpgraphError, NotFoundError, UnavailableError, did_you_mean
from mpgraph.framework import plugins
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.packet_type import PayloadType, TypeLike
from mpgraph.framework.ports import Port
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS, load_plugins
from mpgraph.protos import calculator_pb2, extension_for

_BUILT_IN = "mpgraph.calculators."
_DEFAULT_PORTS = "These are the ports of the graph that it builds if no options are set."
_UNKNOWN_PORTS = "The ports are those of the graph that it builds for a node."
_log = logging.getLogger(__name__)


def names() -> list[str]:
    """Return the names of all calculators and subgraphs, sorted: registered, in plug-ins and in files.

    The contents of a plug-in that names a module are listed once the module is imported: see
    `mpgraph.framework.registry.load_plugins`.
    """
    offered = [plugin.name for plugin in plugins.installed() if plugin.attribute]
    return sorted({*CALCULATORS.names(), *SUBGRAPHS.names(), *SubgraphFiles().names(""), *offered})


def describe(name: str) -> Description:
    """Describe the calculator or subgraph that `name` resolves to for a graph in the working directory.

    Raises:
        NotFoundError: there is none; with near matches.
        ImportError: a built-in calculator needs a package that is not installed.
        MpgraphError: the plug-in that ships it cannot be imported, or the file is not a graph.
    """
    found = SUBGRAPHS.find(name, in_plugins=False) or CALCULATORS.find(name, in_plugins=False)
    if found is None and (file := SubgraphFiles().find(name, "")) is not None:
        return describe_graph(name, file)
    found = found or SUBGRAPHS.find(name) or CALCULATORS.find(name)
    if found is None:
        raise NotFoundError(f'There is no calculator or subgraph "{name}".', hint=_near(name))
    return _of_class(name, found)


def describe_all() -> tuple[list[Description], list[MpgraphError]]:
    """Describe all calculators and subgraphs, sorted by name, and import plug-ins.

    Returns the descriptions, and the errors of everything that cannot be loaded.
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
    """A hint with similar names, and names that contain this one."""
    known = names()
    containing = [each for each in known if len(name) > 2 and name.lower() in each.lower()]
    # The shorter a name, the more of it matches.
    parts = [f'"{each}"' for each in sorted(containing, key=len)[:4]]
    near = did_you_mean(name, set(known) - set(containing)) if len(parts) < 2 else ""
    if parts:
        return f"Did you mean {' or '.join(parts)}?" if not near else near.replace("?", f" or {parts[0]}?")
    return near or "All names: mpgraph calculators"


def _of_class(name: str, cls: Any) -> Description:
    is_calculator = issubclass(cls, Calculator)
    in_flight = getattr(cls, "max_in_flight", 1)  # A port of some calculators has this name.
    docs = parameter_docs(cls.function) if hasattr(cls, "function") else {}
    options_type, options_doc, options = _options_of(cls, docs)
    ports = tuple(
        _of_port(port, port_list, docs)
        for port_list, kind in PORT_LISTS.items()
        for port in getattr(cls, "ports", ())
        if isinstance(port, kind)
    )
    contract = _contract_of(cls) if is_calculator else ""
    if not is_calculator:
        ports = _built_ports(name, cls)
        contract = _DEFAULT_PORTS if ports else _UNKNOWN_PORTS
    return Description(
        name,
        CALCULATOR if is_calculator else SUBGRAPH,
        _origin(cls),
        inspect.cleandoc(cls.__doc__ or ""),
        ports,
        contract,
        options_type,
        options_doc,
        options,
        options_type != "" and isinstance(cls.Options, ProtoOptions) and bool(extension_for(options_type)),
        bool(getattr(cls, "blocking", False)),
        in_flight if isinstance(in_flight, int) else 1,
        getattr(cls, "timestamp_offset", None),
        bool(getattr(cls, "process_timestamp_bounds", False)),
        getattr(cls, "input_stream_handler", None),
        _location_of(cls),
    )


def _built_ports(name: str, cls: Any) -> tuple[PortDescription, ...]:
    """The ports of the graph that a subgraph's `build` creates for a node without options."""
    if not builds(cls):
        return ()  # get_config depends on the whole node.
    node = calculator_pb2.CalculatorGraphConfig.Node(calculator=name)
    try:
        return ports_of(load_graph(write_subgraph(cls, node)))[0]
    except Exception as error:
        # User code, which may require what an empty node does not have.
        _log.debug("%s cannot build a graph for an empty node: %s", name, error)
        return ()


def _of_port(port: Port[Any], port_list: str, docs: Mapping[str, str]) -> PortDescription:
    return PortDescription(
        port_list,
        port.name,
        port.tag,
        port.index,
        () if port.same_as is not None else _type_names(port.type),
        port.optional,
        port.repeated,
        port.same_as.tag if port.same_as is not None else None,
        port.doc or docs.get(port.name, ""),
    )


def _type_names(kind: TypeLike) -> tuple[str, ...]:
    if isinstance(kind, tuple):
        return tuple(name for member in kind for name in _type_names(member))
    if isinstance(kind, PayloadType):
        return (kind.name,)
    return (kind.__name__,) if isinstance(kind, type) and kind is not object else ()


def _contract_of(cls: Any) -> str:
    """The docstring of the part of its contract that a class computes."""
    override = next((base for base in cls.__mro__ if "get_contract" in vars(base)), Calculator)
    if override is Calculator or override.__module__ == "mpgraph.framework.function.decorator":
        return ""
    doc = " ".join((override.get_contract.__doc__ or "").partition("\n\n")[0].split())
    if cls.ports:
        return doc
    return f"The ports depend on what a node connects and on its options. {doc}".strip()


def _options_of(cls: Any, docs: Mapping[str, str]) -> tuple[str, str, tuple[OptionDescription, ...]]:
    declared = getattr(cls, "Options", None)
    if declared is None:
        return "", "", ()
    if isinstance(declared, ProtoOptions):
        fields = option_descriptions.message_options(declared.message_class().DESCRIPTOR)
        return declared.full_name, "", fields
    doc = inspect.cleandoc(declared.__doc__ or "")
    if doc.startswith(f"{declared.__name__}("):  # Generated by dataclass().
        doc = ""
    fields = option_descriptions.dataclass_options(declared, vars(cls), docs)
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


def _location_of(cls: Any) -> Location | None:
    """Where the class is defined; for a generated class, where its base is."""
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
