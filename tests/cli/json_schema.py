"""What of JSON Schema docs/openapi.json is written in: checks values against it. Words that it does not know are errors."""

import re

TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
SILENT = {"description", "default"}


class Schemas:
    """Of a document, within which references lead to others."""

    def __init__(self, document):
        self.document = document

    def at(self, reference):
        """What "#/a/b" names."""
        found = self.document
        for name in reference.removeprefix("#/").split("/"):
            found = found[name]
        return found

    def problems(self, schema, value, place="it"):
        """Texts that say what is wrong with the value; none when it fits."""
        found = []
        for word, wanted in schema.items():
            if word not in SILENT:
                found += getattr(self, "check_" + word.removeprefix("$"))(wanted, value, place, schema)
        return found

    def check_ref(self, wanted, value, place, _):
        return self.problems(self.at(wanted), value, place)

    def check_type(self, wanted, value, place, _):
        names = [wanted] if isinstance(wanted, str) else wanted
        return [] if any(TYPES[name](value) for name in names) else [f"{place} is {value!r}, expected {wanted}"]

    def check_enum(self, wanted, value, place, _):
        same = any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)
        return [] if same else [f"{place} is {value!r}, expected one of {wanted}"]

    def check_const(self, wanted, value, place, schema):
        return self.check_enum([wanted], value, place, schema)

    def check_anyOf(self, wanted, value, place, _):
        each = [self.problems(schema, value, place) for schema in wanted]
        return [] if [] in each else min(each, key=len)

    def check_required(self, wanted, value, place, _):
        if not isinstance(value, dict):
            return []
        return [f"{place} lacks {name}" for name in wanted if name not in value]

    def check_properties(self, wanted, value, place, _):
        if not isinstance(value, dict):
            return []
        given = [(name, schema) for name, schema in wanted.items() if name in value]
        return [text for name, schema in given for text in self.problems(schema, value[name], f"{place}.{name}")]

    def check_additionalProperties(self, wanted, value, place, schema):
        if not isinstance(value, dict):
            return []
        more = [name for name in value if name not in schema.get("properties", {})]
        if wanted is False:
            return [f"{place} has {name}, which is not described" for name in more]
        return [text for name in more for text in self.problems(wanted, value[name], f"{place}.{name}")]

    def check_items(self, wanted, value, place, _):
        if not isinstance(value, list):
            return []
        return [text for i, item in enumerate(value) for text in self.problems(wanted, item, f"{place}[{i}]")]

    def check_minimum(self, wanted, value, place, _):
        small = TYPES["number"](value) and value < wanted
        return [f"{place} is {value}, expected at least {wanted}"] if small else []

    def check_maximum(self, wanted, value, place, _):
        large = TYPES["number"](value) and value > wanted
        return [f"{place} is {value}, expected at most {wanted}"] if large else []

    def check_pattern(self, wanted, value, place, _):
        other = isinstance(value, str) and not re.search(wanted, value)
        return [f"{place} is {value!r}, expected {wanted}"] if other else []
