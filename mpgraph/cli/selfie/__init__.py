"""`mpgraph selfie`: replace the background of images and videos."""
