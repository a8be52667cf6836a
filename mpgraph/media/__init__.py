"""Pictures, videos, cameras and the live preview: plain numpy in and out.

Pixels are uint8, RGB HxWx3 (RGBA HxWx4 where a function says so), C-contiguous. Times are whole
microseconds. Nothing here knows of graphs or packets.
"""
