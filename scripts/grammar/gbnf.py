"""Random GBNF grammars, and what they are in llguidance's variant of Lark."""

TEXTS = ["a", "b", "ab", "0", "{", "}", "name", "é", " "]
CLASSES = ["[a-c]", "[0-9]", "[^a-y]", "[a-zA-Z_]", "[é-ü]"]
BOUNDS = ["", "", "", "?", "*", "+", "{2}", "{0,5}", "{3,}", "{2,60}"]

# Grammars that nest. Lark's words are cut before they are parsed, so each of these can be cut in one way only.
NESTED = [
    (
        'root ::= "[" (root ("," root)*)? "]" | [0-9]+',
        'start: "[" (start ("," start)*)? "]" | /[0-9]+/',
    ),
    (
        'root ::= sum\nsum ::= product (("+" | "-") product)*\nproduct ::= factor (("*" | "/") factor)*\n'
        'factor ::= [0-9]{1,5} | name ("(" (sum ("," sum)*)? ")")? | "(" sum ")"\nname ::= [a-z] [a-z0-9_]{0,7}',
        'start: sum\nsum: product (("+" | "-") product)*\nproduct: factor (("*" | "/") factor)*\n'
        'factor: /[0-9]{1,5}/ | /[a-z][a-z0-9_]{0,7}/ ("(" (sum ("," sum)*)? ")")? | "(" sum ")"',
    ),
    (
        'root ::= "a" root "b" | "x"',
        'start: "a" start "b" | "x"',
    ),
    (
        'root ::= "<" [a-z]{1,3} (" " [a-z]+ "=" quoted)* ("/>" | ">" root* "</>")\nquoted ::= "\\"" [^"<>]{0,20} "\\""',
        'start: "<" /[a-z]{1,3}/ (" " /[a-z]+/ "=" quoted)* ("/>" | ">" start* "</>")\nquoted: "\\"" /[^"<>]{0,20}/ "\\""',
    ),
]


def item(random, rules, depth):
    choice = random.random()
    if depth > 0 and choice < 0.3:
        ours, theirs = choices(random, rules, depth - 1)
        return f"({ours})", f"({theirs})"
    if rules and choice < 0.45:
        name = random.choice(rules)
        return name, name.upper()
    if choice < 0.7:
        text = f'"{random.choice(TEXTS)}"'
        return text, text
    text = random.choice(CLASSES)
    return text, f"/{text}/"


def choices(random, rules, depth):
    ours, theirs = [], []
    for _ in range(random.choice([1, 1, 2, 3])):
        pairs_of = [item(random, rules, depth) for _ in range(random.randint(1, 4))]
        bounds = [random.choice(BOUNDS) for _ in pairs_of]
        ours.append(" ".join(pair[0] + bound for pair, bound in zip(pairs_of, bounds)))
        theirs.append(" ".join(pair[1] + bound for pair, bound in zip(pairs_of, bounds)))
    return " | ".join(ours), " | ".join(theirs)


def flat(random):
    """Rules that use only those before them: to Lark they are parts of one word."""
    ours, theirs, rules = [], [], []
    for name in ["one", "two", "three"][: random.randint(0, 3)]:
        left, right = choices(random, rules, 1)
        ours.append(f"{name} ::= {left}")
        theirs.append(f"{name.upper()}: {right}")
        rules.append(name)
    left, right = choices(random, rules, 2)
    return "\n".join([f"root ::= {left}", *ours]), "\n".join(["start: WHOLE", *theirs, f"WHOLE: {right}"])


def pairs(random, count):
    return [*NESTED, *(flat(random) for _ in range(count))]
