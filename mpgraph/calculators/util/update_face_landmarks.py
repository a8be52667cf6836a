"""UpdateFaceLandmarksCalculator: a face mesh with the eyes of the iris model."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.errors import ret_check
from mpgraph.formats.landmarks import FIELDS, Landmarks
from mpgraph.framework import calculator_framework as mp

_FACE = 468
"""The number of landmarks of a face."""

# Eye, then the rings around it from the inside to the eyebrow; below each ring's corners, then above.
_LEFT = """
    33 7 163 144 145 153 154 155 133  246 161 160 159 158 157 173
    130 25 110 24 23 22 26 112 243  247 30 29 27 28 56 190
    226 31 228 229 230 231 232 233 244  113 225 224 223 222 221 189
    35 124 46 53 52 65
    143 111 117 118 119 120 121 128 245  156 70 63 105 66 107 55 193
"""
_RIGHT = """
    263 249 390 373 374 380 381 382 362  466 388 387 386 385 384 398
    359 255 339 254 253 252 256 341 463  467 260 259 257 258 286 414
    446 261 448 449 450 451 452 453 464  342 445 444 443 442 441 413
    265 353 276 283 282 295
    372 340 346 347 348 349 350 357 465  383 300 293 334 296 336 285 417
"""
_EYES = np.array([int(index) for index in (_LEFT + _RIGHT).split()])
"""The landmark of the face for each landmark of the eyes."""

_UPDATED = FIELDS.index("visibility") + 1
"""How many of the fields are taken from the eyes: all but presence."""


@mp.register
class UpdateFaceLandmarksCalculator(mp.Calculator):
    """Replaces the landmarks around the eyes by those of the iris model.

    FACE_LANDMARKS: a NormalizedLandmarkList of 468 landmarks.
    NEW_EYE_LANDMARKS: a NormalizedLandmarkList of 142 landmarks, 71 of each eye.
    UPDATED_FACE_LANDMARKS: the face, with coordinates and visibility of the eyes; sent where both inputs
        have a packet.
    """

    face = mp.Input("FACE_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    eyes = mp.Input("NEW_EYE_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    out = mp.Output("UPDATED_FACE_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        face, eyes = (Landmarks.in_packet(cc.packet(port)) for port in (self.face, self.eyes))
        if face is None or eyes is None:
            return
        for name, found, expected in (("face", face, _FACE), ("eye", eyes, len(_EYES))):
            ret_check(
                len(found) == expected,
                f"Wrong number of {name} landmarks: there are {len(found)}, not {expected}.",
            )
        face = face.copy()
        face.values[_EYES, :_UPDATED] = eyes.values[:, :_UPDATED]
        face.is_set[_EYES, :_UPDATED] = True
        cc.emit(self.out, face)
