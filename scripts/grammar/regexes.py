"""Random regular expressions, each in the notation of ECMAScript, Rust and Python."""

ATOMS = ["a", "b", "x", "0", "7", "-", "_", " ", "é", "€", r"\.", r"\/", r"\n", "[a-c]", "[^a]", "[0-9]", "[a-zA-Z_]", "[^0-9a-f]"]
ATOMS += ["ab", "true", "name", "[ -~]", "[à-ü€]", r"[^\n\"]"]
# Where the notations differ in what they mean: ours, theirs.
CLASSES = [(r"\d", "[0-9]"), (r"\w", "[0-9A-Za-z_]"), (".", r"[^\n\r\u{2028}\u{2029}]"), (r"\D", "[^0-9]")]
BOUNDS = ["", "", "", "?", "*", "+", "{2}", "{0,3}", "{2,5}", "{3,}", "{1,40}", "{5,200}"]


def atom(random, depth):
    choice = random.random()
    if depth > 0 and choice < 0.35:
        ours, theirs = alternatives(random, depth - 1)
        return f"({ours})", f"({theirs})"
    if choice < 0.5:
        return random.choice(CLASSES)
    text = random.choice(ATOMS)
    return (text, text) if len(text) == 1 or text[0] in "[\\" else (f"(?:{text})", f"(?:{text})")


def sequence(random, depth):
    ours = theirs = ""
    for _ in range(random.randint(1, 4)):
        left, right = atom(random, depth)
        bounds = random.choice(BOUNDS)
        ours += left + bounds
        theirs += right + bounds
    return ours, theirs


def alternatives(random, depth):
    parts = [sequence(random, depth) for _ in range(random.choice([1, 1, 2, 3]))]
    return "|".join(part[0] for part in parts), "|".join(part[1] for part in parts)


def regex(random):
    return alternatives(random, 3)


def anchored(random):
    """For the keyword pattern, in what all three notations share."""
    while True:
        ours, theirs = alternatives(random, 1)
        if ours == theirs:
            return random.choice([f"^(?:{ours})$", f"^(?:{ours})$", f"^(?:{ours})", ours])
