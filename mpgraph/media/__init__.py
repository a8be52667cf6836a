"""Images, videos, cameras and the live preview, as plain numpy arrays.

Pixels are uint8, RGB HxWx3 (RGBA HxWx4 where documented), C-contiguous. Times are whole
microseconds. Nothing here depends on graphs or packets.
"""
