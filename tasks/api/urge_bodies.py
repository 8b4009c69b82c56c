"""What the API of urging by hand takes and tells."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tasks.models import PhoneCall, UrgeItem, UrgeUnit
from tasks.services import urging
from tasks.services.phone_calls import MAX_CALL
from tasks.services.urge_preview import Part
from tasks.services.urge_things import URGED, Chosen
from tasks.services.urge_words import sentence
from tasks.states import UrgeKind
from tracker.lib.api.fields import ByNumber, CleanText, Shown, StrictSerializer
from units.models import Office
from units.policy import standing

KINDS = [(kind.value, kind.label) for kind in URGED]
MOST = 500  # numbers and keys of one list


def _numbers(label: Any, help_text: Any) -> serializers.ListField:
    return serializers.ListField(
        label=label,
        help_text=help_text,
        child=serializers.IntegerField(min_value=1, max_value=10**18),
        required=False,
        max_length=MOST,
    )


class ChosenBody(StrictSerializer):
    """What is urged: things by their keys, or all that is open of units or tasks."""

    subjects = serializers.ListField(
        label=_("事项"),
        help_text=_(
            "如 report/12/2026Q3、task/12、milestone/5、finding/7，见 /overdue/ 的 subject"
        ),
        child=CleanText(max_length=80),
        required=False,
        max_length=MOST,
    )
    units = _numbers(_("单位"), _("单位编号：催办其全部超期或未报事项"))
    tasks = _numbers(_("任务"), _("任务编号：催办其全部超期或未报事项"))
    office = ByNumber(
        label=_("协调办公室"),
        queryset=Office.objects.all(),
        required=False,
        help_text=_("编号；不填为所选事项最多的一方的办公室"),
    )

    @property
    def chosen(self) -> Chosen:
        """The cleaned values."""
        values = self.validated_data
        return Chosen(
            keys=frozenset(values.get("subjects", [])),
            units=frozenset(values.get("units", [])),
            tasks=frozenset(values.get("tasks", [])),
        )

    @property
    def office_number(self) -> int | None:
        """The number of the office that was named."""
        found = self.validated_data.get("office")
        return found.pk if found else None


class SendBody(ChosenBody):
    """And what is said to all of them."""

    line = CleanText(label=_("附言"), max_length=urging.MAX_LINE, required=False, allow_blank=True)
    answer_by = serializers.DateField(
        label=_("回复期限"), required=False, help_text=_("默认为3个工作日后")
    )


class CallBody(ChosenBody):
    """A call by telephone."""

    line = CleanText(label=_("通话记要"), max_length=MAX_CALL)


class SignBody(StrictSerializer):
    """Signing, with an answer where there is one."""

    answer = CleanText(
        label=_("回复"), max_length=urging.MAX_ANSWER, required=False, allow_blank=True
    )


class ThingSerializer(serializers.Serializer[Any]):
    """A thing that is urged, in a sentence."""

    subject = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    due_on = serializers.DateField()
    sentence = serializers.CharField()

    def to_representation(self, row: Any) -> dict[str, Any]:
        """Of what was sent or called about."""
        item: UrgeItem | PhoneCall = row
        own = not isinstance(item, UrgeItem) or item.part.is_urged
        return {
            "subject": item.subject,
            "kind": item.kind,
            "due_on": item.due_on.isoformat(),
            "sentence": sentence(item.kind, item.due_on, item.params, own=own),
        }


class UrgeSerializer(serializers.ModelSerializer[UrgeUnit]):
    """What one unit was sent. `sending` is the same for all units of one."""

    code = serializers.CharField(read_only=True)
    sending = serializers.IntegerField(source="urge_id", read_only=True)
    again = serializers.IntegerField(
        source="urge.again_id", read_only=True, allow_null=True, help_text=_("首次发函的 sending")
    )
    office = serializers.CharField(source="urge.office.name", read_only=True)
    unit = Shown("name")
    line = serializers.CharField(source="urge.line", read_only=True)
    answer_by = serializers.DateField(source="urge.answer_by", read_only=True)
    made_by = serializers.CharField(source="urge.made_by", read_only=True, allow_null=True)
    made_at = serializers.DateTimeField(source="urge.made_at", read_only=True)
    signed_by = serializers.CharField(read_only=True, allow_null=True)
    answered_by = serializers.CharField(read_only=True, allow_null=True)
    late = serializers.SerializerMethodField(help_text=_("逾期未回复"))
    things = ThingSerializer(source="items", many=True, read_only=True)

    class Meta:
        model = UrgeUnit
        fields = [
            "id",
            "code",
            "sending",
            "again",
            "office",
            "unit",
            "kind",
            "state",
            "line",
            "answer_by",
            "late",
            "made_by",
            "made_at",
            "signed_by",
            "signed_at",
            "answer",
            "answered_by",
            "answered_at",
            "things",
        ]
        read_only_fields = fields

    def get_late(self, part: UrgeUnit) -> bool:
        """Not answered by the day that was asked for; who is asked is not told of lateness."""
        if not part.is_unanswered_late(self.context["today"]):
            return False
        request = self.context.get("request")  # none where an office has just sent it
        is_own = request is not None and part.unit_id in standing(request.user).units
        return part.is_urged or not is_own


class SentSerializer(serializers.Serializer[Any]):
    """All that was sent at once."""

    sending = serializers.IntegerField()
    urges = UrgeSerializer(many=True)


class PartSerializer(serializers.Serializer[Any]):
    """What a unit would be sent, and whom it reaches."""

    unit = serializers.CharField()
    kind = serializers.ChoiceField(UrgeKind.choices)
    people = serializers.ListField(child=serializers.CharField())
    unnamed = serializers.IntegerField(help_text=_("另有几人收到，姓名不对本办公室公开"))
    things = serializers.ListField(child=serializers.DictField())

    def to_representation(self, part: Part) -> dict[str, Any]:
        """One unit."""
        return {
            "unit": part.unit.name,
            "kind": part.kind.value,
            "people": [str(person) for person in part.named],
            "unnamed": part.unnamed,
            "things": [
                {
                    "subject": thing.key,
                    "kind": thing.kind.value,
                    "due_on": thing.due_on.isoformat(),
                    "sentence": thing.sentence(own=part.is_urged),
                }
                for thing in part.things
            ],
        }


class UrgePreviewSerializer(serializers.Serializer[Any]):
    """What would be sent to whom; `gone` is no longer open, or not the person's to urge."""

    office = serializers.CharField(allow_null=True)
    urges = PartSerializer(source="parts", many=True)
    gone = serializers.ListField(child=serializers.CharField())
    left_out = serializers.IntegerField(help_text=_("不在该办公室方案内的项数"))


class PhoneCallSerializer(serializers.ModelSerializer[PhoneCall]):
    """A call by telephone about a thing."""

    office = Shown("name")
    unit = Shown("name")
    made_by = serializers.CharField(read_only=True, allow_null=True)
    sentence = serializers.SerializerMethodField(help_text=_("事项"))

    class Meta:
        model = PhoneCall
        fields = ["id", "office", "unit", "subject", "sentence", "line", "made_by", "made_at"]
        read_only_fields = fields

    def get_sentence(self, call: PhoneCall) -> str:
        """What it was about."""
        return sentence(call.kind, call.due_on, call.params, own=True)


class CallsMade(serializers.Serializer[Any]):
    """All that was noted of one call."""

    calls = PhoneCallSerializer(many=True)
