from __future__ import annotations

import gc
import os
import struct
import subprocess
import sys
import threading

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import GpuError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import GpuContext, current, upload
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.memory import texture_of
from mpgraph.gpu.warp import resize

ADD = """
struct Parameters { count: u32, added: f32 }
@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> given: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < parameters.count) { sums[id.x] = given[id.x] + parameters.added; }
}
"""
DOUBLE = """
@group(0) @binding(0) var<storage, read> given: array<f32>;
@group(0) @binding(1) var<storage, read_write> doubles: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&given)) { doubles[id.x] = given[id.x] * 2.0; }
}
"""


def test_a_device_has_the_default_limits_and_no_features(context: GpuContext) -> None:
    limits = context.device.limits
    for name in ("max-texture-dimension-2d", "max-compute-invocations-per-workgroup"):
        assert limits[name] == DEFAULT_LIMITS[name]
    assert limits["max-storage-buffers-per-shader-stage"] == 8
    assert "shader-f16" not in context.device.features


def test_opening_it_leaves_no_thread() -> None:
    before = threading.enumerate()
    made = GpuContext()
    assert made.info and threading.enumerate() == before
    made.device.destroy()


def test_all_graphs_share_it() -> None:
    assert current() is current()


def test_many_dispatches_with_parameters_of_their_own(context: GpuContext) -> None:
    kernel = context.kernel("add", ADD)
    given = context.upload_array(np.arange(100, dtype=np.float32))
    results = [context.new_array((100,)) for _ in range(600)]  # more than one submission can have
    for number, result in enumerate(results):
        context.dispatch(kernel, [given, result], (2, 1, 1), struct.pack("If", 100, number))
    for number in (0, 255, 256, 599):
        assert (results[number].read() == np.arange(100) + number).all()


def test_a_plan_runs_again_and_again(context: GpuContext) -> None:
    kernel = context.kernel("double", DOUBLE)
    first, second = context.upload_array(np.ones(64, np.float32)), context.new_array((64,))
    plan = context.plan([(kernel, [first, second], (1, 1, 1)), (kernel, [second, first], (1, 1, 1))])
    for _ in range(3):
        context.run(plan)
    assert (first.read() == 64).all()


def test_memory_comes_back_and_is_used_again(context: GpuContext) -> None:
    frame = ImageFrame.wrap(np.zeros((90, 70, 3), np.uint8))

    def one_frame() -> None:
        resize(upload(frame, context), 31, 17).to_frame()

    for _ in range(3):
        one_frame()
    made = context.resources_made
    for _ in range(20):
        one_frame()
    assert context.resources_made == made


def test_pictures_uploaded_before_a_submission_do_not_overwrite_each_other(context: GpuContext) -> None:
    results = []
    for value in range(10):  # Each upload ends with its use recorded, not done.
        picture = upload(ImageFrame.wrap(np.full((8, 8, 4), value, np.uint8)), context)
        results.append(resize(picture, 4, 4))
        del picture
    assert [int(result.to_frame().pixels[0, 0, 0]) for result in results] == list(range(10))


def test_payloads_may_end_on_any_thread(context: GpuContext) -> None:
    def work() -> None:
        for value in range(20):
            picture = upload(ImageFrame.wrap(np.full((16, 16, 3), value, np.uint8)), context)
            assert (resize(picture, 5, 5).to_frame().pixels == value).all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()


def test_what_is_on_another_gpu_is_refused(context: GpuContext, own_context: GpuContext) -> None:
    kernel = context.kernel("double", DOUBLE)
    theirs = own_context.upload_array(np.ones(64, np.float32))
    with pytest.raises(ValueError, match="A picture or tensor is on .*, but the graph runs on"):
        context.dispatch(kernel, [theirs, context.new_array((64,))], (1, 1, 1))


def test_a_shader_that_is_wrong(context: GpuContext) -> None:
    with pytest.raises(GpuError, match='The shader "broken" does not compile'):
        context.kernel("broken", "@compute @workgroup_size(1) fn main() { oops }")


