"""What the API says of forms, of what was sent in and of what it would change; and takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reports.models import Upload
from reports.returns.shapes import CellChange, Change, RowChange
from reports.services.upload_files import MOST_FORMS
from reports.services.upload_preview import Preview, key_of
from tracker.lib.api.fields import CleanText, Shown, StrictSerializer

MOST_CHOICES = 2000


class OfferSerializer(serializers.Serializer[Any]):
    """A form to take."""

    period = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    unit = serializers.CharField(read_only=True)
    url = serializers.URLField(read_only=True)


class UploadCountsSerializer(serializers.Serializer[Any]):
    """Rows of the form, as they stood when it was read; `written` once it is applied."""

    new = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    unchanged = serializers.IntegerField(read_only=True)
    wrong = serializers.IntegerField(read_only=True)
    meanwhile = serializers.IntegerField(read_only=True)
    written = serializers.IntegerField(read_only=True)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """A form that was sent in; `unit` and `period` once it is read."""

    unit = Shown("name", allow_null=True)
    office = Shown("name", allow_null=True)
    period = serializers.CharField(source="quarter", read_only=True)
    uploaded_by = serializers.StringRelatedField[Any]()
    ended_by = serializers.StringRelatedField[Any](allow_null=True)
    step = serializers.CharField(read_only=True)
    error = serializers.CharField(read_only=True)
    counts = serializers.SerializerMethodField()
    changes_nothing = serializers.BooleanField(
        read_only=True, help_text=_("读取后无变化，无须确认。")
    )
    url = serializers.HyperlinkedIdentityField(view_name="api:upload-file")

    class Meta:
        model = Upload
        fields = [
            "id",
            "batch",
            "name",
            "size",
            "sha256",
            "state",
            "changes_nothing",
            "done",
            "total",
            "step",
            "error",
            "unit",
            "office",
            "period",
            "counts",
            "by_number",
            "submitted",
            "reason",
            "uploaded_by",
            "uploaded_at",
            "ended_by",
            "ended_at",
            "url",
        ]
        read_only_fields = fields

    @extend_schema_field(UploadCountsSerializer)
    def get_counts(self, row: Upload) -> dict[str, int]:
        names = (*(change.value for change in Change), "written")
        return {name: int(row.counts.get(name, 0)) for name in names}


ANY = extend_schema_field(OpenApiTypes.ANY)


class FormCellSerializer(serializers.Serializer[CellChange]):
    """A cell that says something else than what stands on line, or is wrong."""

    name = serializers.CharField(read_only=True)
    head = serializers.CharField(source="label", read_only=True)
    address = serializers.SerializerMethodField()
    change = serializers.CharField(source="change.value", read_only=True)
    was = serializers.SerializerMethodField()
    now = serializers.SerializerMethodField()
    said = serializers.SerializerMethodField()
    clash = serializers.BooleanField(read_only=True)
    key = serializers.SerializerMethodField()
    note = serializers.CharField(read_only=True)

    def get_address(self, cell: CellChange) -> str:
        return cell.cell.address if cell.cell else ""

    @ANY
    def get_was(self, cell: CellChange) -> Any:
        return cell.was

    @ANY
    def get_now(self, cell: CellChange) -> Any:
        return cell.now

    @ANY
    def get_said(self, cell: CellChange) -> Any:
        return cell.said

    def get_key(self, cell: CellChange) -> str:
        return key_of(self.context["row"], cell)


class FormRowSerializer(serializers.Serializer[RowChange]):
    """A row of the form."""

    kind = serializers.CharField(source="kind.value", read_only=True)
    sheet = serializers.CharField(source="row.sheet", read_only=True)
    row = serializers.IntegerField(source="row.number", read_only=True)
    task = serializers.SerializerMethodField()
    title = serializers.CharField(source="row.title", read_only=True)
    change = serializers.CharField(source="change.value", read_only=True)
    to_confirm = serializers.BooleanField(read_only=True)
    filed_as = serializers.CharField(source="filed_as.value", read_only=True)
    note = serializers.CharField(read_only=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    cells = serializers.SerializerMethodField()

    def get_task(self, row: RowChange) -> int | None:
        """The task's id, as `/tasks/` has it."""
        return row.side.task_id if row.side else None

    @extend_schema_field(FormCellSerializer(many=True))
    def get_cells(self, row: RowChange) -> Any:
        told: Any = [cell for cell in row.cells if cell.change is not Change.UNCHANGED]
        shown: Any = FormCellSerializer(told, many=True, context={"row": row})
        return shown.data


class PreviewSerializer(serializers.Serializer[Preview]):
    """What applying the form would do."""

    can_apply = serializers.BooleanField(source="can_be_applied", read_only=True)
    by_office = serializers.BooleanField(source="found.by_office", read_only=True)
    must_sign = serializers.BooleanField(read_only=True)
    to_confirm = serializers.ListField(
        source="found.to_confirm", child=serializers.CharField(), read_only=True
    )
    notes = serializers.ListField(
        source="found.notes", child=serializers.CharField(), read_only=True
    )
    rows = FormRowSerializer(source="found.rows", many=True, read_only=True)


class UploadWithPreview(UploadSerializer):
    """The same, and what it would change; `refusal` says why the person cannot write it."""

    preview = PreviewSerializer(allow_null=True, read_only=True)
    refusal = serializers.CharField(read_only=True)

    class Meta(UploadSerializer.Meta):
        fields = [*UploadSerializer.Meta.fields, "preview", "refusal"]
        read_only_fields = fields


class NewUploads(StrictSerializer):
    """Files: filled-in forms, or an archive of them."""

    files = serializers.ListField(
        child=serializers.FileField(max_length=1000, allow_empty_file=True),
        label=_("回填表"),
        max_length=MOST_FORMS,
    )
    period = serializers.CharField(
        required=False,
        max_length=20,
        label=_("季度"),
        help_text=_("补报已关闭的季度时填写，如 2026Q1；其他按表中的季度"),
    )


class BatchRequest(StrictSerializer):
    """How what was sent in together is applied."""

    batch = serializers.UUIDField(label=_("批次"))
    submit = serializers.BooleanField(required=False, label=_("写入后一并提交"))
    reason = CleanText(
        required=False, allow_blank=True, max_length=500, label=_("代填的原因和依据")
    )


class LeftUploadSerializer(serializers.Serializer[Any]):
    """A form that was not written, and why."""

    id = serializers.IntegerField(read_only=True)
    why = serializers.CharField(read_only=True)


class BatchAnswer(serializers.Serializer[Any]):
    """What became of a batch."""

    applied = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    queued = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    left = LeftUploadSerializer(many=True, read_only=True)


class ApplyRequest(StrictSerializer):
    """How the form is applied."""

    over = serializers.ListField(
        child=CleanText(max_length=100),
        required=False,
        max_length=MOST_CHOICES,
        label=_("改用表中内容的单元格"),
        help_text=_("预览中 clash 为 true 的单元格的 key；未列出的保留网上填报的内容"),
    )
    all_over = serializers.BooleanField(required=False, label=_("网上也填过的，全部改用表中的"))
    confirmed = serializers.BooleanField(
        required=False, label=_("已核对"), help_text=_("to_confirm 不为空的须为 true")
    )
    submit = serializers.BooleanField(required=False, label=_("写入后一并提交"))
    reason = CleanText(
        required=False, allow_blank=True, max_length=500, label=_("代填的原因和依据")
    )
