"""The contours of a face: pairs of landmarks between which lines are drawn, each contour in drawing order.

Left and right are the person's own.
"""

from __future__ import annotations

from itertools import pairwise

Pairs = tuple[tuple[int, int], ...]


def _lines(*paths: str) -> Pairs:
    """The pairs of neighbors on paths, each given as the landmarks along it."""
    return tuple(pair for path in paths for pair in pairwise(map(int, path.split())))


LIPS = _lines(
    "61 146 91 181 84 17 314 405 321 375 291",
    "61 185 40 39 37 0 267 269 270 409 291",
    "78 95 88 178 87 14 317 402 318 324 308",
    "78 191 80 81 82 13 312 311 310 415 308",
)
"""The outer and inner outline of the lips."""

LEFT_EYE = _lines(
    "263 249 390 373 374 380 381 382 362",
    "263 466 388 387 386 385 384 398 362",
)
LEFT_EYEBROW = _lines(
    "276 283 282 295 285",
    "300 293 334 296 336",
)
LEFT_IRIS = _lines("474 475 476 477 474")

RIGHT_EYE = _lines(
    "33 7 163 144 145 153 154 155 133",
    "33 246 161 160 159 158 157 173 133",
)
RIGHT_EYEBROW = _lines(
    "46 53 52 65 55",
    "70 63 105 66 107",
)
RIGHT_IRIS = _lines("469 470 471 472 469")

NOSE = _lines(
    "168 6 197 195 5 4 1 19 94 2",
    "98 97 2 326 327 294 278 344 440 275 4 45 220 115 48 64 98",
)
"""The bridge and tip of the nose."""

FACE_OVAL = _lines(
    "10 338 297 332 284 251 389 356 454 323 361 288 397 365 379 378 400 377 152 148 176 149 150 136 172 "
    "58 132 93 234 127 162 21 54 103 67 109 10",
)
"""The outline of the face."""
