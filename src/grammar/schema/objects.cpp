#include <algorithm>
#include <set>

#include "base/quote.h"
#include "grammar/automaton.h"
#include "grammar/regex/pattern.h"
#include "grammar/schema/compiler.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

constexpr size_t kMostInAnyOrder = 8;  // each of the 2^8 sets of what is left is a rule

// The one entry of "patternProperties".
Place only_pattern(const Place& schema) {
  const Json& patterns = *object_of(*schema.value, "patternProperties", schema.pointer);
  if (patterns.size() != 1) {
    fail_at(schema.pointer, Code::kUnsupported, "patternProperties has ", patterns.size(),
            " patterns, expected one");
  }
  return schema["patternProperties"][patterns.begin().key()];
}

// Texts in which the pattern is found.
std::shared_ptr<const Grammar> grammar_of(const Pattern& pattern, const Limits& limits,
                                          Languages::Work& work) {
  Rules rules(limits);
  const Rule root = rules.declare("pattern");
  const auto as_it_is = [&](const CharSet& set) { return rules.chars(set); };
  rules.define(root, pattern.expression(rules, as_it_is, Pattern::Match::kAnywhere, work));
  return compile(rules, root);
}

bool fits(Automaton& automaton, const std::string& text) {
  SetId at = automaton.start();
  for (const char byte : text) at = automaton.step(at, static_cast<uint8_t>(byte));
  return automaton.complete(at);
}

}  // namespace

Expr SchemaCompiler::object(const Place& schema) {
  const Object object = properties(schema);
  const bool any = object.properties.empty() && object.max == kUnbounded && object.min == 0 &&
                   !schema.value->contains("additionalProperties") &&
                   !schema.value->contains("patternProperties") &&
                   !schema.value->contains("propertyNames") && !object.others.empty();
  if (any) return rules_.rule(text_.object());
  const bool free = options_.order == SchemaOptions::Order::kFree;
  return rules_.sequence(
      {rules_.bytes("{"), text_.space(), free ? in_any_order(object) : in_order(object)});
}

// Names that "propertyNames" lists, as records by an enumeration do. What it says beside is checked
// as that of values is.
std::optional<std::vector<std::string>> SchemaCompiler::listed_names(const Place& schema) {
  if (!schema.value->contains("propertyNames")) return std::nullopt;
  std::vector<std::string> names;
  for (const Json& variant : variants(schema["propertyNames"])) {
    const Json* values = array_of(variant, "enum", schema.pointer);
    if (!values) return std::nullopt;
    const bool any_type = !variant.contains("type");
    const auto types = types_of(variant, schema.pointer);
    for (const Json& each : *values) {
      const bool typed = any_type || is_of_any(each, types);
      if (typed && each.is_string()) names.push_back(each.get<std::string>());
    }
  }
  value(schema["propertyNames"]);
  return names;
}

