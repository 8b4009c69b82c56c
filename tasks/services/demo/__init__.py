"""Demo data: accounts, and reports of every quarter, the same at every making."""

from tasks.services.demo.make import Made, is_made, is_used, make_demo

__all__ = ["Made", "is_made", "is_used", "make_demo"]
