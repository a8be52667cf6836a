"""Images and video frames in commands: output paths, the processing pipeline, and sinks for the results."""
