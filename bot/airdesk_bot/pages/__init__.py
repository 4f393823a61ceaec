"""The link pages' templates."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, select_autoescape

_environment = Environment(
    loader=PackageLoader("airdesk_bot", "pages"), autoescape=select_autoescape(["html"])
)


def page(template: str, **values: str) -> str:
    return _environment.get_template(template).render(**values)
