"""Classes of characters, as patterns that mean the same in Python's re and PostgreSQL's ~."""

# Unicode's property White_Space, without the control characters that no text may contain.
WHITE_SPACE = (
    "\t\n\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff"
BIDI_OVERRIDES = r"\u202a-\u202e\u2066-\u2069"
NOT_IN_A_LINE = rf"[{CONTROLS}{BIDI_OVERRIDES}\t\n\r\u2028\u2029]"
# A newline is LF, or CRLF as browsers send it. A CR alone is forbidden.
NOT_IN_PARAGRAPHS = rf"[{CONTROLS}]|\r(?!\n)"
# Text without any of these characters (only spaces and zero-width ones) is invisible. The CHECK
# constraints contain this pattern, and another one would validate all stored rooms and members.
VISIBLE = (
    r"[^ \t\n\r\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
# Unicode's property Default_Ignorable_Code_Point, apart from VISIBLE: DerivedCoreProperties.txt of
# Unicode 16.0. The braille blank U+2800 in VISIBLE lacks the property, but is as blank as a space.
IGNORABLE = r"\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
SEEN = VISIBLE.removesuffix("]") + IGNORABLE + "]"
