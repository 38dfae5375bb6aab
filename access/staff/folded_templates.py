"""A loader that renders the constant parts of a template once for each language.

Texts, paths of static files and addresses without arguments become plain text, so that a page
does not look them up again. docs/adr/0047-compiled-templates.md has the reasons.
"""

from collections.abc import Callable
from typing import Any

from django.template import Context, Template
from django.template.base import Node, NodeList, TextNode, TokenType
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.translation import get_language
from django_htmx.templatetags.django_htmx import htmx_script


class _FoldingLoader(base.Loader):
    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        context = Context()
        with context.bind_template(template):
            _fold(template.nodelist, context)
        return template


class FoldedTemplatesLoader(cached.Loader, _FoldingLoader):
    """Django's cached loader, with a template for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()}:{super().cache_key(template_name, skip)}"


def _fold(nodes: NodeList, context: Any) -> None:
    """Replace constant nodes by their text, in place and in nested lists, too."""
    folded: list[Node] = []
    for node in nodes:
        text = _constant_text(node, context)
        if text is None:
            for inner in _nested(node):
                _fold(inner, context)
            if isinstance(node, IncludeNode):
                _find_once(node, context)
            folded.append(node)
        elif folded and isinstance(folded[-1], TextNode):
            folded[-1].s += text
        else:
            folded.append(_text_node(text, node))
    nodes[:] = folded


def _find_once(node: Any, context: Any) -> None:
    """Let an {% include %} with a constant name look up its template only once."""
    if _is_literal(node.template):
        node.template = _Included(node.template.var, context.template.engine)


class _Included:
    """The name of an included template, and the template after its first use."""

    def __init__(self, name: str, engine: Any) -> None:
        self.name, self.engine = name, engine
        self._found: Template | None = None

    def resolve(self, context: Context) -> Template:
        # Not before the first use, because a template may include itself.
        if self._found is None:
            self._found = self.engine.get_template(self.name)
        return self._found


def _nested(node: Node) -> list[NodeList]:
    if isinstance(node, LanguageNode):
        # Its texts are in another language than the template's.
        return []
    if isinstance(node, IfNode):
        return [nodelist for _, nodelist in node.conditions_nodelists]
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return [nodelist for nodelist in found if isinstance(nodelist, NodeList)]


def _constant_text(node: Node, context: Context) -> str | None:
    """Return the text that the node renders in every context; None if contexts differ."""
    if isinstance(node, TextNode):
        return node.s
    is_constant = CONSTANT.get(type(node))
    if is_constant is None or not is_constant(node):
        return None
    try:
        return node.render(context)
    except (NoReverseMatch, ValueError):
        # A missing page or static file is an error only where a template shows it.
        return None


def _text_node(text: str, node: Node) -> TextNode:
    found = TextNode(text)
    found.token, found.origin = node.token, node.origin
    return found


def _is_literal(expression: Any) -> bool:
    return isinstance(expression.var, str) and not expression.filters


def _is_constant_translation(node: TranslateNode) -> bool:
    expression = node.filter_expression
    # A literal without a context, that is not stored in a variable.
    is_literal = expression.var.literal is not None and not expression.filters
    return is_literal and not node.asvar and node.message_context is None


def _is_constant_block(node: BlockTranslateNode) -> bool:
    if node.extra_context or node.plural or node.asvar or node.message_context:
        return False
    return all(token.token_type == TokenType.TEXT for token in node.singular)


def _is_constant_address(node: URLNode) -> bool:
    if node.args or node.kwargs or node.asvar or not _is_literal(node.view_name):
        return False
    # An address with a namespace depends on the request.
    return ":" not in node.view_name.var


CONSTANT: dict[type, Callable[[Any], bool]] = {
    TranslateNode: _is_constant_translation,
    BlockTranslateNode: _is_constant_block,
    StaticNode: lambda node: node.varname is None and _is_literal(node.path),
    SimpleNode: lambda node: node.func is htmx_script and node.target_var is None,
    URLNode: _is_constant_address,
    LoadNode: lambda node: True,
    CommentNode: lambda node: True,
}
