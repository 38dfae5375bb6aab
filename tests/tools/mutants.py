"""The mutants of a file that mutmut does not make."""

import re
from collections import Counter

import libcst as cst
from mutmut.mutation.file_mutation import MutationVisitor, OuterFunctionProvider
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines

# The pieces of a pattern; brackets and group names are kept.
_PIECE = re.compile(r"(?P<kept>\(\?(?:P<\w+>|[:!])|[()\[\]{}])|\\u[0-9a-f]{4}|\\.|.")


def pattern(node):
    """Yield a raw string without one of its pieces, or with its \\uXXXX moved by one."""
    if "r" in node.prefix:
        quotes = slice(len(node.prefix) + len(node.quote), -len(node.quote))
        for broken in _broken(node.value[quotes]):
            yield node.with_changes(value=f"{node.prefix}{node.quote}{broken}{node.quote}")


def formatted_pattern(node):
    """Yield the same for an rf-string."""
    for number, part in enumerate(node.parts if "r" in node.prefix else ()):
        if isinstance(part, cst.FormattedStringText):
            for broken in _broken(part.value):
                parts = [*node.parts]
                parts[number] = part.with_changes(value=broken)
                yield node.with_changes(parts=parts)


def _broken(text):
    for piece in _PIECE.finditer(text):
        instead = () if piece["kept"] else ("",)
        if piece[0].startswith("\\u"):
            code = int(piece[0][2:], 16)
            instead = [f"\\u{near:04x}" for near in (code - 1, code + 1) if near >= 0]
        for other in instead:
            yield text[: piece.start()] + other + text[piece.end() :]


PATTERNS = [(cst.SimpleString, pattern), (cst.FormattedString, formatted_pattern)]


class LeftOut(MutationVisitor):
    """Collects the mutations that mutmut does not make."""

    def _skip_node_and_children(self, node):
        return super()._skip_node_and_children(node) and not isinstance(node, cst.FunctionDef)

    def _is_decorated(self, function):
        return super()._skip_node_and_children(function)

    def _create_mutations(self, node):
        outer = self.get_metadata(OuterFunctionProvider, node, None)
        is_mutmuts = isinstance(outer, cst.FunctionDef) and not self._is_decorated(outer)
        self._operators = PATTERNS if is_mutmuts else [*mutation_operators, *PATTERNS]
        super()._create_mutations(node)


def left_out(path):
    """Yield the name and file text of each mutant of `path` that mutmut does not make."""
    text = path.read_text()
    wrapper = cst.MetadataWrapper(cst.parse_module(text))
    visitor = LeftOut(PATTERNS, get_ignored_lines(str(path), text, wrapper))
    module = wrapper.visit(visitor)
    module_name = ".".join(path.with_suffix("").parts)
    numbers, seen = Counter(), {_spelled_alike(text)}
    for mutation in visitor.mutations:
        mutated = module.deep_replace(mutation.original_node, mutation.mutated_node).code
        if _spelled_alike(mutated) not in seen:
            seen.add(_spelled_alike(mutated))
            line = _first_difference(text, mutated)
            numbers[line] += 1
            yield f"{module_name}.line_{line}_{numbers[line]}", mutated


def _spelled_alike(text):
    return re.sub(r"\\u[0-9a-fA-F]{4}", lambda code: code[0].lower(), text)


def _first_difference(text, mutated):
    pairs = zip(text.splitlines(), mutated.splitlines(), strict=False)
    return next((line for line, (one, other) in enumerate(pairs, 1) if one != other), 0)
