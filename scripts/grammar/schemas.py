"""Random JSON Schemas over all keywords that docs/structured-output.md has."""

import json

from grammar.regexes import anchored

NAMES = ["a", "ab", "abc", "name", "id", "x-y", "é", 'q"t', "value", "tags", "0", "", "back\\slash", "long name of a property"]
STRINGS = ["", "a", "ab", "x y", "é", "€", 'say "hi"', "line\nend", "tab\t", "\\", "/", "null", "12", "\u0001"]
FORMATS = ["date", "time", "date-time", "duration", "uuid", "email", "hostname", "ipv4", "ipv6", "uri"]
# Patterns that go with formats.
LOOSE = ["^[^:]*$", "^.{1,60}$", "[0-9a-f]", "-?", "^[ -~]*$"]
NUMBERS = [-1000, -100, -12, -7, -1, 0, 1, 2, 9, 10, 11, 99, 100, 123, 999, 1000, 65535, 123456]


class Schemas:
    def __init__(self, random):
        self.random = random
        self.definitions = {}

    def one(self):
        self.definitions = {}
        for name in ["first", "second"][: self.random.choice([0, 0, 1, 2])]:
            self.definitions[name] = None
        for name in self.definitions:
            self.definitions[name] = self.typed("object", 2)
        made = self.schema(3)
        if self.definitions and isinstance(made, dict):
            made = {"$defs": self.definitions, **made}
        return made

    def chance(self, probability):
        return self.random.random() < probability

    def schema(self, depth):
        kinds = ["string", "string", "integer", "number", "boolean", "null", "values", "types"]
        if depth > 0:
            kinds += ["object", "object", "object", "array", "array", "anyOf", "oneOf", "allOf"]
        if self.definitions and depth < 3:
            kinds += ["reference"]
        return self.typed(self.random.choice(kinds), depth)

    def typed(self, kind, depth):
        if kind in ("string", "integer", "number", "object", "array"):
            return getattr(self, kind)(depth)
        if kind in ("boolean", "null"):
            return {"type": kind}
        return getattr(self, kind)(depth)

    def reference(self, _):
        return {"$ref": "#/$defs/" + self.random.choice(list(self.definitions))}

    def values(self, _):
        values = [*STRINGS, *NUMBERS, True, False, None, [], [1, "a"], {"k": [1]}, 0.5, -1.25]
        if self.chance(0.3):
            return {"const": self.random.choice(values)}
        return {"enum": unique(self.random.sample(values, self.random.randint(1, 6)))}

    def types(self, _):
        return {"type": self.random.sample(["string", "integer", "boolean", "null"], self.random.randint(2, 3))}

    def string(self, _):
        schema = {"type": "string"}
        kind = self.random.random()
        if kind < 0.25:
            schema["pattern"] = anchored(self.random)
        elif kind < 0.4:
            schema["format"] = self.random.choice(FORMATS)
            if self.chance(0.3):
                schema["pattern"] = self.random.choice(LOOSE)
        if kind < 0.75 and (kind >= 0.4 or self.chance(0.3)):
            least = self.random.choice([0, 0, 1, 2, 3, 10])
            if self.chance(0.6):
                schema["minLength"] = least
            if self.chance(0.7):
                schema["maxLength"] = least + self.random.choice([0, 1, 2, 5, 20, 100])
        return schema

    def integer(self, _):
        return self.number_of("integer", NUMBERS, [2, 3, 7, 10, 25])

    def number(self, _):
        return self.number_of("number", NUMBERS + [-2.5, -0.25, 0.1, 0.125, 1.5, 99.99], [1, 5, 0.1, 0.01, 0.25, 0.5, 1.5])

    def number_of(self, kind, bounds, divisors):
        schema = {"type": kind}
        low, high = sorted(self.random.sample(bounds, 2))
        if self.chance(0.4):
            schema[self.random.choice(["minimum", "exclusiveMinimum"])] = low
        if self.chance(0.4):
            schema[self.random.choice(["maximum", "exclusiveMaximum"])] = high
        if self.chance(0.2):
            schema["multipleOf"] = self.random.choice(divisors)
        return schema

    def array(self, depth):
        schema = {"type": "array"}
        prefix = self.random.choice([0, 0, 0, 1, 2, 3])
        if prefix:
            schema["prefixItems"] = [self.schema(depth - 1) for _ in range(prefix)]
        schema["items"] = self.schema(depth - 1) if not prefix or self.chance(0.5) else False
        least = self.random.choice([0, 0, 1, 2, 3, 5])
        if schema["items"] is False:
            least = min(least, prefix)
        if self.chance(0.4):
            schema["minItems"] = least
        if self.chance(0.4):
            schema["maxItems"] = least + self.random.choice([0, 1, 3, 10])
        return schema

    def object(self, depth):
        names = self.random.sample(NAMES, self.random.randint(0, 5))
        schema = {"type": "object", "properties": {name: self.schema(depth - 1) for name in names}}
        schema["required"] = [name for name in names if self.chance(0.5)]
        schema["additionalProperties"] = False
        kind = self.random.random()
        if kind < 0.2:
            schema["additionalProperties"] = self.schema(0)
        elif kind < 0.3:
            schema["additionalProperties"] = True
        elif kind < 0.4:
            schema["patternProperties"] = {"^z[0-9]*$": self.schema(0)}
        elif kind < 0.5 and not schema["required"] and names:
            schema[self.random.choice(["minProperties", "maxProperties"])] = 1
        return schema

    def anyOf(self, depth):
        return {"anyOf": [self.schema(depth - 1) for _ in range(self.random.randint(1, 3))]}

    def oneOf(self, depth):
        if self.chance(0.5):
            kinds = self.random.sample(["string", "integer", "boolean", "null", "array", "object"], 2)
            return {"oneOf": [self.typed(kind, depth - 1) for kind in kinds]}
        cases = []
        for value in self.random.sample(["cat", "dog", "bird", "fish"], self.random.randint(2, 3)):
            case = self.object(depth - 1)
            case.pop("minProperties", None), case.pop("maxProperties", None)
            case["properties"] = {"kind": {"const": value}, **case["properties"]}
            case["required"] = ["kind", *case["required"]]
            cases.append(case)
        return {"oneOf": cases}

    def allOf(self, depth):
        kind = self.random.choice(["integer", "object", "string"])
        if kind == "object":
            first, second = self.object(depth - 1), self.object(depth - 1)
            for each in (first, second):
                for name in ("patternProperties", "minProperties", "maxProperties"):
                    each.pop(name, None)
                each["additionalProperties"] = True
            closed = {"additionalProperties": False, "properties": {n: True for s in (first, second) for n in s["properties"]}}
            return {"allOf": [first, second, closed]}
        return {"allOf": [self.typed(kind, depth), {"type": kind}]}


def unique(values):
    return list({json.dumps(value): value for value in values}.values())
