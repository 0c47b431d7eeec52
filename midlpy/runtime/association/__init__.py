"""Associations: what two peers have negotiated over one transport, without I/O."""
