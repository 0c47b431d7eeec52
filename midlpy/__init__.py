"""midlpy compiles MIDL interface files into typed asyncio Python."""

__version__ = "0.1.0"
