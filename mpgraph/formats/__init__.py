"""Payloads of packets: pictures, matrices, tensors, stream headers, and the protocol messages."""
