"""Values that a person may change when starting a run; Airflow makes a form of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from airdesk_render.language.base import Shape

PARAM_PATTERN = r"^[a-z][a-z0-9_]{0,49}$"
ParamName = Annotated[str, Field(pattern=PARAM_PATTERN)]
PlainValue = str | int | float | bool


class Param(Shape):
    """One value, in JSON Schema's words as Airflow's `Param` takes them."""

    type: Literal["string", "integer", "number", "boolean", "array", "object"] = Field(
        description="Its type."
    )
    default: JsonValue = Field(
        description="What it is when nobody says otherwise; null if nullable."
    )
    title: str | None = Field(default=None, max_length=100, description="Its label in the form.")
    description: str | None = Field(default=None, max_length=500, description="What it means.")
    section: str | None = Field(default=None, max_length=100, description="Groups it in the form.")
    nullable: bool = Field(default=False, description="Whether it may be left empty.")
    minimum: int | float | None = Field(default=None, description="Smallest number allowed.")
    maximum: int | float | None = Field(default=None, description="Largest number allowed.")
    minLength: int | None = Field(default=None, ge=0, description="Fewest characters.")  # noqa: N815  JSON Schema's word
    maxLength: int | None = Field(default=None, ge=1, description="Most characters.")  # noqa: N815  JSON Schema's word
    pattern: str | None = Field(
        default=None, max_length=200, description="Regular expression for the whole text."
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
        self._check_words()
        values = [self.default] if self.default is not None or not self.nullable else []
        for value in (*values, *(self.enum or ())):
            _check_type(value, self.type)
        if isinstance(self.default, list) and self.items is not None:
            for value in self.default:
                _check_type(value, self.items)
        if self.enum is not None and values and self.default not in self.enum:
            raise PydanticCustomError("param_enum", "The default must be one of the enum's values.")
        self._check_limits()
        return self

    def _check_words(self) -> None:
        """Limits belong to one type each."""
        number = (self.minimum, self.maximum)
        text = (self.minLength, self.maxLength, self.pattern, self.format)
        for given, types, sentence in (
            (number, ("integer", "number"), "Only numbers have a minimum or a maximum."),
            (text, ("string",), "Only strings have minLength, maxLength, pattern or format."),
            ((self.items,), ("array",), "Only arrays have items."),
        ):
            if self.type not in types and any(one is not None for one in given):
                raise PydanticCustomError("param_limits", sentence)

    def _check_limits(self) -> None:
        low, high = self.minimum, self.maximum
        size: object = self.default
        if self.type == "string":
            low, high = self.minLength, self.maxLength
            size = len(self.default) if isinstance(self.default, str) else None
        if low is not None and high is not None and low > high:
            raise PydanticCustomError("param_limits", "The lower limit is above the upper one.")
        if isinstance(size, bool) or not isinstance(size, int | float):
            return
        if (low is not None and size < low) or (high is not None and size > high):
            raise PydanticCustomError("param_range", "The default lies outside its own limits.")


_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


def _check_type(value: object, name: str) -> None:
    fits = isinstance(value, bool)
    if name != "boolean":
        fits = not fits and isinstance(value, _KINDS[name])
    if not fits:
        raise PydanticCustomError(
            "param_type",
            "{value} is not of type {type}.",
            {"value": repr(value)[:60], "type": name},
        )
