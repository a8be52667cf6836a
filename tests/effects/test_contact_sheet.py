from __future__ import annotations

import numpy as np

from mpgraph.effects.contact_sheet import contact_sheet


def test_tiles_of_all_image_types_are_in_rows() -> None:
    images = [
        ("red", np.full((50, 80, 3), (255, 0, 0), np.uint8)),
        ("a caption that is far too long for its tile", np.full((80, 50), 90, np.uint8)),
        ("clear", np.zeros((50, 50, 4), np.uint8)),
    ]
    sheet = contact_sheet(images, columns=2, side=80, gap=10)
    assert sheet.shape == (2 * 90 + 3 * 10, 2 * 80 + 3 * 10, 3)
    assert (sheet[50, 50] == (255, 0, 0)).all()
    assert (sheet[50, 140] == 90).all()
    assert (sheet[0, 0] == 255).all() and (sheet[10, 10] == 255).all()
    chequers = sheet[110:180, 20:80].reshape(-1, 3)
    assert {tuple(color) for color in chequers.tolist()} >= {(255, 255, 255), (214, 214, 214)}
    captions = sheet[92:98, 10:90]
    assert captions.min() < 150