def test_too_much_for_one_buffer(context: GpuContext) -> None:
    with pytest.raises(ValueError, match="134217732 bytes|do not fit on the GPU"):
        context.new_array(((128 << 20) // 4 + 1,))


def test_a_lost_device_is_told_of_and_replaced(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    from mpgraph.gpu import opened

    monkeypatch.setattr(opened, "_contexts", {"": own_context})
    picture = upload(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8)))
    assert picture.to_frame()
    own_context.device.destroy()
    for _ in range(2):
        with pytest.raises(GpuError, match="was lost: .* Start the graph again"):
            resize(picture, 2, 2).to_frame()
    again = current()
    assert again is not own_context
    assert upload(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8))).to_frame()
    again.device.destroy()


GRAPH = """
    input_stream: "in" output_stream: "out"
    node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "in" output_stream: "gpu" }
    node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "gpu" output_stream: "out" }"""
FRAME = mp.packet_creator.create_image_frame(ImageFrame.wrap(np.zeros((4, 4, 3), np.uint8)))


def test_a_thousand_starts_leave_nothing_behind(context: GpuContext) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    seen: list[mp.Packet] = []
    graph.observe_output_stream("out", lambda _, packet: seen.append(packet))
    for start in range(1000):
        graph.start_run()
        if start % 100 == 0:
            graph.add_packet_to_input_stream("in", FRAME, start)
        graph.close()
    assert len(seen) == 10 and context._users == 0
    seen.clear()
    gc.collect()
    context.trim()
    assert not context._pool._free and len(context._pool._lent) <= 1  # that of `blank`


def test_a_device_lost_in_a_run_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    from mpgraph.gpu import opened

    monkeypatch.setattr(opened, "_contexts", {"": own_context})
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


def test_a_device_lost_while_a_result_is_awaited(
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


def test_what_was_uploaded_in_vain_is_given_up(own_context: GpuContext) -> None:
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
picture = mp.gpu.upload(frame)
child = os.fork()
if child == 0:
    for attempt in (picture.to_frame, lambda: mp.gpu.upload(frame), mp.gpu.GpuContext):
        try:
            attempt()
        except mp.MpgraphError as error:
            print(error, flush=True)
    os._exit(0)
os.waitpid(child, 0)
assert picture.to_frame()
"""


def test_a_forked_process_is_told_instead_of_waiting_for_ever() -> None:
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


def test_pictures_of_ever_new_sizes_take_no_more_memory(
    monkeypatch: pytest.MonkeyPatch, own_context: GpuContext
) -> None:
    monkeypatch.setattr("mpgraph.gpu.pool.MAX_FREE_BYTES", 100_000)
    for side in range(50, 100):
        picture = upload(ImageFrame.wrap(np.zeros((side, side, 4), np.uint8)), own_context)
        resize(picture, 9, 9).to_frame()
    del picture
    own_context.new_array((1,))  # Looks after what came back.
    assert own_context._pool._free_bytes <= 100_000
    bound = own_context._bindings._known
    assert len(bound) < 10  # A bind group would keep the memory of what was given up.


def test_an_application_may_choose_the_gpu_of_a_graph(context: GpuContext, own_context: GpuContext) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    graph.set_service(mp.gpu.GPU_SERVICE, own_context)
    seen: list[mp.GpuBuffer] = []
    graph.observe_output_stream("gpu", lambda _, packet: seen.append(packet.payload))
    graph.start_run()
    assert own_context._users == 1
    graph.add_packet_to_input_stream("in", FRAME, 0)
    graph.close()
    assert texture_of(seen[0]).context is own_context and own_context._users == 0


TURN = """
    input_stream: "in" output_stream: "out"
    node { calculator: "ImageFrameToGpuBufferCalculator" input_stream: "in" output_stream: "gpu" }
    node {
      calculator: "ImageTransformationCalculator"
      input_stream: "IMAGE_GPU:gpu" output_stream: "IMAGE_GPU:turned"
      options { [mediapipe.ImageTransformationCalculatorOptions.ext] { rotation_mode: ROTATION_90 } }
    }
    node { calculator: "GpuBufferToImageFrameCalculator" input_stream: "turned" output_stream: "out" }"""


def test_graphs_side_by_side_get_their_own_pictures(context: GpuContext) -> None:
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
