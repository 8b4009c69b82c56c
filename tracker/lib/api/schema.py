"""The schema names every answer that a call can get."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.utils import extend_schema, extend_schema_view

V = TypeVar("V")

SENTENCE = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
BY_FIELD = {
    "type": "object",
    "description": "Sentences by field; `non_field_errors` or `detail` for the whole.",
    "additionalProperties": {},
}
ANSWERS = {
    "400": ("ByField", _("有误的内容，按字段说明")),
    "401": ("Sentence", _("未登录，或令牌无效")),
    "403": ("Sentence", _("无权进行")),
    "404": ("Sentence", _("不存在，或不可见")),
    "409": ("Sentence", _("当前状态不允许")),
    "412": ("Sentence", _("他人已先保存")),
    "413": ("Sentence", _("请求体过大")),
    "415": ("Sentence", _("请求体须为 application/json")),
    "428": ("Sentence", _("缺少 If-Match 请求头")),
    "429": ("Sentence", _("调用过于频繁")),
}
METHODS = {"get", "post", "put", "patch", "delete"}


def said(**words: tuple[Any, Any]) -> Callable[[type[V]], type[V]]:
    """Name a view's calls for the documentation: action=(short, sentence), in lazy gettext."""
    return extend_schema_view(
        **{
            name: extend_schema(summary=short, description=sentence)
            for name, (short, sentence) in words.items()
        }
    )


def name_answers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Post-processing hook: add to each call the errors that it can answer with.

    A view adds 409, 412 and 428 itself, by `response=None`; they get their shape here.
    """
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {"Sentence": SENTENCE, "ByField": BY_FIELD}
    for path, calls in result["paths"].items():
        for method in METHODS & set(calls):
            call = calls[method]
            for code in [*_usual(path, method, call), *call["responses"]]:
                if code in ANSWERS:
                    call["responses"][code] = _answer(code)
            call["responses"] = dict(sorted(call["responses"].items()))
    return result


def _usual(path: str, method: str, call: dict[str, Any]) -> list[str]:
    """The errors that follow from the call's own shape."""
    codes = ["400", "429"]
    if any(call.get("security", [])):
        codes += ["401", "403"]  # a site role, or what has to be done first, is against any call
    elif method != "get":
        codes.append("403")
    if "requestBody" in call or method in {"post", "put", "patch"}:
        codes += ["413", "415"]
    if "{" in path:
        codes.append("404")
    return codes


def _answer(code: str) -> dict[str, Any]:
    shape, sentence = ANSWERS[code]
    reference = {"$ref": f"#/components/schemas/{shape}"}
    return {
        "description": str(sentence),
        "content": {"application/json": {"schema": reference}},
    }


class ByTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # theirs
    """Tells the schema about `ByToken`."""

    target_class = "tracker.lib.api.auth.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the scheme: a header with the prefix `Token`."""
        return build_bearer_security_scheme_object(
            header_name="Authorization", token_prefix=self.target.authenticate_header("")
        )
