"""Parse colours as users write them: a name, #rrggbb, #rgb or r,g,b."""

from __future__ import annotations

import re

from mpgraph.errors import InvalidArgumentError, did_you_mean

Color = tuple[int, int, int]
"""Red, green and blue, each 0 to 255."""

_HEX = re.compile(r"#?([0-9a-f]{6})\Z|#([0-9a-f]{3})\Z", re.IGNORECASE)
_TRIPLE = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\Z")

# Names and values of CSS (W3C CSS Color Module Level 4, section 6.1); "green" is CSS's dark green.
_CSS = """
aqua 00ffff  beige f5f5dc  black 000000  blue 0000ff  brown a52a2a  coral ff7f50  crimson dc143c
cyan 00ffff  darkblue 00008b  darkgray a9a9a9  darkgreen 006400  darkred 8b0000  fuchsia ff00ff  gold ffd700
gray 808080  green 008000  indigo 4b0082  ivory fffff0  khaki f0e68c  lavender e6e6fa  lightblue add8e6
lightgray d3d3d3  lightgreen 90ee90  lightyellow ffffe0  lime 00ff00  linen faf0e6  magenta ff00ff
maroon 800000  mintcream f5fffa  navy 000080  olive 808000  orange ffa500  pink ffc0cb  plum dda0dd
purple 800080  red ff0000  royalblue 4169e1  salmon fa8072  silver c0c0c0  skyblue 87ceeb  slategray 708090
steelblue 4682b4  tan d2b48c  teal 008080  tomato ff6347  turquoise 40e0d0  violet ee82ee  wheat f5deb3
white ffffff  yellow ffff00
"""


def _from_hex(digits: str) -> Color:
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


COLOR_NAMES = {name: _from_hex(digits) for name, digits in re.findall(r"(\w+) (\w+)", _CSS)}


def parse_color(text: str) -> Color:
    """Parse a colour name, #rrggbb, #rgb or r,g,b; names ignore case, spaces and hyphens.

    Raises:
        InvalidArgumentError: it is not a colour; near names are suggested.
    """
    name = re.sub(r"[\s_-]", "", text.lower()).replace("grey", "gray")
    if name in COLOR_NAMES:
        return COLOR_NAMES[name]
    if found := _HEX.match(text.strip()):
        digits = found[1] or "".join(2 * digit for digit in found[2])
        return _from_hex(digits)
    if found := _TRIPLE.match(text):
        red, green, blue = (int(part) for part in found.groups())
        if max(red, green, blue) > 255:
            raise InvalidArgumentError(f'"{text}" is not a colour: its parts must be in 0..255.')
        return red, green, blue
    raise InvalidArgumentError(
        f'"{text}" is not a colour: expected a name, #rrggbb or r,g,b.{did_you_mean(name, COLOR_NAMES)}'
    )
