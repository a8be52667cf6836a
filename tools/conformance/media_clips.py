"""The clips of the media matrix: what people's cameras, phones and programs write, made with ffmpeg.

Each clip shows four quadrants (red, green / blue, white), and its sound is silent until a beep at 0.2 s, so
that what comes out of a conversion can be checked: orientation, colors, times and synchrony.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
from media_codecs import AAC, CONTAINERS, H264, SOUND, TARGETS, VIDEO

_Labels = tuple[str, ...]
_Color = tuple[int, int, int]

RATE = 20
BEEP_AT = 0.2
RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 220, 30), (30, 30, 220), (235, 235, 235)
UPRIGHT = (RED, GREEN, BLUE, WHITE)
"""The quadrants from top left to bottom right, row by row."""

_SAMPLE_STEP = 4


@dataclass(frozen=True)
class Clip:
    """A file to convert.

    name: of the file. group: the part of the matrix. video, sound: options of ffmpeg; without `sound` the
        file is silent. beep: the sound, an expression of ffmpeg. before: options before the first input.
    alter: changes the written file. target: the suffix to convert to.
    quadrants: as they are seen; () if they cannot be checked. is_turned: by a quarter.
    refused: the error, a regular expression, of a file that cannot be converted. frames: how many it has, of
        `count` that are given to ffmpeg; None if that depends on the damage.
    """

    name: str
    group: str
    video: str = H264
    sound: str = ""
    size: tuple[int, int] = (64, 48)
    count: int = 8
    frames: int | None = 8
    beep: str = f"if(gte(t\\,{BEEP_AT})\\,sin(2*PI*1000*t)/2\\,0):d=0.4:s=44100"
    before: str = ""
    alter: Callable[[bytes], bytes] | None = None
    target: str = ".mp4"
    quadrants: tuple[_Color, ...] = UPRIGHT
    is_turned: bool = False
    refused: str = ""
    labels: tuple[str, ...] = ()

    def make(self, folder: Path) -> Path:
        """Write the file into a folder."""
        path = folder / self.name
        width, height = self.size
        inputs = f"{self.before} -f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {RATE} -i pipe:0"
        if self.sound:
            inputs += f" -f lavfi -i aevalsrc={self.beep}"
        command = f"ffmpeg -v error -y -nostdin {inputs} {self.video} {self.sound}"
        done = subprocess.run(
            [*command.split(), str(path)],
            input=b"".join(frame(width, height, index).tobytes() for index in range(self.count)),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr.decode(errors='replace')}")
        if self.alter is not None:
            path.write_bytes(self.alter(path.read_bytes()))
        return path


def frame(width: int, height: int, index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A frame, HxWx3 RGB. A corner changes, because some encoders drop frames without a change."""
    pixels = np.zeros((height, width, 3), np.uint8)
    across, down = width - width // 2, height - height // 2
    pixels[:down, :across], pixels[:down, across:] = RED, GREEN
    pixels[down:, :across], pixels[down:, across:] = BLUE, WHITE
    pixels[: height // 6, : width // 6] = 60 * (index % 4)
    return pixels


def available(kind: str) -> bool:
    """Whether this ffmpeg has the encoder of a sound."""
    if shutil.which("ffmpeg") is None:
        return False
    encoders = subprocess.run(["ffmpeg", "-v", "error", "-encoders"], capture_output=True, text=True)
    return f" {SOUND[kind].split()[1]} " in encoders.stdout


def containers() -> Iterator[Clip]:
    """Every container with each of its codecs for frames and for sound."""
    number = 0
    for suffix, (codecs, sounds) in CONTAINERS.items():
        for codec in codecs.split():
            for sound in sounds.split():
                if sound == "amr" and not available(sound):
                    continue
                name = f"{codec}-{sound}{suffix}" if sound != "-" else f"{codec}{suffix}"
                video = VIDEO[codec] + (" -f asf" if suffix == ".asf" else "")
                # Codecs with fixed frame rates drop or repeat frames of the 20 a second.
                frames = None if "-r " in video else 8
                yield Clip(
                    name,
                    "containers and codecs",
                    video,
                    SOUND[sound],
                    frames=frames,
                    target=TARGETS[number % len(TARGETS)],
                    # FFmpeg reads no animated WebP; as an image, its first frame is converted.
                    refused="is not an image format" if codec == "webp" else "",
                    labels=(suffix, codec, sound),
                )
                number += 1


_PIXELS = {
    "libx264": "yuv422p yuv444p yuv420p10le yuv422p10le gray",
    "libx265": "yuv420p10le yuv422p10le yuv444p12le gray gbrp",
    "ffv1": "gray gray16le yuv410p yuv444p16le yuva420p bgra rgb48le gbrp10le",
    "png": "rgb24 rgba pal8 gray rgb48be monob",
    "libvpx-vp9": "yuv422p yuv444p yuv420p10le gbrp",
    "prores_ks": "yuv422p10le yuv444p10le yuva444p10le",
    "mjpeg": "yuvj422p yuvj444p",
    "rawvideo": "nv12 yuyv422 uyvy422 bgr24 rgb555le gray pal8",
    "qtrle": "rgb24 argb gray",
    "huffyuv": "rgb24",
}


def pixel_formats() -> Iterator[Clip]:
    """Bits, subsampling, grey, palettes, transparency."""
    for codec, names in _PIXELS.items():
        for name in names.split():
            speed = " -preset ultrafast" if codec.startswith("libx") else ""
            quiet = " -x265-params log-level=none" if codec == "libx265" else ""
            video = f"-c:v {codec}{speed}{quiet} -pix_fmt {name}"
            suffix = ".mkv" if codec in ("ffv1", "libvpx-vp9", "huffyuv") else ".mov"
            suffix = ".avi" if codec == "rawvideo" else suffix
            yield Clip(f"{codec}-{name}{suffix}", "pixel formats", video, labels=(codec, name))
    # With "strict" off, ffmpeg writes a file that it cannot read.
    video = "-c:v rawvideo -pix_fmt p010le -strict -2"
    yield Clip("rawvideo-p010le.mov", "pixel formats", video, refused="no frame that can be decoded")


def sounds() -> Iterator[Clip]:
    """Sound of other shapes than the frames'."""
    group = "sound"
    long = Clip.beep.replace("d=0.4", "d=1.2")
    short = Clip.beep.replace("d=0.4", "d=0.25")
    two = f"-f lavfi -i aevalsrc={Clip.beep}"
    both = "-map 1 -map 0 -map 2"
    yield Clip("two-tracks.mp4", group, f"{both} {H264}", AAC, before=two)
    yield Clip("two-codecs.mkv", group, f"{both} {H264}", "-c:a:0 libvorbis -c:a:1 ac3", before=two)
    yield Clip("longer.mp4", group, sound=AAC, beep=long)
    yield Clip("longer.avi", group, "-c:v mpeg4", "-c:a libmp3lame", beep=long)
    yield Clip("shorter.mp4", group, sound=AAC, beep=short)
    yield Clip("later.mp4", group, sound=f"-af asetpts=PTS+0.15/TB {AAC}")
    yield Clip("later.mkv", group, sound="-af asetpts=PTS+0.15/TB -c:a flac", target=".mkv")
    yield Clip(
        "earlier.mkv", group, f"-vf setpts=PTS+0.15/TB {H264}", "-c:a libopus -ar 48000", target=".webm"
    )
    yield Clip("mono-8k.mov", group, sound="-c:a pcm_s16le -ac 1 -ar 8000")
    yield Clip("surround.mkv", group, sound="-c:a flac -ac 6", target=".webm")
    yield Clip("surround-7.1.mkv", group, sound="-c:a pcm_s16le -ac 8")
    yield Clip("rate-96k.mkv", group, sound="-c:a flac -ar 96000", target=".webm")
    yield Clip("float.mkv", group, sound="-c:a pcm_f32le")
    yield Clip("eight-bit.avi", group, "-c:v mjpeg", "-c:a pcm_u8")
    yield Clip("adpcm.avi", group, "-c:v mjpeg", "-c:a adpcm_ms")
    yield Clip("mulaw.mov", group, sound="-c:a pcm_mulaw -ar 8000 -ac 1")
    yield Clip("gif-out.mp4", group, sound=AAC, target=".gif")


def _turned(matrix: tuple[int, ...]) -> Callable[[bytes], bytes]:
    """Set the display matrix of an MP4's only track (ISO 14496-12, 8.3.2): a b u c d v x y w."""

    def alter(data: bytes) -> bytes:
        start = data.index(b"tkhd") + 4 + 40
        a, b, c, d = (value << 16 for value in matrix)
        values = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
        packed = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
        return data[:start] + packed + data[start + len(packed) :]

    return alter


_MATRICES = {
    "90": (0, 1, -1, 0),
    "180": (-1, 0, 0, -1),
    "270": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside-down": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
}


def rotations() -> Iterator[Clip]:
    """Display matrices: a camera that was held otherwise, or mirrors."""
    quarter = {
        "90": (BLUE, RED, WHITE, GREEN),
        "270": (GREEN, WHITE, RED, BLUE),
        "transposed": (RED, BLUE, GREEN, WHITE),
    }
    half = {
        "180": (WHITE, BLUE, GREEN, RED),
        "mirrored": (GREEN, RED, WHITE, BLUE),
        "upside-down": (BLUE, WHITE, RED, GREEN),
    }
    seen = {**quarter, **half}

    def turned(name: str, file: str, video: str, sound: str = "") -> Clip:
        return Clip(
            file,
            "rotation",
            video,
            sound,
            alter=_turned(_MATRICES[name]),
            quadrants=seen[name],
            is_turned=name in quarter,
        )

    for name in seen:
        for codec in ("h264", "hevc"):
            yield turned(name, f"{codec}-{name}.mp4", VIDEO[codec], AAC)
        yield turned(name, f"{name}.mov", "-c:v prores_ks")
    yield turned("90", "h264-90-anamorphic.mp4", f"-vf setsar=4/3 {H264}")
    for degrees, name in ((90, "270"), (180, "180"), (270, "90")):
        options = f"{H264} -bsf:v h264_metadata=display_orientation=insert:rotate={degrees}"
        yield Clip(
            f"in-stream-{degrees}.ts", "rotation", options, quadrants=seen[name], is_turned=name in quarter
        )


def sizes() -> Iterator[Clip]:
    """Odd, tiny and wide frames, and pixels that are not square."""
    for width, height in (
        (1, 1),
        (2, 2),
        (3, 1),
        (1, 64),
        (17, 33),
        (65, 47),
        (4096, 16),
        (16, 2160),
        (1920, 1088),
    ):
        seen = UPRIGHT if min(width, height) >= 16 else ()
        count = 2 if width * height > 1_000_000 else 8
        for codec, suffix in (
            ("ffv1 -pix_fmt bgr0", ".mkv"),
            ("libx264 -preset ultrafast -pix_fmt yuv444p", ".mp4"),
        ):
            yield Clip(
                f"{width}x{height}{suffix}",
                "sizes",
                f"-c:v {codec}",
                size=(width, height),
                count=count,
                frames=count,
                quadrants=seen,
            )
    for codec in ("vp9", "mpeg4", "mjpeg"):
        yield Clip(f"{codec}-33x17.mkv", "sizes", VIDEO[codec], size=(33, 17))
    for name, ratio in (("anamorphic", "16/11"), ("narrow", "8/9")):
        for target in (".mp4", ".mkv", ".webm"):
            video = f"-vf setsar={ratio} {H264}"
            yield Clip(f"{name}-to-{target[1:]}.mp4", "sizes", video, target=target)
    yield Clip(
        "interlaced.mp4", "sizes", f"-vf tinterlace=4 -flags +ilme+ildct {H264}", frames=4, quadrants=()
    )
    yield Clip("interlaced.mpg", "sizes", "-c:v mpeg2video -flags +ilme+ildct -q:v 2 -r 25", frames=None)


def damaged() -> tuple[Clip, ...]:
    """Files that end early, or are broken within."""
    group = "damage"
    cut = 0.6

    def half(data: bytes) -> bytes:
        return data[: int(len(data) * cut)]

    def scrambled(data: bytes) -> bytes:
        middle = len(data) // 2
        return data[:middle] + bytes(200) + data[middle + 200 :]

    def noisy(codec: str) -> str:
        return f"-vf noise=alls=20 {codec}"

    def cut_off(name: str, video: str, sound: str = "", seen: tuple[_Color, ...] = UPRIGHT) -> Clip:
        return Clip(name, group, video, sound, count=40, frames=None, alter=half, quadrants=seen)

    return (
        Clip(
            "cut.mp4",
            group,
            noisy(H264),
            count=40,
            alter=half,
            refused="damaged or cut off at its start or index",
        ),
        cut_off("cut-index-first.mp4", noisy(f"{H264} -movflags +faststart")),
        cut_off("cut-fragmented.mp4", noisy(f"{H264} -g 5 -movflags frag_keyframe")),
        cut_off("cut.mkv", noisy(VIDEO["mpeg4"])),
        cut_off("cut.webm", noisy(VIDEO["vp9"]), "-c:a libopus -ar 48000"),
        cut_off("cut.avi", noisy("-c:v mjpeg"), "-c:a libmp3lame"),
        cut_off("cut.ts", noisy(H264), "-c:a mp2"),
        cut_off("cut.h264", noisy(H264)),
        cut_off("cut.gif", "-vf noise=alls=20:allf=t -c:v gif", seen=()),
        cut_off("cut.flv", noisy("-c:v flv")),
        Clip("scrambled.mp4", group, noisy(H264), count=40, frames=None, alter=scrambled, quadrants=()),
        Clip("scrambled.mkv", group, noisy(H264), count=40, frames=None, alter=scrambled, quadrants=()),
        Clip("scrambled.ts", group, noisy(H264), count=40, frames=None, alter=scrambled, quadrants=()),
        Clip("start-only.mp4", group, alter=lambda data: data[:40], refused="not a video|damaged"),
        Clip("text.mp4", group, alter=lambda _: b"a text, not a video\n", refused="not a video"),
        Clip("empty.mkv", group, alter=lambda _: b"", refused="is empty"),
        Clip("zeros.avi", group, alter=lambda data: bytes(len(data)), refused="not a video"),
        Clip("no-frames.mp4", group, count=0, refused="no frame|no video|not a video"),
        Clip("only-sound.mp4", group, "-vn", AAC, refused="contains only audio"),
        Clip("only-sound.mkv", group, "-vn", "-c:a flac", refused="contains only audio"),
    )


def times() -> Iterator[Clip]:
    """Frame times that are irregular, missing, repeated, late, negative."""
    group = "times"
    vfr = "-vf setpts=(N*N+N)*0.01/TB -fps_mode vfr -enc_time_base 1/1000"
    yield Clip("variable.mp4", group, f"{vfr} {H264}", AAC)
    yield Clip("variable.mkv", group, f"{vfr} {H264}", AAC, target=".mkv")
    yield Clip("variable.webm", group, f"{vfr} {VIDEO['vp9']}", target=".webm")
    yield Clip("one-frame.mp4", group, count=1, frames=1)
    yield Clip("one-frame.gif", group, "-c:v gif", count=1, frames=1)
    yield Clip("b-frames.mp4", group, "-c:v libx264 -preset medium -bf 3 -pix_fmt yuv420p", AAC)
    yield Clip("b-frames.avi", group, "-c:v mpeg4 -bf 2", "-c:a libmp3lame")
    yield Clip(
        "open-gop.ts", group, "-c:v libx264 -bf 3 -x264-params open-gop=1:keyint=4 -pix_fmt yuv420p", AAC
    )
    yield Clip("late-start.ts", group, f"{H264} -muxdelay 0 -output_ts_offset 50000", AAC)
    yield Clip("before-zero.mkv", group, f"{H264} -output_ts_offset -0.1 -avoid_negative_ts disabled", AAC)
    yield Clip("edit-list.mp4", group, f"{H264} -output_ts_offset 0.3", AAC)
    yield Clip("fast.mp4", group, f"-vf settb=1/240,setpts=N -r 240 {H264}")
    yield Clip("slow.mp4", group, f"-vf settb=1/1,setpts=N -r 1 {H264}")
    yield Clip("film.mov", group, f"-vf settb=1001/24000,setpts=N -r 24000/1001 {H264}", AAC)
    yield Clip(
        "repeated.nut", group, "-vf setpts=floor(N/2)/10/TB -fps_mode passthrough -c:v ffv1 -pix_fmt yuv420p"
    )
    yield Clip("hour.mkv", group, f"{H264} -output_ts_offset 3600", AAC)
    yield Clip("grey-clock.gif", group, "-c:v gif -r 10", frames=None)


_BT2020 = "-color_primaries bt2020 -colorspace bt2020nc -color_trc"
_X265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none:colorprim=bt2020"
_DISPLAY = "G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,1)"
_MASTERING = f":hdr10=1:max-cll=1000,400:master-display={_DISPLAY}"


def dolby_vision(profile: int, compatible_with: int) -> Callable[[bytes], bytes]:
    """Add a configuration record to the only track of an MP4 whose index comes last."""

    def alter(data: bytes) -> bytes:
        bits = profile << 9 | 3 << 3 | 0b101
        content = bytes((1, 0)) + bits.to_bytes(2, "big") + bytes((compatible_with << 4,)) + bytes(19)
        box = (8 + len(content)).to_bytes(4, "big") + (b"dvcC" if profile < 8 else b"dvvC") + content
        changed, position = bytearray(data), 0
        for parent in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"):
            position = changed.index(parent, position)
            _grow(changed, position - 4, len(box))
        entry = position + 12
        end = entry + int.from_bytes(changed[entry : entry + 4], "big")
        _grow(changed, entry, len(box))
        changed[end:end] = box
        return bytes(changed)

    return alter


def _grow(data: bytearray, at: int, by: int) -> None:
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "big") + by).to_bytes(4, "big")


