"""Payloads of packets: images, matrices, tensors, stream headers and protocol messages."""
