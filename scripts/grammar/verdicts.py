"""Says of a text that one side allows and the other does not which of them is right, and why they differ."""

import decimal
import json
import re

import jsonschema

decimal.getcontext().prec = 1000
MOST_DIGITS = 16
TWICE = "a name twice"
LARGE = "a large number"


class NoJson(Exception):
    pass


def pairs(items):
    names = [name for name, _ in items]
    if len(set(names)) < len(names):
        raise NoJson(TWICE)
    return dict(items)


def no_number(name):
    raise NoJson(name)


def number(text):
    """Not written out if that would take gigabytes."""
    value = decimal.Decimal(text)
    if abs(value.adjusted()) > MOST_DIGITS * 10 or len(text) > MOST_DIGITS * 10:
        raise NoJson(LARGE)
    return value


def whole(text):
    return int(number(text))


def parse(text):
    """With numbers as they are written."""
    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=number, parse_int=whole, parse_constant=no_number
        )
        json.dumps(value, default=str, ensure_ascii=False).encode("utf-8")
    except (ValueError, UnicodeError, RecursionError) as error:
        raise NoJson(str(error)) from error
    return value


def is_whole(_, value):
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, decimal.Decimal) and value == value.to_integral_value()
    )


def find(_, pattern, value, __):
    """In Python $ is also before the end of a line at the end."""
    if isinstance(value, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), value):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


BASE = jsonschema.Draft202012Validator
Validator = jsonschema.validators.extend(
    BASE, validators={"pattern": find}, type_checker=BASE.TYPE_CHECKER.redefine("integer", is_whole)
)


def exact(value):
    """Numbers as decimal ones, so that multipleOf is no matter of rounding."""
    if isinstance(value, float):
        return decimal.Decimal(str(value))
    if isinstance(value, list):
        return [exact(each) for each in value]
    return {name: exact(each) for name, each in value.items()} if isinstance(value, dict) else value


def written(value):
    """JSON in its shortest spelling."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{written(name)}:{written(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, decimal.Decimal):
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    return json.dumps(value, ensure_ascii=False)


def numbers(value):
    if isinstance(value, dict):
        return [number for each in value.values() for number in numbers(each)]
    if isinstance(value, list):
        return [number for each in value for number in numbers(each)]
    is_number = isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool)
    return [written(value)] if is_number else []


class Judge:
    def __init__(self, schema, fits):
        self.schema = schema
        self.validator = Validator(exact(schema), format_checker=BASE.FORMAT_CHECKER)
        self.fits = fits  # whether ours takes a text

    def verdict(self, side, text):
        """A class of differences; those that begin with "fault" are ours to mend."""
        try:
            value = parse(text)
        except NoJson as error:
            if side == "ours":
                return f"fault: no JSON, {error}"
            if str(error) == LARGE:
                return "ours has fewer digits"
            return "theirs is wider: " + (TWICE if str(error) == TWICE else "no JSON")
        error = jsonschema.exceptions.best_match(self.validator.iter_errors(value))
        if error:
            return ("fault: not by the schema, " if side == "ours" else "theirs is wider: ") + str(error.validator)
        if side == "ours":
            return "theirs is narrower"
        if self.fits(written(value)):
            return "ours has fewer spellings"
        if any(len(part) > MOST_DIGITS for number in numbers(value) for part in number.lstrip("-").split(".")):
            return "ours has fewer digits"
        if '"format"' in json.dumps(self.schema):
            return "ours has a narrower format"
        return "fault: ours refuses what fits"
