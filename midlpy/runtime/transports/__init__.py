"""Ordered streams of octets, one per connection: TCP, and two ends in one process."""
