"""Effects with a segmentation mask: cut people out of an image and replace their background.

Images are HxWx3 uint8 RGB. Masks are HxW float32, from 0 for background to 1 for a person. A matte is a mask
refined for compositing, HxW uint8: the share of the person in a pixel's colour, in 255ths.
"""
