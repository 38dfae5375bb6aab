"""The source of the product as syntax trees, and which module imports which."""

import ast

from django.conf import settings

APPS = ("access", "rooms", "sessions", "config")
SOURCES = sorted(
    path
    for app in APPS
    for path in (settings.BASE_DIR / app).rglob("*.py")
    if "migrations" not in path.parts
)
TREES = {
    path.relative_to(settings.BASE_DIR).as_posix(): ast.parse(path.read_text()) for path in SOURCES
}


def module(path):
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module(path) for path in TREES}


def imports(tree):
    """Return the product's modules that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            # A package that only leads to a module of its own is not what is imported.
            found |= names if names <= MODULES else {node.module, *names}
    return found & MODULES


GRAPH = {module(path): imports(tree) - {module(path)} for path, tree in TREES.items()}


def reached(start):
    """Return every module of the product that importing `start` imports."""
    seen, waiting = set(), [start]
    while waiting:
        for name in GRAPH[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen
