"""The emulated account and the program, as the tests of access have them."""

from access.conftest import asiaq, cloud

__all__ = ["asiaq", "cloud"]
