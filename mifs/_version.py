"""Version of the package, in a file that needs nothing else to be read."""

__version__ = "0.1.0.dev0"
