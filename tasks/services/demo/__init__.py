"""Demo data: accounts, and reports of every quarter, the same at every making."""

from tasks.services.demo.make import Made, make_demo

__all__ = ["Made", "make_demo"]
