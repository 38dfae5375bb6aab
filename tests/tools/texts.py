"""Find the English of a file: UI texts, documentation, docstrings, comments, names of tests."""

import ast
import io
import re
import tokenize
from typing import NamedTuple

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# These keyword arguments are shown in the admin or in the API documentation.
SHOWN_KEYWORDS = {"help_text", "verbose_name", "description", "summary"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
TRANSLATED = re.compile(
    r"""\{%\s*translate\s+(["'])(?P<line>.*?)\1"""
    r"""|\{%\s*blocktranslate\b[^%]*%\}(?P<block>.*?)\{%\s*endblocktranslate""",
    re.S,
)
TEMPLATE_COMMENT = re.compile(r"\{#(.*?)#\}|\{% comment %\}(.*?)\{% endcomment %\}", re.S)
BLOCK_COMMENT = re.compile(r"/\*(.*?)\*/", re.S)
SLASH_COMMENT = re.compile(r"(?:^|\s)//\s(?P<text>.*)")
HASH_COMMENT = re.compile(r"^\s*#\s(?P<text>.*)")
DIRECTIVE = re.compile(r"#!|#\s*(noqa|type:|ruff:|pragma)")
LIST_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")


class Text(NamedTuple):
    line: int
    kind: str  # "ui", "docs" or "code"
    form: str  # "prose", "heading", "label" or "name"
    words: str


def texts(name, source):
    """Return the texts of a file of this name."""
    if name.endswith(".py"):
        return [*_python(ast.parse(source), is_test=name.startswith("tests/")), *_comments(source)]
    if name.endswith(".md"):
        return _markdown(source)
    if name.endswith(".html"):
        return [*_translated(source), *_matches(TEMPLATE_COMMENT, source)]
    if name.endswith((".css", ".js")):
        return [*_matches(BLOCK_COMMENT, source), *_line_comments(SLASH_COMMENT, source)]
    return list(_line_comments(HASH_COMMENT, source))


def _python(tree, *, is_test):
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED):
            yield from _docstring(node)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = node.name.removeprefix("test_").replace("_", " ").capitalize()
            yield Text(node.lineno, "code", "name", words)
        if isinstance(node, ast.Call) and not is_test:
            yield from _shown(node)


def _docstring(node):
    if ast.get_docstring(node) is None:
        return
    text = node.body[0]
    first, *rest = text.value.value.splitlines()
    lines = [first.strip(), *(line[text.col_offset :] for line in rest)]
    # An indented line is an example.
    prose = ["" if line.startswith("    ") else line for line in lines]
    yield from _blocks("code", prose, text.lineno)


def _shown(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    values = [one.value for one in call.keywords if one.arg in SHOWN_KEYWORDS]
    for node in [*values, *(call.args if name in GETTEXT else ())]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.lineno, "ui", _form(node.value), node.value)


def _form(words):
    return "prose" if words.rstrip().endswith((".", "!", "?")) else "label"


def _comments(source):
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = [one for one in tokens if one.type == tokenize.COMMENT]
    kept = [one for one in found if not DIRECTIVE.match(one.string)]
    return _joined(
        (one.start[0], one.string.lstrip("#- "), one.line.lstrip().startswith("#")) for one in kept
    )


def _line_comments(pattern, source):
    lines = enumerate(source.splitlines(), 1)
    found = [(number, line, pattern.search(line)) for number, line in lines]
    return _joined(
        (number, match["text"].lstrip("- "), not line[: match.start()].strip())
        for number, line, match in found
        if match
    )


def _joined(comments):
    """Join comments on consecutive lines; a comment after code stands alone."""
    block, start, following = [], 0, 0
    for number, words, alone in comments:
        if block and not (alone and number == following):
            yield Text(start, "code", "prose", "\n".join(block))
            block = []
        start = start if block else number
        block.append(words)
        following = number + 1 if alone else 0
    if block:
        yield Text(start, "code", "prose", "\n".join(block))


def _matches(pattern, source):
    for match in pattern.finditer(source):
        words = next(group for group in match.groups() if group is not None)
        yield Text(_line(source, match.start()), "code", "prose", words)


def _translated(source):
    for match in TRANSLATED.finditer(source):
        for words in re.split(r"\{%\s*plural\s*%\}", match["line"] or match["block"] or ""):
            yield Text(_line(source, match.start()), "ui", _form(words), words)


def _line(source, offset):
    return source.count("\n", 0, offset) + 1


def _markdown(source):
    without_code = re.sub(r"(?ms)^ *```.*?^ *```", lambda m: "\n" * m[0].count("\n"), source)
    return list(_blocks("docs", without_code.splitlines(), 1))


def _blocks(kind, lines, first):
    """Yield one text for each paragraph, list item, heading and row of a table."""
    block = []
    for number, line in enumerate([*lines, ""], first):
        stands_alone = line.lstrip().startswith(("|", "#"))
        if block and (stands_alone or not line.strip() or LIST_ITEM.match(line)):
            yield Text(number - len(block), kind, "prose", "\n".join(block))
            block = []
        if stands_alone:
            yield Text(number, kind, "label" if "|" in line else "heading", line.strip("#| "))
        elif line.strip():
            block.append(line if block else LIST_ITEM.sub("", line, count=1))
