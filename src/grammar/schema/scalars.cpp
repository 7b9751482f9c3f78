// Strings and numbers.

#include <algorithm>
#include <cmath>

#include "base/quote.h"
#include "grammar/regex/pattern.h"
#include "grammar/schema/compiler.h"
#include "grammar/schema/formats.h"
#include "grammar/schema/numbers.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

std::optional<Bound> bound_of(const Json& schema, const char* keyword, bool open,
                              const std::string& pointer) {
  const Json* value = find_keyword(schema, keyword);
  if (!value) return std::nullopt;
  return Bound{decimal_in(*value, keyword, pointer), open};
}

// The narrower of two bounds; `sign` is 1 for the lower ones.
std::optional<Bound> narrower(const std::optional<Bound>& a, const std::optional<Bound>& b,
                              int sign) {
  if (!a || !b) return a ? a : b;
  const int order = Decimal::compare(a->value, b->value) * sign;
  if (order == 0) return a->open ? a : b;
  return order > 0 ? a : b;
}

// Of "minimum" and "exclusiveMinimum", or the maxima.
std::optional<Bound> limit_of(const Json& schema, const char* closed, const char* open, int sign,
                              const std::string& pointer) {
  const Json* flag = find_keyword(schema, open);
  if (!flag || !flag->is_boolean()) {
    return narrower(bound_of(schema, closed, false, pointer), bound_of(schema, open, true, pointer),
                    sign);
  }
  // In draft 4 it says whether the other one is open.
  if (flag->get<bool>() && !schema.contains(closed)) {
    fail_at(pointer, Code::kInvalidArgument, open, " is true, expected ", closed, " beside it");
  }
  return bound_of(schema, closed, flag->get<bool>(), pointer);
}

Range range_of(const Json& schema, const std::string& pointer) {
  Range range{limit_of(schema, "minimum", "exclusiveMinimum", 1, pointer),
              limit_of(schema, "maximum", "exclusiveMaximum", -1, pointer)};
  for (const std::string& name : texts_of(schema, "format", pointer)) {
    const NumberFormat* format = number_format(name);
    if (!format && !format_pattern(name)) {
      fail_at(pointer, Code::kUnsupported, "format ", quote(name), " is not supported for numbers");
    }
    if (!format || !format->bounded) continue;
    range.low = narrower(range.low, Bound{decimal_of(Json(format->low)).value()}, 1);
    range.high = narrower(range.high, Bound{decimal_of(Json(format->high)).value()}, -1);
  }
  return range;
}

// The number without its point, and how many places that was from the end; nothing if it is large.
std::optional<Divisor> divisor_of(const Decimal& number) {
  if (number.fraction.size() > 6 || number.whole.size() > 6) return std::nullopt;
  return Divisor{std::stoll(number.whole + number.fraction),
                 static_cast<uint32_t>(number.fraction.size())};
}

// How many places behind the point 0.1, 0.01, ... leave; nothing for other numbers.
std::optional<uint32_t> places_of(const Decimal& divisor) {
  if (divisor.negative || divisor.whole != "0" || divisor.fraction.empty()) return std::nullopt;
  const bool power = divisor.fraction.back() == '1' &&
                     divisor.fraction.find_first_not_of('0') + 1 == divisor.fraction.size();
  if (!power || divisor.fraction.size() > kMostDigits) return std::nullopt;
  return static_cast<uint32_t>(divisor.fraction.size());
}

}  // namespace

// Strings of equal keywords are one rule, so that what is known of one goes for all.
Expr SchemaCompiler::string(const Place& schema) {
  Json keywords = Json::object();
  for (const char* name : {"minLength", "maxLength", "pattern", "format", "contentEncoding"}) {
    if (const Json* value = find_keyword(*schema.value, name)) keywords[name] = *value;
  }
  if (keywords.empty()) return rules_.rule(text_.string());
  spend(size_of(keywords) / kPatternPerVisit, schema.pointer);
  const auto [found, is_new] = strings_.try_emplace(keywords.dump());
  if (is_new) {
    const Expr body = string_of(schema);
    found->second = rules_.declare("string");
    rules_.define(found->second, body);
  }
  return rules_.rule(found->second);
}

Expr SchemaCompiler::string_of(const Place& schema) {
  const Json& json = *schema.value;
  const uint32_t min = count_of(json, "minLength", schema.pointer).value_or(0);
  const uint32_t max = count_of(json, "maxLength", schema.pointer).value_or(kUnbounded);
  if (min > max) {
    fail_at(schema.pointer, Code::kInvalidArgument, "minLength ", min, " is above maxLength ", max);
  }
  std::vector<Condition> conditions = conditions_of(schema);
  if (conditions.empty()) return text_.quoted(rules_.repeat(text_.any_char(), min, max));
  const auto spelling = [&](const CharSet& set) { return text_.plain_char(set); };
  try {
    auto& [first, match] = conditions[0];
    if (conditions.size() == 1 && first.limit_length(min, max, match)) {
      return text_.quoted(first.expression(rules_, spelling, match, languages_));
    }
    Languages languages(languages_);
    Languages::Id all = languages.repeat(languages.chars(CharSet::all()), min, max);
    for (const auto& [pattern, how] : conditions) {
      all = languages.both(all, pattern.language(languages, how));
    }
    return text_.quoted(languages.expression(all, rules_, spelling));
  } catch (const Error& error) {
    fail_at(schema.pointer, error.code(), error.what());
  }
}

