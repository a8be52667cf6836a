"""Calculators of graphs/selfie_effects: steady mattes of people, and what is put behind them."""

from __future__ import annotations

CALCULATORS = {
    "BackgroundFileCalculator": "background_file",
    "ComposeCalculator": "compose",
    "EdgeMatteCalculator": "edge_matte",
    "LookAroundCalculator": "look_around",
    "MaskToMatteCalculator": "mask_to_matte",
    "PeopleRectsCalculator": "people_rects",
    "PlaceMasksCalculator": "place_masks",
    "PyramidCalculator": "pyramid",
    "SteadyMaskCalculator": "steady_mask",
    "TileToTensorCalculator": "tile_to_tensor",
}