SchemaCompiler::Object SchemaCompiler::properties(const Place& schema) {
  const Json& json = *schema.value;
  if (const auto names = listed_names(schema); names && !json.contains("patternProperties")) {
    Json listed = json;
    listed.erase("propertyNames");
    listed["properties"] = Json::object();
    listed["additionalProperties"] = false;
    const Json* declared = object_of(json, "properties", schema.pointer);
    for (const std::string& name : *names) {
      listed["properties"][name] = declared && declared->contains(name)
                                       ? declared->at(name)
                                       : json.value("additionalProperties", Json(true));
    }
    return properties({&listed, schema.pointer});
  }
  Object object;
  object.min = count_of(json, "minProperties", schema.pointer).value_or(0);
  object.max = count_of(json, "maxProperties", schema.pointer).value_or(kUnbounded);
  const auto required = required_of(json, schema.pointer);
  const std::set<std::string> needed(required.begin(), required.end());
  std::vector<std::string> names;
  const auto add = [&](const std::string& name, Expr of_value) {
    names.push_back(name);
    object.properties.push_back({pair(text_.literal(name), of_value), needed.contains(name)});
  };
  if (const Json* declared = object_of(json, "properties", schema.pointer)) {
    for (const auto& [name, value_schema] : declared->items()) {
      add(name, value(schema["properties"][name]));
    }
  }
  // What is required without being declared has the schema of all others.
  const std::set<std::string> declared(names.begin(), names.end());
  std::set<std::string> added;
  for (const std::string& name : required) {
    if (declared.contains(name) || !added.insert(name).second) continue;
    if (json.contains("patternProperties") || json.contains("propertyNames")) {
      fail_at(schema.pointer, Code::kUnsupported, "required has ", quote(name),
              ", which properties does not declare");
    }
    const bool said = json.contains("additionalProperties");
    add(name, said ? value(schema["additionalProperties"]) : rules_.rule(text_.value()));
  }
  add_others(schema, names, object);
  const bool too_open = !object.others.empty() && object.min > std::max<size_t>(1, needed.size());
  if (too_open) {
    fail_at(schema.pointer, Code::kUnsupported, "minProperties ", object.min,
            " is not supported where names are open: the same might come again");
  }
  return object;
}

// Without "additionalProperties", an object that declares properties has no others.
void SchemaCompiler::add_others(const Place& schema, const std::vector<std::string>& names,
                                Object& to) {
  const Json& json = *schema.value;
  const Json* others = find_keyword(json, "additionalProperties");
  const bool closed = others && *others == Json(false);
  if (json.contains("patternProperties")) {
    if (others && !closed) {
      fail_at(schema.pointer, Code::kUnsupported,
              "patternProperties is supported only with additionalProperties false");
    }
    to.others.push_back(pair(pattern_name(schema, names), value(only_pattern(schema))));
    return;
  }
  if (closed || (!others && json.contains("properties"))) return;
  const Expr of_value = others ? value(schema["additionalProperties"]) : rules_.rule(text_.value());
  to.others.push_back(pair(other_name(schema, names), of_value));
}

Expr SchemaCompiler::other_name(const Place& schema, const std::vector<std::string>& names) {
  if (!schema.value->contains("propertyNames")) {
    return names.empty() ? rules_.rule(text_.string()) : text_.string_other_than(names);
  }
  if (!names.empty()) {
    fail_at(schema.pointer, Code::kUnsupported, "propertyNames beside properties");
  }
  const Json text{
      {"allOf", Json::array({{{"type", "string"}}, schema.value->at("propertyNames")})}};
  return value({&text, schema["propertyNames"].pointer});
}

Expr SchemaCompiler::pattern_name(const Place& schema, const std::vector<std::string>& names) {
  if (schema.value->contains("propertyNames")) {
    fail_at(schema.pointer, Code::kUnsupported, "propertyNames beside patternProperties");
  }
  const std::string text = schema.value->at("patternProperties").begin().key();
  spend(text.size() / kPatternPerVisit, schema.pointer);
  const auto spelling = [&](const CharSet& set) { return text_.plain_char(set); };
  const auto match = Pattern::Match::kAnywhere;
  try {
    const Pattern pattern(text, rules_.limits());
    const std::string* both = names.empty() ? nullptr : matching(pattern, names);
    if (!both) return text_.quoted(pattern.expression(rules_, spelling, match, languages_));
    fail(Code::kUnsupported, "property ", quote(*both), " matches it too");
  } catch (const Error& error) {
    fail_at(schema.pointer, error.code(), "pattern ", quote(text),
            " of patternProperties: ", error.what());
  }
}

// The first of the names that match; null: none.
const std::string* SchemaCompiler::matching(const Pattern& pattern,
                                            const std::vector<std::string>& names) {
  Limits limits = rules_.limits();
  limits.states = name_states_;
  const auto grammar = grammar_of(pattern, limits, languages_);
  name_states_ -= std::min(name_states_, grammar->states());
  Automaton automaton(grammar);
  automaton.allow(name_steps_, MatchLimits{}.growth);
  const auto found =
      std::ranges::find_if(names, [&](const std::string& name) { return fits(automaton, name); });
  name_steps_ = automaton.work_left();
  return found == names.end() ? nullptr : &*found;
}

