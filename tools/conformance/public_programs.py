"""The public programs of programs.py: packages that use mp.solutions, and a few lines that use each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """A public program.

    requirements: its package at an exact version, and those that it imports.
    use: lines that use it, and `show` what it computes. `image` shows a person, `hand` a hand, both BGR.
    what: which solutions it uses. needs: what a user has to do besides installing it.
    stubs: modules that it imports for other things than images; they are replaced.
    """

    requirements: tuple[str, ...]
    use: str
    what: str = ""
    needs: str = ""
    stubs: tuple[str, ...] = ()


PROGRAMS = (
    Program(
        ("bodytracking==1.6",),
        """
import bodytracking
faces = bodytracking.FaceDetection().get_faces(image.copy())
show([(each.conf_score, each.bbox, each.lms) for each in faces])
show(bodytracking.Segmentation(image_file, 0.85).segment(image.copy()))
""",
        "face detection, selfie segmentation",
        "its hand detector is for MediaPipe 0.8",
        stubs=("keyboard",),
    ),
    Program(("chehro==0.0.4",), "from chehro import Chehro\nshow(Chehro(image).detect())", "face detection"),
    Program(
        ("controlnet-aux==0.0.10",),
        """
import importlib.util
package = types.ModuleType("controlnet_aux")  # Its __init__ imports the annotators that need torch.
package.__path__ = importlib.util.find_spec("controlnet_aux").submodule_search_locations
sys.modules["controlnet_aux"] = package
from controlnet_aux.mediapipe_face import MediapipeFaceDetector
show(MediapipeFaceDetector()(image[..., ::-1].copy(), max_faces=2, output_type="np"))
""",
        "face detection, face mesh, drawing styles",
        "torch, for its other annotators",
        stubs=("torch",),
    ),
    Program(
        ("cvzone==1.6.1",),
        """
from cvzone.FaceDetectionModule import FaceDetector
from cvzone.FaceMeshModule import FaceMeshDetector
from cvzone.HandTrackingModule import HandDetector
from cvzone.PoseModule import PoseDetector
from cvzone.SelfiSegmentationModule import SelfiSegmentation
show(FaceDetector().findFaces(image.copy()))
show(FaceMeshDetector(staticMode=True).findFaceMesh(image.copy()))
show(HandDetector(staticMode=True).findHands(hand.copy()))
show(SelfiSegmentation().removeBG(image.copy(), (255, 0, 255), cutThreshold=0.1))
detector = PoseDetector(staticMode=True)
show(detector.findPose(image.copy()), detector.findPosition(image.copy()))
""",
        "face detection, face mesh, hands, pose, selfie segmentation",
        "version 1; 2.0 is for Tasks",
    ),
    Program(
        ("cvzone2==1.5.6",),
        """
from cvzone2 import FaceMeshDetector, HandDetector
show(FaceMeshDetector(staticMode=True).findFaceMesh(image.copy()))
show(HandDetector(mode=True).findHands(hand.copy()))
""",
        "face mesh, hands",
    ),
    Program(
        ("FaceAnalyzer==0.1.33",),
        """
from FaceAnalyzer import FaceAnalyzer
height, width = image.shape[:2]
analyzer = FaceAnalyzer(max_nb_faces=1, image_shape=(width, height), static_image_mode=True)
analyzer.process(image[..., ::-1].copy())
face = analyzer.faces[0]
show(face.npLandmarks, face.getEyesDist(), face.get_head_posture(), face.process_eyes(image.copy()))
""",
        "face mesh",
        "numpy 1",
        stubs=("pygame", "cssutils", "sqtui", "OOPyGame"),
    ),
    Program(
        ("FaceDetector_cc==0.0.2",),
        "from FaceDec import FaceDetector\nshow(FaceDetector().detect_face(image.copy()))",
        "face detection",
    ),
    Program(
        ("HandDetector_cc==0.0.9",),
        """
from HandDec import HandDetector
detector = HandDetector(static_mode=True)
show(detector.findHand(hand.copy()), detector.findLocations(hand.copy()))
""",
        "hands, drawing styles",
        "requires mediapipe 0.8.11: install it with --no-deps",
        stubs=("termcolor",),
    ),
    Program(
        ("HandTrackingModule==0.2",),
        """
from HandTrackingModule import FindHands
hands = FindHands()
show(hands.getPosition(hand.copy(), range(21)), hands.index_finger_up(hand.copy()))
""",
        "hands",
    ),
    Program(
        ("mediapipeface==0.2.0",),
        """
