"""What is done with a mask: cut people out of a picture and put something else behind them.

Pictures are HxWx3 uint8 RGB, masks HxW float32, 0 for background to 1 for a person. A matte is a
mask made ready for compositing, HxW uint8: how much of a pixel's light comes from the person, in 255ths.
"""