Expr SchemaCompiler::pair(Expr name, Expr of_value) {
  return rules_.sequence({name, text_.colon(), of_value});
}

// A rule for what may follow once the first `next` properties are past and `count` of them came.
Expr SchemaCompiler::in_order(const Object& object) {
  const auto size = static_cast<uint32_t>(object.properties.size());
  const uint32_t told_apart =
      std::min(size, object.max != kUnbounded ? object.max : std::max<uint32_t>(1, object.min));
  std::vector<Expr> after;  // by count, with one property more past
  for (uint32_t count = 0; count <= told_apart; ++count) after.push_back(end_of(object, count));
  for (uint32_t next = size; next-- > 0;) {
    const Property& property = object.properties[next];
    std::vector<Expr> now;
    for (uint32_t count = 0; count <= std::min(next, told_apart); ++count) {
      std::vector<Expr> ways;
      if (count < object.max) {
        const Expr first =
            count == 0 ? property.pair : rules_.sequence({text_.comma(), property.pair});
        ways.push_back(rules_.sequence({first, after[std::min(count + 1, told_apart)]}));
      }
      if (!property.required) ways.push_back(after[count]);
      const Rule rule = rules_.declare("properties");
      rules_.define(rule, rules_.choice(ways));
      now.push_back(rules_.rule(rule));
    }
    after = std::move(now);
  }
  return after[0];
}

// A rule for each set of properties that came.
Expr SchemaCompiler::in_any_order(const Object& object) {
  const size_t size = object.properties.size();
  if (size > kMostInAnyOrder) {
    fail(Code::kUnsupported, "schema: an object has ", size, " properties, expected at most ",
         kMostInAnyOrder, " for any order");
  }
  std::vector<Rule> after;
  for (size_t came = 0; came < size_t{1} << size; ++came)
    after.push_back(rules_.declare("properties"));
  for (size_t came = 0; came < after.size(); ++came) {
    const auto count = static_cast<uint32_t>(std::popcount(came));
    std::vector<Expr> ways;
    bool may_end = true;
    for (size_t i = 0; i < size; ++i) {
      if (came >> i & 1) continue;
      const Property& property = object.properties[i];
      may_end = may_end && !property.required;
      if (count >= object.max) continue;
      const Expr first =
          count == 0 ? property.pair : rules_.sequence({text_.comma(), property.pair});
      ways.push_back(rules_.sequence({first, rules_.rule(after[came | size_t{1} << i])}));
    }
    if (may_end) ways.push_back(end_of(object, count));
    rules_.define(after[came], rules_.choice(ways));
  }
  return rules_.rule(after[0]);
}

Expr SchemaCompiler::end_of(const Object& object, uint32_t count) {
  const Expr close = rules_.bytes("}");
  const Expr end = count == 0 ? close : rules_.sequence({text_.space(), close});
  const uint32_t least = object.min > count ? object.min - count : 0;
  const uint32_t most = object.max == kUnbounded ? kUnbounded
                        : object.max > count     ? object.max - count
                                                 : 0;
  if (least > most) return rules_.choice({});
  if (object.others.empty() || most == 0) return least > 0 ? rules_.choice({}) : end;
  const Expr other = object.others[0];
  const Expr another = rules_.sequence({text_.comma(), other});
  if (count > 0) return rules_.sequence({rules_.repeat(another, least, most), end});
  const Expr more =
      rules_.repeat(another, least > 0 ? least - 1 : 0, most == kUnbounded ? kUnbounded : most - 1);
  const Expr some = rules_.sequence({other, more, text_.space(), close});
  return least > 0 ? some : rules_.choice({close, some});
}

}  // namespace cria::grammar
