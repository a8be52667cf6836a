"""The executors that a graph declares, including the default executor, and the nodes that name them."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.config.flat import FlatNode
from mpgraph.config.model import ExecutorSpec
from mpgraph.config.source import GraphSource
from mpgraph.errors import ConfigError, Location, MpgraphError, NotFoundError, did_you_mean
from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig
from mpgraph.protos.thread_pool_executor_pb2 import ThreadPoolExecutorOptions


def add_default_executor(config: CalculatorGraphConfig, source: GraphSource) -> list[MpgraphError]:
    """Declare the default executor in `config` unless it is declared, and move `num_threads` into it.

    Returns an error if `num_threads` is negative, or given together with a default executor.
    """
    if config.num_threads < 0:
        text = "The num_threads field in ThreadPoolExecutorOptions should be positive but is "
        text += f"{config.num_threads}."
        location, hint = source.field_location("num_threads"), "Leave it out for a thread per processor."
        return [ConfigError(text, location=location, hint=hint, rule="bad-value")]
    if any(not executor.name for executor in config.executor):
        if not config.num_threads:
            return []
        text = "ExecutorConfig for the default executor and the graph-level num_threads field should not "
        location, hint = source.field_location("num_threads"), "Keep one of the two."
        return [
            ConfigError(f"{text}both be specified.", location=location, hint=hint, rule="duplicate-executor")
        ]
    executor = config.executor.add()
    if config.num_threads:
        executor.options.Extensions[ThreadPoolExecutorOptions.ext].num_threads = config.num_threads
        config.ClearField("num_threads")
    return []


def executor_specs(config: CalculatorGraphConfig) -> list[ExecutorSpec]:
    """Return the executors that the graph declares, in text order."""
    specs = []
    for executor in config.executor:
        given = executor.options.HasExtension(ThreadPoolExecutorOptions.ext)
        pool = executor.options.Extensions[ThreadPoolExecutorOptions.ext]
        threads, prefix = pool.num_threads, pool.thread_name_prefix
        specs.append(ExecutorSpec(executor.name, executor.type, threads, prefix, has_options=given))
    return specs


def executor_errors(
    config: CalculatorGraphConfig, nodes: Sequence[FlatNode], source: GraphSource
) -> list[MpgraphError]:
    """Return the errors in the declared executors and in those that nodes name."""
    errors: list[MpgraphError] = []
    declared: set[str] = set()
    for index, executor in enumerate(config.executor):
        location = source.field_location("executor", index)
        if is_reserved(executor.name):
            errors.append(_reserved(executor.name, location))
        elif executor.name in declared:
            which = f'"{executor.name}"' if executor.name else "the default executor"
            text = f"ExecutorConfig for {which} is duplicate."
            hint = "Remove or rename one of them."
            errors.append(ConfigError(text, location=location, hint=hint, rule="duplicate-executor"))
        declared.add(executor.name)
    for node in nodes:
        name = node.config.executor
        if not name:
            continue
        location = node.location_of("executor", 0)
        if is_reserved(name):
            errors.append(_reserved(name, location))
        elif name not in declared:
            text = f'The executor "{name}" is not declared in an ExecutorConfig.'
            example = f'executor {{ name: "{name}" type: "ThreadPoolExecutor" ... }}'
            hint = f"{did_you_mean(name, declared)} Declare it in the outermost graph: {example}"
            errors.append(ConfigError(text, location=location, hint=hint, rule="unknown-executor"))
    return errors


EXECUTOR_TYPES = ("ApplicationThreadExecutor", "ThreadPoolExecutor")


def executor_type_errors(config: CalculatorGraphConfig, source: GraphSource) -> list[MpgraphError]:
    """Return the errors that the runtime would raise when it creates the executors."""
    errors: list[MpgraphError] = []
    for index, spec in enumerate(executor_specs(config)[: len(source.config.executor)]):
        written = source.executor_source(index)
        location = written.field_location("type")
        if spec.type not in ("", *EXECUTOR_TYPES):
            text = f'Executor "{spec.name}" has the unknown type "{spec.type}".'
            hint = did_you_mean(spec.type, EXECUTOR_TYPES) or f"Known: {', '.join(EXECUTOR_TYPES)}."
            errors.append(NotFoundError(text, location=location, hint=hint, rule="unknown-executor"))
        elif spec.type == "ApplicationThreadExecutor" and spec.name:
            text = f'Executor "{spec.name}" is an ApplicationThreadExecutor.'
            hint = "Only the default executor, without a name, can be one."
            errors.append(ConfigError(text, location=location, hint=hint, rule="bad-value"))
        elif spec.type == "ThreadPoolExecutor" and spec.name and spec.num_threads <= 0:
            text = f'num_threads is not specified in the options of executor "{spec.name}".'
            hint = "Add options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 1 } }."
            errors.append(ConfigError(text, location=written.location, hint=hint, rule="bad-value"))
    return errors


def is_reserved(name: str) -> bool:
    """Whether graphs may not use the name for an executor."""
    return name in ("default", "gpu") or name.startswith("__")


def _reserved(name: str, location: Location | None) -> ConfigError:
    return ConfigError(
        f'"{name}" is a reserved executor name.',
        location=location,
        hint='Choose one that is not "default" or "gpu" and does not start with "__".',
        rule="reserved-executor",
    )
