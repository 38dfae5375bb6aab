"""Small pieces of HTML that several pages share."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


def pill(kind: str, text: Any) -> SafeString:
    return format_html('<span class="pill pill-{}">{}</span>', kind, text)
