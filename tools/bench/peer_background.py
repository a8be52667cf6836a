"""A new background with MediaPipe and OpenCV, as its documentation shows it: the peer of `selfie_video.py`.

PEER/bin/python tools/bench/peer_background.py IN.mp4 OUT.mp4 green|blur|IMAGE
"""

import sys
from typing import Any

import cv2
import mediapipe as mp
import numpy as np

source, target, background = sys.argv[1:]
video = cv2.VideoCapture(source)
size = int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
out = cv2.VideoWriter(target, cv2.VideoWriter.fourcc(*"mp4v"), video.get(cv2.CAP_PROP_FPS), size)
behind: Any = np.full((size[1], size[0], 3), (0, 128, 0), np.uint8)
if background not in ("green", "blur"):
    photo: Any = cv2.imread(background)
    behind = cv2.resize(photo, size)
with mp.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0) as segmenter:
    while True:
        good, frame = video.read()
        if not good:
            break
        mask = segmenter.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).segmentation_mask
        if background == "blur":
            behind = cv2.GaussianBlur(frame, (55, 55), 0)
        out.write(np.where(np.stack((mask,) * 3, axis=-1) > 0.1, frame, behind))
out.release()
