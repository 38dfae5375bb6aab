"""Links back to the list from which the user came."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from access.staff.back_links import last_list, lists_at

register = template.Library()


@register.simple_tag(takes_context=True)
def back_link(context: Any, *lists: str, style: str = "", text: str = "title") -> SafeString:
    """Render a link to the list that the user saw last among the views `lists`.

    `text` is "title", "back" for a sentence, or another text; `style` makes it a button. The script
    back.js leads to the list of its tab, if that is one of the paths in `data-back`.
    """
    link, paths = last_list(context["request"], *lists), " ".join(lists_at(lists))
    button = format_html(' role="button" class="{}"', style) if style else ""
    words = {"title": link.title, "back": link.back}
    says = format_html(' data-says="{}"', text) if text in words else ""
    html = '<a href="{}" data-back="{}"{}{}>{}</a>'
    return format_html(html, link.url, paths, says, button, words.get(text, text))
