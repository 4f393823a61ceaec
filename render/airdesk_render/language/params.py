"""Values that a person may change when starting a run; Airflow makes a form of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Shape

ParamName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
PlainValue = str | int | float | bool


class Param(Shape):
    """One value, in JSON Schema's words as Airflow's `Param` takes them."""

    type: Literal["string", "integer", "number", "boolean", "array", "object"] = Field(
        description="Its type."
    )
    default: JsonValue = Field(description="What it is when nobody says otherwise; null if nullable.")
    title: str | None = Field(default=None, max_length=100, description="Its label in the form.")
    description: str | None = Field(default=None, max_length=500, description="What it means.")
    section: str | None = Field(default=None, max_length=100, description="Groups it in the form.")
    nullable: bool = Field(default=False, description="Whether it may be left empty.")
    minimum: int | float | None = Field(default=None, description="Smallest number allowed.")
    maximum: int | float | None = Field(default=None, description="Largest number allowed.")
    minLength: int | None = Field(default=None, ge=0, description="Fewest characters.")  # noqa: N815  JSON Schema's word
    maxLength: int | None = Field(default=None, ge=1, description="Most characters.")  # noqa: N815  JSON Schema's word
    pattern: str | None = Field(
        default=None, max_length=200, description="Regular expression the whole text must match."
    )
    format: Literal["date", "date-time", "time", "email", "uri", "multiline"] | None = Field(
        default=None, description="A special kind of text; the form shows a calendar for dates."
    )
    enum: tuple[PlainValue, ...] | None = Field(
        default=None, min_length=1, max_length=50, strict=False, description="All values allowed."
    )
    items: Literal["string", "integer", "number", "boolean"] | None = Field(
        default=None, description="Type of each item of an array."
    )

    @model_validator(mode="after")
    def _fits(self) -> Param:
        values = [self.default] if self.default is not None or not self.nullable else []
        for value in (*values, *(self.enum or ())):
            if not _has_type(value, self.type):
                raise PydanticCustomError(
                    "param_type",
                    "{value} is not of type {type}.",
                    {"value": repr(value)[:60], "type": self.type},
                )
        if self.enum is not None and values and self.default not in self.enum:
            raise PydanticCustomError("param_enum", "The default must be one of the enum's values.")
        self._check_limits()
        return self

    def _check_limits(self) -> None:
        limits = {
            "number": (("integer", "number"), self.minimum, self.maximum),
            "text": (("string",), self.minLength, self.maxLength, self.pattern, self.format),
            "array": (("array",), self.items),
        }
        for name, (types, *given) in limits.items():
            if any(one is not None for one in given) and self.type not in types:
                words = {
                    "number": "Only numbers have a minimum or a maximum.",
                    "text": "Only strings have minLength, maxLength, pattern or format.",
                    "array": "Only arrays have items.",
                }
                raise PydanticCustomError("param_limits", words[name])
        size = len(self.default) if isinstance(self.default, str) else self.default
        low, high = (
            (self.minLength, self.maxLength)
            if isinstance(self.default, str)
            else (self.minimum, self.maximum)
        )
        if isinstance(size, bool) or not isinstance(size, int | float):
            return
        if (low is not None and size < low) or (high is not None and size > high):
            raise PydanticCustomError("param_range", "The default lies outside its own limits.")


def _has_type(value: object, name: str) -> bool:
    if name == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "array": list,
        "object": dict,
    }
    return isinstance(value, kinds[name])
