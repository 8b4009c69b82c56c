"""Workbooks with something wrong in them."""

import io
import random
import zipfile

BITS = [
    b"<",
    b">",
    b'"',
    b"&",
    b"\0",
    b"</row>",
    b"999999999999",
    b"-1",
    b"NaN",
    b"]]>",
    b"\xff\xfe",
]


def mutant(source: bytes, chance: random.Random) -> bytes:
    """The workbook with its bytes, or the bytes of one of its parts, changed in a few places."""
    if chance.random() < 0.3:
        return _spoilt(source, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        names = old.namelist()
        spoilt, gone = chance.choice(names), chance.choice(names)
        drops = chance.random() < 0.15
        for name in names:
            if drops and name == gone:
                continue
            content = old.read(name)
            new.writestr(name, _spoilt(content, chance) if name == spoilt else content)
    return out.getvalue()


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _n in range(chance.choice([1, 1, 2, 5, 20])):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = chance.randbytes(1)
            case 1:
                data[place:place] = chance.choice(BITS)
            case 2:
                del data[place : place + chance.choice([1, 4, 40, 400])]
            case 3:
                data[place:place] = data[place : place + chance.choice([4, 40, 400])]
            case 4:
                if chance.random() < 0.2:
                    del data[place:]
    return bytes(data)
