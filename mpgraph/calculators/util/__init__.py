"""Calculators that read files, convert between image types, draw, compare values, and refine detections."""

from __future__ import annotations

CALCULATORS = {
    "AnnotationOverlayCalculator": "annotation_overlay",
    "AssociationDetectionCalculator": "association",
    "AssociationNormRectCalculator": "association",
    "ClassificationListVectorHasMinSizeCalculator": "collection_has_min_size",
    "DetectionLabelIdToTextCalculator": "detection_label_id_to_text",
    "DetectionLetterboxRemovalCalculator": "detection_letterbox_removal",
    "DetectionProjectionCalculator": "detection_projection",
    "DetectionsToRectsCalculator": "detections_to_rects",
    "FlatColorImageCalculator": "flat_color_image",
    "FromImageCalculator": "from_image",
    "HandLandmarksToRectCalculator": "hand_landmarks_to_rect",
    "LandmarkLetterboxRemovalCalculator": "landmark_letterbox_removal",
    "LandmarkProjectionCalculator": "landmark_projection",
    "LandmarksRefinementCalculator": "landmarks_refinement",
    "LandmarksToDetectionCalculator": "landmarks_to_detection",
    "LocalFileContentsCalculator": "file_contents",
    "NonMaxSuppressionCalculator": "non_max_suppression",
    "NormalizedLandmarkListVectorHasMinSizeCalculator": "collection_has_min_size",
    "NormalizedRectVectorHasMinSizeCalculator": "collection_has_min_size",
    "RectTransformationCalculator": "rect_transformation",
    "ResourceProviderCalculator": "file_contents",
    "ThresholdingCalculator": "thresholding",
    "ToImageCalculator": "to_image",
    "WorldLandmarkProjectionCalculator": "world_landmark_projection",
}
