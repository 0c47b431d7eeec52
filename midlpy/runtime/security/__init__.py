"""Authentication services, and what they must offer."""
