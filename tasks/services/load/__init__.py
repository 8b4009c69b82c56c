"""Load plans, and all that they rest on, from files in YAML."""

from tasks.services.load.files import load_files
from units.services.load.shape import LoadError

__all__ = ["LoadError", "load_files"]
