"""How the cache keeps values: as JSON, so that whoever can write to Redis cannot run code here.

Django's own way is pickle, which runs what it reads.
"""

import json
from typing import Any


class JsonSerializer:
    """Numbers stay numbers (Redis counts with them); everything else is JSON."""

    def dumps(self, value: Any) -> bytes | int:
        if type(value) is int:
            return value
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return int(data)
        except ValueError:
            return json.loads(data)
