"""The performance benchmark: it compares servers in alternating rounds and prints ratios."""
