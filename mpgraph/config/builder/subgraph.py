"""`@subgraph`: functions that build a graph, as subgraphs for nodes."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from mpgraph.config.subgraph_files import camel_case
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import source_location
from mpgraph.framework.function.decorator import options_class
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class SubgraphFunction(Protocol[P, R]):
    """A function that is registered as a subgraph and can still be called."""

    subgraph: type[Subgraph]
    """The registered class."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function."""
        ...


@overload
def subgraph(function: Callable[P, R], /) -> SubgraphFunction[P, R]: ...
@overload
def subgraph(name: str | None = None, /) -> Callable[[Callable[P, R]], SubgraphFunction[P, R]]: ...
def subgraph(target: Any = None, /) -> Any:
    """Register a function that builds a graph as a subgraph; the function itself is unchanged.

        @mp.subgraph
        def soft_mask(graph: mp.GraphBuilder, *, radius: int = 3) -> None:
            mask = graph.input("MASK", mp.ImageFrame)
            graph.output("MASK", graph.node(Blur, mask, radius=radius))

        node {
          calculator: "SoftMask"
          input_stream: "MASK:mask"
          output_stream: "MASK:soft"
          node_options { [type.googleapis.com/mediapipe.SoftMaskOptions] { radius: 5 } }
        }

    The first parameter receives an empty GraphBuilder. Keyword-only parameters are options, as with
    `@mpgraph.calculator`; alternatively a second parameter, annotated with a dataclass, receives all options.
    The function may return another graph instead: a builder, a config message, text or a path.

    target: the name in graphs; by default the function's in CamelCase.

    Returns the function, with the registered class as its attribute `subgraph`.
    Raises InvalidArgumentError, with file and line, for other parameters.
    """
    scope = sys._getframe(1).f_locals
    if target is None or isinstance(target, str):
        return lambda function: _register(function, target, scope)
    return _register(target, None, scope)


def _register(function: Any, name: str | None, scope: Mapping[str, Any]) -> Any:
    if not inspect.isfunction(function):
        raise InvalidArgumentError(f"subgraph takes a function, not {function!r}. Classes take @register.")
    full_name = name or camel_case(function.__name__)
    positional, keywords = _parameters(function)
    hints = _hints(function, scope)
    options: Any = None
    if keywords:
        for parameter in keywords:
            if parameter not in hints:
                _refuse(function, parameter, "needs a type annotation, as every option does.")
        options = options_class(
            function, {name: (hints[name], parameter.default) for name, parameter in keywords.items()}
        )
    elif len(positional) == 2:
        options = hints.get(positional[1])
        if not (isinstance(options, type) and dataclasses.is_dataclass(options)):
            _refuse(
                function, positional[1], "must be annotated with a dataclass, which declares the options."
            )

    def build(cls: type[Subgraph], graph: Any, options: Any) -> Any:
        if keywords:
            return function(graph, **{name: getattr(options, name) for name in keywords})
        return function(graph, options) if len(positional) == 2 else function(graph)

    namespace = {
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "__qualname__": function.__qualname__,
        "Options": options,
        "build": classmethod(build),
        "defined_at": source_location.of_code(function.__code__),
        "function": staticmethod(function),
    }
    registered = cast(SubgraphFunction[Any, Any], function)
    registered.subgraph = register(full_name)(type(full_name.rpartition(".")[2], (Subgraph,), namespace))
    return registered


def _parameters(function: Any) -> tuple[list[str], dict[str, inspect.Parameter]]:
    """The names of the positional parameters, and the keyword-only ones."""
    positional: list[str] = []
    keywords: dict[str, inspect.Parameter] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            keywords[name] = parameter
        elif parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            _refuse(function, name, "is not allowed: options need names and types.")
        else:
            positional.append(name)
    if not positional:
        text = f"{function.__qualname__}: a subgraph needs a parameter, which receives the GraphBuilder."
        raise InvalidArgumentError(text, location=source_location.of_code(function.__code__))
    if len(positional) > (1 if keywords else 2):
        _refuse(function, positional[-1], "is not allowed: options must be keyword-only, after a *.")
    return positional, keywords


def _hints(function: Any, scope: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, localns=dict(scope), include_extras=True)
    except NameError as error:
        raise InvalidArgumentError(
            f"{function.__qualname__}: {error}. The types of options must be defined where the function is.",
            location=source_location.of_code(function.__code__),
        ) from error


def _refuse(function: Any, parameter: str, why: str) -> typing.NoReturn:
    text = f'{function.__qualname__}: the parameter "{parameter}" {why}'
    raise InvalidArgumentError(text, location=source_location.of_parameter(function.__code__, parameter))
