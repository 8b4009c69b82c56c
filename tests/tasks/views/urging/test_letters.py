"""催办函 and 商请函 in Word, opened and read."""

import io
import zipfile

from docx import Document

from tests.tasks.views.urging.conftest import paper, part_of
from units.models import AuditEntry


def test_letters_in_word(as_, late, clock, sent):
    browser = as_(late.office)
    answer = browser.get(f"/urges/{sent.pk}/letters/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == [
        "催2026-001催办函-重庆市能源局.docx",
        "商2026-001商请函-四川省能源局.docx",
    ]
    own = paper(archive.read("催2026-001催办函-重庆市能源局.docx"))
    assert "关于联合行动方案有关事项的催办函" in own
    assert "重庆市能源局：" in own
    assert "已逾期5个工作日" in own
    assert "请主要负责同志过问。" in own
    assert "并于2026年11月27日前反馈办理情况" in own
    other = paper(archive.read("商2026-001商请函-四川省能源局.docx"))
    for word in ("催", "逾期", "通报", "尽快"):
        assert word not in other
    assert "函复为盼" in other
    assert as_(late.auditor).get(f"/urges/{sent.pk}/letters/").status_code == 404
    assert AuditEntry.objects.filter(verb="urge.download").count() == 1


def test_the_signature_is_kept_with_the_last_words(as_, late, clock, sent):
    part = part_of(sent, late.other_side.unit)
    content = as_(late.office).get(f"/urges/units/{part.pk}/letter/").content
    lines = Document(io.BytesIO(content)).paragraphs
    closing = next(n for n, line in enumerate(lines) if line.text.startswith("专此函商"))
    assert all(line.paragraph_format.keep_with_next for line in lines[closing - 1 : -1])
