"""The solutions that have a command."""

from __future__ import annotations

from mpgraph.cli.annotate.solution import Setting, Solution

_DETECTION = "min_detection_confidence"
_TRACKING = "min_tracking_confidence"
_IMAGES = {"use_prev_landmarks": "false"}
_FACE_SCORE = "facedetection__TensorsToDetectionsCalculator.min_score_thresh"
_POSE_SETTINGS = (
    Setting(
        "model",
        "full",
        "lite is the fastest; heavy is the most precise, and comes with mpgraph-models.",
        "model_complexity",
        {"lite": "0", "full": "1", "heavy": "2"},
    ),
    Setting(
        "no_smoothing",
        False,
        "Do not smooth landmarks over the frames of a video.",
        "smooth_landmarks",
        {False: "true", True: "false"},
    ),
)
_POSE_IMAGES = {**_IMAGES, "smooth_landmarks": "false"}
_POSE_THRESHOLDS = {
    _DETECTION: "posedetectioncpu__TensorsToDetectionsCalculator.min_score_thresh",
    _TRACKING: "tensorstoposelandmarksandsegmentation__ThresholdingCalculator.threshold",
}

SOLUTIONS = (
    Solution(
        name="hands",
        noun="hand",
        nouns="hands",
        about="Find hands: 21 landmarks of each, also in meters, and whether it is left or right.",
        examples=(
            "mpgraph hands me.jpg                         writes me-hands.jpg",
            "mpgraph hands talk.mp4 --csv hands.csv       writes talk-hands.mp4, too",
            "mpgraph hands photos/ -o done/ --max-hands 4",
            "mpgraph hands --webcam 0",
        ),
        graph="annotate_hands.pbtxt",
        settings=(
            Setting("max_hands", 2, "The maximum number of hands.", "num_hands"),
            Setting(
                "model",
                "full",
                "The models; lite ones are faster.",
                "model_complexity",
                {"lite": "0", "full": "1"},
            ),
        ),
        for_images=_IMAGES,
        thresholds={
            _DETECTION: "palmdetectioncpu__TensorsToDetectionsCalculator.min_score_thresh",
            _TRACKING: "handlandmarkcpu__ThresholdingCalculator.threshold",
        },
    ),
    Solution(
        name="pose",
        noun="person",
        nouns="people",
        about="Find the most prominent person: 33 landmarks of the body, also in meters.",
        examples=(
            "mpgraph pose me.jpg                          writes me-pose.jpg",
            "mpgraph pose dance.mp4 --model heavy --json pose.json",
            "mpgraph pose *.jpg -o done/{stem}.png",
            "mpgraph pose --webcam 0",
        ),
        graph="annotate_pose.pbtxt",
        settings=_POSE_SETTINGS,
        for_images=_POSE_IMAGES,
        thresholds=_POSE_THRESHOLDS,
    ),
    Solution(
        name="holistic",
        noun="person",
        nouns="people",
        about="Find the most prominent person: the landmarks of pose, face and hands together.",
        examples=(
            "mpgraph holistic me.jpg                      writes me-holistic.jpg",
            "mpgraph holistic talk.mp4 --refine --csv talk.csv",
            "mpgraph holistic dance.mp4 --model heavy -o out.mp4",
            "mpgraph holistic --webcam 0",
        ),
        graph="annotate_holistic.pbtxt",
        settings=(
            *_POSE_SETTINGS,
            Setting("refine", False, "Refine lips and eyes, and add the irises.", "refine_face_landmarks"),
        ),
        for_images=_POSE_IMAGES,
        thresholds=_POSE_THRESHOLDS,
    ),
    Solution(
        name="face",
        noun="face",
        nouns="faces",
        about="Detect faces: a box around each, its eyes, nose, mouth and ears.",
        examples=(
            "mpgraph face team.jpg                        writes team-face.jpg",
            "mpgraph face street.mp4 --model full-range --csv faces.csv",
            "mpgraph face photos/ --recursive --data-only --json faces.json",
            "mpgraph face --webcam 0",
        ),
        graph="annotate_faces.pbtxt",
        settings=(
            Setting(
                "model",
                "short-range",
                "short-range, for faces within 2 m of the camera, is faster; full-range reaches 5 m.",
                "FaceDetectionShortRangeCpu",
                {"short-range": '"FaceDetectionShortRangeCpu"', "full-range": '"FaceDetectionFullRangeCpu"'},
            ),
        ),
        thresholds={_DETECTION: _FACE_SCORE},
    ),
    Solution(
        name="face-mesh",
        noun="face",
        nouns="faces",
        about="Find faces: 468 landmarks of each, or 478 with the irises.",
        examples=(
            "mpgraph face-mesh me.jpg --refine            writes me-face-mesh.jpg",
            "mpgraph face-mesh talk.mp4 --csv face.csv    writes talk-face-mesh.mp4, too",
            "mpgraph face-mesh team.jpg --max-faces 10",
            "mpgraph face-mesh --webcam 0",
        ),
        graph="annotate_face_mesh.pbtxt",
        settings=(
            Setting("max_faces", 1, "The maximum number of faces.", "num_faces"),
            Setting("refine", False, "Refine lips and eyes, and add the irises.", "with_attention"),
        ),
        for_images=_IMAGES,
        thresholds={
            _DETECTION: _FACE_SCORE,
            _TRACKING: "facelandmarkcpu__ThresholdingCalculator.threshold",
        },
    ),
    Solution(
        name="objects",
        noun="object",
        nouns="objects",
        about="Find shoes, chairs, cups or cameras: a box in three dimensions around each.",
        examples=(
            "mpgraph objects street.jpg                   writes street-objects.jpg",
            "mpgraph objects table.mp4 --model cup --json cups.json",
            "mpgraph objects --webcam 0 --model chair",
        ),
        graph="annotate_objects.pbtxt",
        settings=(
            Setting(
                "model",
                "shoe",
                "What to find. The models come with mpgraph-models.",
                "category",
                {"shoe": "0", "chair": "1", "cup": "2", "camera": "3"},
            ),
            Setting("max_objects", 5, "The maximum number of objects.", "max_num_objects"),
        ),
        for_images=_IMAGES,
        thresholds={
            _DETECTION: "objectdetectionoidv4subgraph__TensorsToDetectionsCalculator.min_score_thresh",
            _TRACKING: "boxlandmarksubgraph__ThresholdingCalculator.threshold",
        },
    ),
)
"""In the order of `mpgraph --help`."""
