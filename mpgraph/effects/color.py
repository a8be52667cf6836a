"""Parse colours as users write them: a name, #rrggbb, #rgb or r,g,b."""

from __future__ import annotations

import re

from mpgraph.errors import InvalidArgumentError, did_you_mean

Color = tuple[int, int, int]
"""Red, green and blue, each 0 to 255."""

_HEX = re.compile(r"#?([0-9a-f]{6})\Z|#([0-9a-f]{3})\Z", re.IGNORECASE)
_TRIPLE = re.compile(r"\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\Z")

# Names and values of CSS (W3C CSS Color Module Level 4, section 6.1); "green" is CSS's dark green.
COLOR_NAMES: dict[str, Color] = {
    "aqua": (0, 255, 255),
    "beige": (245, 245, 220),
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "brown": (165, 42, 42),
    "coral": (255, 127, 80),
    "crimson": (220, 20, 60),
    "cyan": (0, 255, 255),
    "darkblue": (0, 0, 139),
    "darkgray": (169, 169, 169),
    "darkgreen": (0, 100, 0),
    "darkred": (139, 0, 0),
    "fuchsia": (255, 0, 255),
    "gold": (255, 215, 0),
    "gray": (128, 128, 128),
    "green": (0, 128, 0),
    "indigo": (75, 0, 130),
    "ivory": (255, 255, 240),
    "khaki": (240, 230, 140),
    "lavender": (230, 230, 250),
    "lightblue": (173, 216, 230),
    "lightgray": (211, 211, 211),
    "lightgreen": (144, 238, 144),
    "lightyellow": (255, 255, 224),
    "lime": (0, 255, 0),
    "linen": (250, 240, 230),
    "magenta": (255, 0, 255),
    "maroon": (128, 0, 0),
    "mintcream": (245, 255, 250),
    "navy": (0, 0, 128),
    "olive": (128, 128, 0),
    "orange": (255, 165, 0),
    "pink": (255, 192, 203),
    "plum": (221, 160, 221),
    "purple": (128, 0, 128),
    "red": (255, 0, 0),
    "royalblue": (65, 105, 225),
    "salmon": (250, 128, 114),
    "silver": (192, 192, 192),
    "skyblue": (135, 206, 235),
    "slategray": (112, 128, 144),
    "steelblue": (70, 130, 180),
    "tan": (210, 180, 140),
    "teal": (0, 128, 128),
    "tomato": (255, 99, 71),
    "turquoise": (64, 224, 208),
    "violet": (238, 130, 238),
    "wheat": (245, 222, 179),
    "white": (255, 255, 255),
    "yellow": (255, 255, 0),
}


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
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if found := _TRIPLE.match(text):
        red, green, blue = (int(part) for part in found.groups())
        if max(red, green, blue) > 255:
            raise InvalidArgumentError(f'"{text}" is not a colour: its parts must be in 0..255.')
        return red, green, blue
    raise InvalidArgumentError(
        f'"{text}" is not a colour: expected a name, #rrggbb or r,g,b.{did_you_mean(name, COLOR_NAMES)}'
    )
