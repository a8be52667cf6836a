from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import GpuError, InternalError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import GpuContext, current, shared_context, upload
from mpgraph.gpu.context import ArrayPart, texture_of
from mpgraph.gpu.kernel import KernelCall
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.shader import parse_shader
from mpgraph.gpu.warp import resize

ADD = parse_shader(
    "add",
    """
struct Params { count: u32, added: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> given: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.count) { sums[id.x] = given[id.x] + params.added; }
}
""",
)
DOUBLE = parse_shader(
    "double",
    """
@group(0) @binding(0) var<storage, read> given: array<f32>;
@group(0) @binding(1) var<storage, read_write> doubles: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&given)) { doubles[id.x] = given[id.x] * 2.0; }
}
""",
)


def test_device_has_the_default_limits_and_no_features(context: GpuContext) -> None:
    limits = context.device.limits
    for name in ("max-texture-dimension-2d", "max-compute-invocations-per-workgroup"):
        assert limits[name] == DEFAULT_LIMITS[name]
    assert limits["max-storage-buffers-per-shader-stage"] == 8
    assert "shader-f16" not in context.device.features


def test_opening_a_device_leaves_no_thread() -> None:
    before = threading.enumerate()
    opened = GpuContext()
    assert opened.info and threading.enumerate() == before
    opened.device.destroy()


def test_all_graphs_share_the_context() -> None:
    assert current() is current()


def test_more_dispatches_than_one_submission_holds(context: GpuContext) -> None:
    kernel = context.kernel(ADD)
    given = context.upload_array(np.arange(100, dtype=np.float32))
    results = [context.new_array((100,)) for _ in range(600)]  # a submission holds 256
    for number, result in enumerate(results):
        context.dispatch(kernel, [given, result], (2, 1, 1), {"count": 100, "added": number})
    for number in (0, 255, 256, 599):
        assert (results[number].read() == np.arange(100) + number).all()


def test_prepared_calls_run_repeatedly(context: GpuContext) -> None:
    double, add = context.kernel(DOUBLE), context.kernel(ADD)
    first, second = context.upload_array(np.ones(64, np.float32)), context.new_array((64,))
    calls = [
        KernelCall(double, [first, second], (1, 1, 1)),
        KernelCall(add, [second, first], (1, 1, 1), {"count": 64, "added": 0.5}),
        KernelCall(add, [first, second], (1, 1, 1), {"count": 64, "added": -1}),
        KernelCall(double, [second, first], (1, 1, 1)),
    ]
    prepared = context.prepare(calls)
    expected = 1.0
    for _ in range(3):
        context.run(prepared)
        expected = (expected * 2 + 0.5 - 1) * 2
    assert (first.read() == expected).all()


def test_wrong_parameters_are_reported_as_an_internal_error(context: GpuContext) -> None:
    kernel, array = context.kernel(ADD), context.new_array((64,))
    call = KernelCall(kernel, [array, context.new_array((64,))], (1, 1, 1), {"count": 64})
    for attempt in (lambda: context.dispatch(*call), lambda: context.prepare([call])):
        with pytest.raises(InternalError, match="The shader add and its caller disagree about added"):
            attempt()


def test_parts_of_an_array_can_be_operands(context: GpuContext) -> None:
    whole = context.upload_array(np.arange(192, dtype=np.float32))
    result = context.new_array((64,))
    kernel = context.kernel(DOUBLE)
    prepared = context.prepare([KernelCall(kernel, [ArrayPart(whole, 256, 256), result], (1, 1, 1))])
    del whole
    context.upload_array(np.zeros(192, np.float32))  # Not in the memory that the call uses.
    context.run(prepared)
    assert (result.read() == 2 * np.arange(64, 128)).all()


def test_memory_of_frames_is_reused(context: GpuContext) -> None:
    frame = ImageFrame.wrap(np.zeros((90, 70, 3), np.uint8))

    def one_frame() -> None:
        resize(upload(frame, context), 31, 17).to_frame()

    for _ in range(3):
        one_frame()
    before = context.resources_created
    for _ in range(20):
        one_frame()
    assert context.resources_created == before


def test_uploads_before_a_submission_do_not_overwrite_each_other(context: GpuContext) -> None:
    results = []
    for value in range(10):  # The use of each upload is recorded, not executed.
        image = upload(ImageFrame.wrap(np.full((8, 8, 4), value, np.uint8)), context)
        results.append(resize(image, 4, 4))
        del image
    assert [int(result.to_frame().pixels[0, 0, 0]) for result in results] == list(range(10))


def test_payloads_may_be_collected_on_any_thread(context: GpuContext) -> None:
    def work() -> None:
        for value in range(20):
            image = upload(ImageFrame.wrap(np.full((16, 16, 3), value, np.uint8)), context)
            assert (resize(image, 5, 5).to_frame().pixels == value).all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()


def test_operands_on_another_gpu_are_rejected(context: GpuContext, own_context: GpuContext) -> None:
    kernel = context.kernel(DOUBLE)
    theirs = own_context.upload_array(np.ones(64, np.float32))
    with pytest.raises(ValueError, match="An image or tensor is on .*, but the graph runs on"):
        context.dispatch(kernel, [theirs, context.new_array((64,))], (1, 1, 1))


