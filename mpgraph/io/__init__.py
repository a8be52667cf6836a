"""Files, images and the loopback server: what touches the operating system."""
