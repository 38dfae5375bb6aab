"""How fast Greenroom is: measured side by side, in rounds that take turns, as ratios."""
