"""What build backends load: a hook for hatchling, a command for setuptools."""