// What a text has to match: patterns anywhere, formats as a whole.
std::vector<SchemaCompiler::Condition> SchemaCompiler::conditions_of(const Place& schema) {
  const auto most = count_of(*schema.value, "maxLength", schema.pointer);
  std::vector<Condition> conditions;
  const auto add = [&](std::string_view regex, Pattern::Match match) {
    try {
      conditions.push_back({Pattern(regex, rules_.limits()), match});
    } catch (const Error& error) {
      fail_at(schema.pointer, error.code(), error.what());
    }
  };
  for (const std::string& regex : texts_of(*schema.value, "pattern", schema.pointer)) {
    add(regex, Pattern::Match::kAnywhere);
  }
  for (const std::string& name : texts_of(*schema.value, "format", schema.pointer)) {
    if (number_format(name)) continue;
    const char* known = format_pattern(name);
    if (!known) {
      fail_at(schema.pointer, Code::kUnsupported, "format ", quote(name),
              " is not supported, expected one of ", known_formats());
    }
    const auto within = most ? format_pattern_within(name, *most) : std::nullopt;
    add(within ? std::string_view(*within) : known, Pattern::Match::kWhole);
  }
  for (const std::string& name : texts_of(*schema.value, "contentEncoding", schema.pointer)) {
    if (name != "base64" && name != "base64url") {
      fail_at(schema.pointer, Code::kUnsupported, "contentEncoding ", quote(name),
              " is not supported, expected base64 or base64url");
    }
    add(format_pattern(name), Pattern::Match::kWhole);
  }
  return conditions;
}

Expr SchemaCompiler::number(const Place& schema, Type type) {
  const Range range = range_of(*schema.value, schema.pointer);
  const bool bounded = range.low || range.high;
  const auto divisor = bound_of(*schema.value, "multipleOf", false, schema.pointer);
  if (divisor && (divisor->value.negative || divisor->value.is_zero())) {
    fail_at(schema.pointer, Code::kInvalidArgument, "multipleOf is not above 0");
  }
  const auto places = divisor ? places_of(divisor->value) : std::nullopt;
  const bool whole = type == Type::kInteger || (divisor && divisor->value.is_whole());
  if (!whole) {
    if (!divisor && !bounded) return rules_.rule(text_.number());
    if (!divisor) return numbers_between(rules_, range);
    if (places && !bounded) {
      const Expr digits = rules_.repeat(rules_.chars(CharSet({{'0', '9'}})), 1, *places);
      return rules_.sequence({rules_.rule(text_.integer()),
                              rules_.optional(rules_.sequence({rules_.bytes("."), digits}))});
    }
    const auto of = divisor_of(divisor->value);
    if (of && of->digits <= kMostDivisor && !bounded) return multiples_of(rules_, *of);
    fail_at(schema.pointer, Code::kUnsupported, "multipleOf ",
            schema.value->at("multipleOf").dump(), bounded ? " with bounds" : "",
            " is not supported for numbers, expected a whole number, or one of few digits alone");
  }
  const bool every = !divisor || places || (divisor->value.whole == "1");
  if (divisor && !places && !divisor->value.is_whole()) {
    fail_at(schema.pointer, Code::kUnsupported, "multipleOf ",
            schema.value->at("multipleOf").dump(),
            " is not supported for integers, expected a whole number");
  }
  if (every && !bounded) return rules_.rule(text_.integer());
  const auto between = whole_range(range);
  if (!between) {
    fail_at(schema.pointer, Code::kInvalidArgument,
            "no whole number of at most 18 digits is between the bounds");
  }
  if (every) return integers_between(rules_, *between);
  const int64_t step = divisor->value.whole.size() > 18 ? 0 : std::stoll(divisor->value.whole);
  if (!bounded && step > 0 && step <= kMostDivisor) return multiples_of(rules_, {step, 0});
  constexpr int64_t kMostListed = 1000;
  if (!bounded || step == 0 || (between->high / step - between->low / step) >= kMostListed) {
    fail_at(schema.pointer, Code::kUnsupported, "multipleOf ",
            schema.value->at("multipleOf").dump(), " is not supported here, expected at most ",
            kMostDivisor, ", or bounds that hold at most ", kMostListed, " multiples");
  }
  std::vector<Expr> listed;
  for (int64_t i = between->low / step; i <= between->high / step; ++i) {
    const int64_t multiple = i * step;
    if (multiple < between->low || multiple > between->high) continue;
    listed.push_back(rules_.bytes(std::to_string(multiple)));
  }
  return rules_.choice(listed);
}

}  // namespace cria::grammar
