"""Compiled kernels, and the bind groups that connect them to memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mpgraph.gpu.limits import MAX_GROUPS
from mpgraph.gpu.native import Native
from mpgraph.gpu.pool import PooledMemory
from mpgraph.gpu.shader import PARAMETERS_SIZE, Parameter, Shader

Groups = tuple[int, int, int]
"""Numbers of workgroups in x, y and z."""

# Flags of wgpu, repeated here because wgpu is imported on first use only.
_COMPUTE_STAGE, _UNIFORM, _COPY_DST = 4, 0x40, 0x8
_MAX_BIND_GROUPS = 1024

ARENA_SIZE = 64 << 10
"""Bytes of parameters in one submission; WebGPU's limit for the binding of a uniform buffer."""


class Kernel:
    """A compute shader compiled for one device; `layout` and `pipeline` are wgpu's objects."""

    def __init__(self, device: Any, shader: Shader) -> None:
        """Compile.

        Raises:
            wgpu.GPUValidationError: the text is not valid.
        """
        self.shader = shader
        self.layout = device.create_bind_group_layout(
            entries=[
                {"binding": number, "visibility": _COMPUTE_STAGE, **entry}
                for number, entry in shader.bindings
            ],
            label=shader.name,
        )
        self.pipeline = device.create_compute_pipeline(
            layout=device.create_pipeline_layout(bind_group_layouts=[self.layout]),
            compute={
                "module": device.create_shader_module(code=shader.text, label=shader.name),
                "entry_point": "main",
            },
            label=shader.name,
        )

    def groups_over(self, width: int, height: int) -> Groups:
        """The workgroups for one invocation a pixel."""
        x, y, _ = self.shader.workgroup
        return -(-width // x), -(-height // y), 1


def spread(groups: int) -> Groups:
    """A number of workgroups as rows in y, since one dimension allows no more than MAX_GROUPS."""
    rows = -(-groups // MAX_GROUPS)
    return -(-groups // rows), rows, 1


class KernelCall(NamedTuple):
    """One dispatch of a prepared sequence.

    operands: what the bindings refer to, in the order of their numbers, without the parameters. parameters:
    the members of the kernel's `struct Params` by name.
    """

    kernel: Kernel
    operands: Sequence[Any]
    groups: Groups
    parameters: Mapping[str, Parameter] = {}


class PreparedDispatch(NamedTuple):
    """A dispatch whose parameters, if any, never change.

    pipeline, bind_group: addresses. dynamic_offsets: how many offsets the bind group takes: 1 for a kernel
    with parameters, else 0.
    """

    pipeline: int
    bind_group: int
    dynamic_offsets: int
    groups: Groups


class PreparedCalls(NamedTuple):
    """A sequence of dispatches that can be recorded repeatedly. `kept` is what they need alive."""

    dispatches: Sequence[PreparedDispatch]
    kept: Sequence[Any]


class BindGroups:
    """The bind groups of a device. Those of pooled memory are kept, since the pool hands it out again.

    arena: the uniform buffer with the parameters of the dispatches of one submission; see `Commands`.
    """

    def __init__(self, device: Any, native: Native) -> None:
        self._device = device
        self._native = native
        self.arena = self._uniform_buffer(ARENA_SIZE)
        # Kernels and slots compare by identity; the bind group is kept with its address.
        self._known: OrderedDict[tuple[object, ...], tuple[Any, int]] = OrderedDict()

    def prepare(self, calls: Sequence[KernelCall], view: Callable[[Any], Any]) -> PreparedCalls:
        """Upload the parameters of calls, and bind their operands. view: what wgpu binds for an operand.

        Raises:
            wgpu.GPUError: memory is short, or the device is lost.
        """
        layouts = [call.kernel.shader.parameters for call in calls]
        packed = b"".join(
            (b"" if layout is None else layout.pack(call.parameters)).ljust(PARAMETERS_SIZE, b"\0")
            for layout, call in zip(layouts, calls, strict=True)
        )
        uniforms = self._uniform_buffer(max(len(packed), PARAMETERS_SIZE))
        if packed:
            self._device.queue.write_buffer(uniforms, 0, packed)
        address = self._native.address
        dispatches: list[PreparedDispatch] = []
        kept: list[Any] = []
        for number, call in enumerate(calls):
            views = [view(operand) for operand in call.operands]
            group = self._create(call.kernel, views, uniforms, number * PARAMETERS_SIZE)
            # The layout has a dynamic offset for the arena's sake; for prepared calls it is always 0.
            dynamic_offsets = 0 if layouts[number] is None else 1
            pipeline = address(call.kernel.pipeline)
            dispatches.append(PreparedDispatch(pipeline, address(group), dynamic_offsets, call.groups))
            kept.append((group, call))
        return PreparedCalls(dispatches, kept)

    def address(self, kernel: Kernel, slots: Sequence[PooledMemory]) -> int:
        """The address of the bind group of a kernel with these slots, and its parameters in the arena."""
        key = (kernel, *slots)
        found = self._known.get(key)
        if found is None:
            group = self._create(kernel, [slot.view for slot in slots], self.arena, 0)
            found = self._known[key] = (group, self._native.address(group))
            if len(self._known) > _MAX_BIND_GROUPS:
                self._known.popitem(last=False)
        return found[1]

    def forget(self, slot: PooledMemory) -> None:
        """Drop the bind groups of a slot that is given up, which would keep its memory allocated."""
        for key in [key for key in self._known if slot in key]:
            del self._known[key]

    def clear(self) -> None:
        """Drop all bind groups, and with them the memory that only they keep allocated."""
        self._known.clear()

    def _create(self, kernel: Kernel, views: Sequence[Any], parameters: Any, offset: int) -> Any:
        """A new bind group. parameters: the uniform buffer that has them at `offset`."""
        resources = list(views)
        if kernel.shader.parameters is not None:
            resources.insert(0, {"buffer": parameters, "offset": offset, "size": PARAMETERS_SIZE})
        entries = [
            {"binding": number, "resource": resource}
            for (number, _), resource in zip(kernel.shader.bindings, resources, strict=True)
        ]
        return self._device.create_bind_group(layout=kernel.layout, entries=entries, label=kernel.shader.name)

    def _uniform_buffer(self, size: int) -> Any:
        return self._device.create_buffer(size=size, usage=_UNIFORM | _COPY_DST)
