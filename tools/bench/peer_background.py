"""A new background with MediaPipe and OpenCV, as its documentation shows it: the peer of `selfie_video.py`.

PEER/bin/python tools/bench/peer_background.py IN.mp4 OUT.mp4
"""

import sys

import cv2
import mediapipe as mp
import numpy as np

video = cv2.VideoCapture(sys.argv[1])
size = int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
out = cv2.VideoWriter(sys.argv[2], cv2.VideoWriter.fourcc(*"mp4v"), video.get(cv2.CAP_PROP_FPS), size)
green = np.full((size[1], size[0], 3), (0, 128, 0), np.uint8)
with mp.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0) as segmenter:
    while True:
        good, frame = video.read()
        if not good:
            break
        mask = segmenter.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).segmentation_mask
        condition = np.stack((mask,) * 3, axis=-1) > 0.1
        out.write(np.where(condition, frame, green))
out.release()
