"""Drawings of results on images: landmarks, detections, axes, and the styles that MediaPipe gives them."""