def hdr10_plus(data: bytes) -> bytes:
    """Add HDR10+ metadata (SMPTE ST 2094-40, in a message of ITU-T T.35) to the first frame of bare HEVC."""
    fields = [(1, 8), (1, 2), (400, 27), (0, 1), (9000, 17), (8000, 17), (7000, 17), (1500, 17), (1, 4)]
    fields += [(50, 7), (2000, 17), (10, 10), (0, 1), (0, 1), (0, 1)]
    bits = "".join(f"{value:0{width}b}" for value, width in fields)
    packed = int(bits + "0" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big")
    content = bytes((0xB5, 0x00, 0x3C, 0x00, 0x01, 0x04)) + packed
    # No byte 3 after two zeros may be mistaken for a start; 0x80 ends the message.
    message = bytes((4, len(content))) + content + b"\x80"
    for low in range(4):
        message = message.replace(bytes((0, 0, low)), bytes((0, 0, 3, low)))
    prefix_sei, first_frame = 39 << 1, re.search(rb"\x00\x00\x01[\x26\x28]", data)
    assert first_frame is not None
    at = first_frame.start()
    return data[:at] + b"\0\0\1" + bytes((prefix_sei, 1)) + message + data[at:]


def hdr() -> Iterator[Clip]:
    """HLG, PQ and Dolby Vision. The colors of the quadrants are not those of SDR."""
    group = "HDR"
    for name, transfer in (("hlg", "arib-std-b67"), ("pq", "smpte2084")):
        video = f"{_X265}:transfer={transfer}:colormatrix=bt2020nc"
        for suffix in (".mp4", ".mov", ".mkv", ".ts"):
            yield Clip(f"{name}{suffix}", group, video, AAC, quadrants=())
        yield Clip(f"{name}-vp9.webm", group, f"{VIDEO['vp9']}10le {_BT2020} {transfer}", quadrants=())
        yield Clip(f"{name}-av1.mkv", group, f"{VIDEO['av1']}10le {_BT2020} {transfer}", quadrants=())
        yield Clip(f"{name}-prores.mov", group, f"-c:v prores_ks {_BT2020} {transfer}", quadrants=())
        yield Clip(
            f"{name}-turned.mp4",
            group,
            video,
            alter=_turned(_MATRICES["90"]),
            size=(96, 64),
            quadrants=(),
            is_turned=True,
        )
    pq = f"{_X265}:transfer=smpte2084:colormatrix=bt2020nc"
    yield Clip("hdr10-mastering.mp4", group, pq + _MASTERING, quadrants=())
    yield Clip("hdr10-plus.hevc", group, pq, quadrants=(), alter=hdr10_plus)
    yield Clip("wide-sdr.mp4", group, f"{_X265}:transfer=bt2020-10:colormatrix=bt2020nc", quadrants=())
    compatible, alone = dolby_vision(8, 4), dolby_vision(5, 0)
    hlg = f"{_X265}:transfer=arib-std-b67:colormatrix=bt2020nc"
    yield Clip("dolby-vision-8.4.mp4", group, hlg, alter=compatible, quadrants=())
    yield Clip("dolby-vision-5.mp4", group, _X265, alter=alone, refused="Dolby Vision of profile 5")


def all_clips() -> list[Clip]:
    """The whole matrix."""
    parts = (containers(), pixel_formats(), sounds(), rotations(), sizes(), times(), damaged(), hdr())
    return [clip for part in parts for clip in part]


def sample(clips: list[Clip]) -> list[Clip]:
    """Enough clips for the test suite.

    Every codec in every container; every sound, pixel format and codec at least once, in clips that have
    most of the other pairs; and a quarter of the clips of other groups.
    """
    chosen = [clip for clip in clips if not clip.labels][::_SAMPLE_STEP]
    for group in sorted({clip.group for clip in clips if clip.labels}):
        own = [clip for clip in clips if clip.group == group and clip.labels]
        pairs: set[_Labels] = {pair for clip in own for pair in combinations(clip.labels, 2)}
        needed: set[_Labels] = {clip.labels[:2] for clip in own} if len(own[0].labels) == 3 else set()
        values = {value for clip in own for value in clip.labels}
        while needed or values:
            best = max(own, key=partial(_gain, needed, values, pairs))
            needed.discard(best.labels[:2])
            values.difference_update(best.labels)
            pairs.difference_update(combinations(best.labels, 2))
            chosen.append(best)
    return chosen


def _gain(needed: set[_Labels], values: set[str], pairs: set[_Labels], clip: Clip) -> tuple[int, int, int]:
    """What a clip adds to a sample."""
    return (
        int(clip.labels[:2] in needed),
        len(values.intersection(clip.labels)),
        len(pairs.intersection(combinations(clip.labels, 2))),
    )
