"""《关于报送…进展情况的函》 of a unit and a quarter, as Word."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.documents import letter as paper
from tasks.services import letters
from tasks.views.brief import DOCX
from tracker.lib import workdays
from units.web import person


@require_safe
def word(request: HttpRequest, unit: int, period: int) -> HttpResponse:
    """The letter; each taking is on record."""
    user = person(request)
    own = get_object_or_404(policy.scope(user, "letter.make"), pk=unit)
    periods = policy.scope(user, "period.view").select_related("plan")
    made = letters.letter_of(own, get_object_or_404(periods, pk=period))
    if made is None:
        raise Http404
    name = paper.file_name(made)
    response = HttpResponse(paper.document(made, workdays.now()), content_type=DOCX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    if request.method == "GET":
        letters.record_download(made, by=user, file=name)
    return response
