"""What an office sets for its plan's reminders."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tasks.forms.reminders import RemindersForm
from tasks.models import Plan
from tasks.reminders.rules import defaults
from tasks.services import reminder_settings
from tasks.views.plan_edit_pages import FormPage, plan_of
from units.web import person


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, code: str) -> HttpResponse:
    """Which reminders are on in the plan, and at which steps."""
    user = person(request)
    plan = plan_of(user, code)

    def save(form: RemindersForm) -> Plan:
        return reminder_settings.change(
            plan,
            form.entry,
            defaults=defaults(),
            seen=form.cleaned_data["seen"],
            by=user,
        )

    return FormPage(
        title=_("提醒设置"),
        button=_("保存"),
        plan=plan,
        make=lambda data: RemindersForm.of(Plan.objects.get(pk=plan.pk), data),
        save=save,
        saved=_("提醒设置已保存，自下一次生成提醒起适用；已发出的不再重发。"),
        done=lambda _plan: reverse("tasks:quarters", args=[plan.code]),
        back=reverse("tasks:quarters", args=[plan.code]),
        row=plan,
        template="tasks/plan_reminders.html",
    ).answer(request)