def test_array_beyond_the_binding_limit_is_rejected(context: GpuContext) -> None:
    with pytest.raises(ValueError, match="134217732 bytes|do not fit on the GPU"):
        context.new_array(((128 << 20) // 4 + 1,))


def test_lost_device_is_reported_and_replaced(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    monkeypatch.setattr(shared_context, "_contexts", {"": own_context})
    image = upload(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8)))
    assert image.to_frame()
    own_context.device.destroy()
    for _ in range(2):
        with pytest.raises(GpuError, match="was lost: .* Start the graph again"):
            resize(image, 2, 2).to_frame()
    again = current()
    assert again is not own_context
    assert upload(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8))).to_frame()
    again.device.destroy()


GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "in" output_stream: "gpu" }
    node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "gpu" output_stream: "out" }"""
FRAME = mp.packet_creator.create_image_frame(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8)))


def test_thousand_starts_leak_nothing(context: GpuContext) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    received: list[mp.Packet] = []
    graph.observe_output_stream("out", lambda _, packet: received.append(packet))
    for start in range(1000):
        graph.start_run()
        if start % 100 == 0:
            graph.add_packet_to_input_stream("in", FRAME, start)
        graph.close()
    assert len(received) == 10 and context._users == 0
    received.clear()
    gc.collect()
    context.trim()
    assert not context._pool._free and len(context._pool._lent) <= 1  # the slot of `blank`


def test_device_lost_during_a_run_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    monkeypatch.setattr(shared_context, "_contexts", {"": own_context})
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    graph.start_run()
    graph.add_packet_to_input_stream("in", FRAME, 0)
    graph.wait_until_idle()
    own_context.device.destroy()
    graph.add_packet_to_input_stream("in", FRAME, 1)
    with pytest.raises(RuntimeError, match="was lost"):
        graph.wait_until_idle()
    with pytest.raises(RuntimeError, match="was lost: .* Start the graph again"):
        graph.close()


def test_device_lost_while_waiting_for_a_result(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    result = own_context.upload_array(np.zeros(1000, np.float32))
    started = own_context.native.start_mapping

    def start_and_lose(buffer: object, size: int) -> int:
        ticket = started(buffer, size)
        own_context.device.destroy()
        return ticket

    monkeypatch.setattr(own_context.native, "start_mapping", start_and_lose)
    with pytest.raises(GpuError, match="was lost"):
        result.read()


def test_unused_uploads_are_freed(own_context: GpuContext) -> None:
    submissions = own_context._commands.submission
    own_context.upload_array(np.zeros(1000, np.float32))
    own_context.trim()
    assert own_context._commands.submission == submissions + 1
    assert not own_context._pool._free and not own_context._pool._lent


FORKING = """
import os
import numpy as np
import mpgraph as mp
frame = mp.ImageFrame(mp.ImageFormat.SRGB, np.zeros((4, 4, 3), np.uint8))
image = mp.gpu.upload(frame)
child = os.fork()
if child == 0:
    for attempt in (image.to_frame, lambda: mp.gpu.upload(frame), mp.gpu.GpuContext):
        try:
            attempt()
        except mp.MpgraphError as error:
            print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
assert image.to_frame()
"""


def test_forked_process_gets_an_error_instead_of_a_deadlock() -> None:
    if not hasattr(os, "fork"):
        return
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKING], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout.count(
            'drivers do not survive that. Start processes with multiprocessing.get_context("spawn")'
        )
        == 3
    )


def test_memory_is_bounded_when_every_image_has_another_size(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    monkeypatch.setattr("mpgraph.gpu.pool.MAX_FREE_BYTES", 100_000)
    for side in range(50, 100):
        image = upload(ImageFrame.wrap(np.zeros((side, side, 4), np.uint8)), own_context)
        resize(image, 9, 9).to_frame()
    del image
    own_context.new_array((1,))  # Makes the pool collect what was returned.
    assert own_context._pool._free_bytes <= 100_000
    bound = own_context._bind_groups._known
    assert len(bound) < 10  # A bind group would keep memory allocated that was given up.


def test_application_chooses_the_gpu_of_a_graph(context: GpuContext, own_context: GpuContext) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    graph.set_service(mp.gpu.GPU_SERVICE, own_context)
    received: list[mp.GpuBuffer] = []
    graph.observe_output_stream("gpu", lambda _, packet: received.append(packet.payload))
    graph.start_run()
    assert own_context._users == 1
    graph.add_packet_to_input_stream("in", FRAME, 0)
    graph.close()
    assert texture_of(received[0]).context is own_context and own_context._users == 0


TURN = """
    input_stream: "in" output_stream: "out"
    node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "in" output_stream: "gpu" }
    node {
      calculator: "ImageTransformationCalculator"
      input_stream: "IMAGE_GPU:gpu" output_stream: "IMAGE_GPU:turned"
      options { [mediapipe.ImageTransformationCalculatorOptions.ext] { rotation_mode: ROTATION_90 } }
    }
    node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "turned" output_stream: "out" }"""


def test_concurrent_graphs_get_their_own_images(context: GpuContext) -> None:
    def work(seed: int) -> None:
        random = np.random.default_rng(seed)
        sent = [random.integers(0, 256, (*random.integers(1, 60, 2), 3), np.uint8) for _ in range(20)]
        graph = mp.CalculatorGraph(graph_config=TURN)
        received: list[mp.ImageFrame] = []
        graph.observe_output_stream("out", lambda _, packet: received.append(packet.payload))
        graph.start_run()
        for t, pixels in enumerate(sent):
            graph.add_packet_to_input_stream("in", mp.make_packet(ImageFrame.wrap(pixels), t))
        graph.close()
        pairs = zip(sent, received, strict=True)
        results.append(all((frame.pixels == np.rot90(pixels)).all() for pixels, frame in pairs))

    results: list[bool] = []
    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4
