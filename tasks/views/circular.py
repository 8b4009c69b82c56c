"""通报（代拟稿） of an office's side and quarter, as Word."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.documents import circular as word_document
from tasks.services import brief as service
from tasks.services.brief.making import bare
from tasks.views.brief import DOCX, chosen_by
from tracker.lib import workdays
from units.services import audit
from units.web import person


@require_safe
def word(request: HttpRequest) -> HttpResponse:
    """`?plan=&side=&quarter=` as the brief's; for the office that may issue it, on record."""
    user, today = person(request), workdays.today()
    chosen = chosen_by(request, user, today)
    may = chosen is not None and policy.can(user, "circular.draft", chosen.side)
    if chosen is None or chosen.period is None or chosen.problem or not may:
        raise Http404
    made = service.make(user, chosen.side, chosen.period, today)
    with translation.override(settings.LANGUAGE_CODE):
        title = word_document.title_of(made)
        name = f"{bare(chosen.side.office)}{bare(title)}（代拟稿）.docx"
    response = HttpResponse(word_document.document(made, workdays.now()), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        after = {"file": name, "period": chosen.period, "day": today}
        audit.record("circular.download", chosen.side, by=user, after=after)
    return response