from facedetectmodule import FaceDetector
show(FaceDetector().faceDetect(image.copy()))
""",
        "face detection",
        "its face mesh is for MediaPipe 0.8",
    ),
    Program(
        ("MediaPipeTools==1.3",),
        """
package = types.ModuleType("MediaPipeTools")  # Its __init__ imports a module that it does not contain.
import importlib.util
package.__path__ = importlib.util.find_spec("MediaPipeTools").submodule_search_locations
sys.modules["MediaPipeTools"] = package
from MediaPipeTools.VirtualBackground import VirtualBackground
image = cv2.resize(image, (640, 480))
show(VirtualBackground().add_VirtualBackground(image.copy(), image[:, ::-1].copy()))
""",
        "selfie segmentation",
        "its other classes are for MediaPipe 0.8",
    ),
    Program(("mirrorbuddy==0.1.0",), "from main import clone\nclone()", "pose", stubs=("pyttsx3",)),
    Program(
        ("mp_facial_tool==0.0.2",),
        """
from mp_utils import mp_utils
detection = mp_utils.get_face_box(image)
landmarks = mp_utils.get_landmark(image)
show(detection, mp_utils.get_detect_face(image, detection))
show(mp_utils.get_iris_center_points(image, landmarks), mp_utils.get_nose_center_points(image, landmarks))
""",
        "face detection, face mesh with irises, drawing styles",
    ),
    Program(
        ("mp2signal==0.0.2",),
        """
from mp2signal import mp2s
show(mp2s.Movement().movement_from_mediapipe("movie.mp4", False))
""",
        "holistic",
        stubs=("joblib",),
    ),
    Program(
        ("mpvc==0.0.3",),
        """
from mpvc import DetectorMalhaRosto, DetectorMaos, DetectorRosto
show(DetectorRosto().encontrar_rosto(image.copy()))
maos = DetectorMaos()
show(maos.encontrar_maos(hand.copy()), maos.encontrar_pontos(hand.copy()))
malha = DetectorMalhaRosto()
show(malha.encontrar_malha_rosto(image.copy()), malha.encontrar_pontos(image.copy()))
""",
        "face detection, face mesh, hands",
    ),
    Program(
        ("pose_detection==0.1.2",),
        """
from pose_detection.pose_detector import PoseDetector
show(PoseDetector().process_frame(image.copy()))
""",
        "pose",
    ),
    Program(("posedr==0.0.1",), "import posedr\nCamera.ends = False\nposedr.run_pose_detection()", "pose"),
    Program(
        ("pushup_counter==0.0.1",),
        "open('bell.mp3', 'wb')\nimport pushup_counter\nshow(pushup_counter.results.pose_landmarks)",
        "pose, drawing styles",
        stubs=("gtts", "pydub", "pydub.playback"),
    ),
    Program(
        ("pygesture==1.0.7",),
        """
from pygesture.handtrack import handDetector
found = handDetector(mode=True).findHands(hand.copy())
show(found)
""",
        "hands",
        "requires protobuf 3.20: install it with --no-deps",
    ),
    Program(
        ("pylipextractor==2.2.4",),
        """
from pylipextractor.lip_extractor import LipExtractor
extractor = LipExtractor()
show(extractor.mp_face_mesh.process(image[..., ::-1].copy()).multi_face_landmarks[0].landmark[:5])
""",
        "face mesh",
        stubs=("av",),
    ),
    Program(
        ("pymp_proctor==0.1.5",),
        "from pymp_proctor.proctor import Proctor\nshow(Proctor().proctor(image[..., ::-1].copy()))",
        "its own SolutionBase on face_landmark_front_cpu.binarypb",
        "requires mediapipe 0.8.9: install it with --no-deps",
    ),
    Program(
        ("virtual_landmark==0.1.2",),
        """
import mediapipe as mp
from virtual_landmark import VirtualLandmark, calculus, landmark
class Body(VirtualLandmark):
    @landmark("NECK", connection=["LEFT_SHOULDER", "RIGHT_SHOULDER"])
    def neck(self):
        return calculus.middle(self[11], self[12])
with mp.solutions.pose.Pose(static_image_mode=True) as pose:
    results = pose.process(image[..., ::-1].copy())
body = Body(results.pose_landmarks.landmark)
show(body.as_landmark_list())
""",
        "pose, drawing styles",
    ),
    Program(
        ("yasirvision==0.1.0",),
        """
import yasirvision
detector = yasirvision.HandDetector(mode=True)
show(detector.find_hands(hand.copy()), detector.find_all_hands(hand.copy()))
yasirvision.features.selfie_segmentation()
""",
        "hands, selfie segmentation",
        "requires mediapipe 0.10.14: install it with --no-deps",
    ),
)
