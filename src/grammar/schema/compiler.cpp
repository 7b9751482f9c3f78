#include "grammar/schema/compiler.h"

#include <algorithm>
#include <utility>

#include "base/quote.h"
#include "grammar/schema/values.h"

namespace cria::grammar {
namespace {

using Code = Error::Code;

constexpr size_t kMostVisits = 300'000, kMostDepth = 200, kMostVariants = 1000;
constexpr size_t kMostNameSteps = 2'000'000;
constexpr size_t kMergedPerVisit = 128;  // bytes

bool is_plain(const Json& schema) {
  for (const char* keyword : {"$ref", "allOf", "anyOf", "oneOf", "not"}) {
    if (schema.contains(keyword)) return false;
  }
  return true;
}

bool is_only_reference(const Json& schema) {
  for (const auto& [name, value] : schema.items()) {
    if (name != "$ref" && !is_annotation(name)) return false;
  }
  return schema.contains("$ref");
}

// As some write a reference that has a description.
bool is_only_all_of_one(const Json& schema) {
  const Json* all = find_keyword(schema, "allOf");
  if (!all || !all->is_array() || all->size() != 1) return false;
  return std::ranges::all_of(schema.items(), [](const auto& item) {
    return item.key() == "allOf" || is_annotation(item.key());
  });
}

}  // namespace

SchemaCompiler::Visit::Visit(SchemaCompiler& compiler, const std::string& pointer)
    : compiler_(compiler) {
  if (compiler.depth_ >= kMostDepth) {
    fail_at(pointer, Code::kInvalidArgument, "schemas are combined without an end");
  }
  compiler.spend(1, pointer);
  ++compiler.depth_;
}

void SchemaCompiler::spend(size_t visits, const std::string& pointer) {
  visits_ += visits;
  if (visits_ > kMostVisits) {
    fail_at(pointer, Code::kInvalidArgument, "schemas are combined in too many ways");
  }
}

SchemaCompiler::SchemaCompiler(std::string_view text, const SchemaOptions& options,
                               const Limits& limits)
    : options_(options),
      root_(parse_schema(text, limits)),
      rules_(limits),
      text_(rules_, options.whitespace),
      name_states_(limits.states),
      name_steps_(kMostNameSteps) {}

std::shared_ptr<const Grammar> SchemaCompiler::compile() {
  const Rule root = rules_.declare("#");
  references_.emplace("", root);
  pending_.push_back({root, {&root_, ""}});
  while (!pending_.empty()) {
    const Pending next = pending_.back();
    pending_.pop_back();
    rules_.define(next.rule, value(next.schema));
  }
  return cria::grammar::compile(rules_, root);
}

Expr SchemaCompiler::value(const Place& schema) {
  const Visit visit(*this, schema.pointer);
  if (schema.value->is_boolean()) {
    return schema.value->get<bool>() ? rules_.rule(text_.value()) : rules_.choice({});
  }
  if (!schema.value->is_object()) {
    fail_at(schema.pointer, Code::kInvalidArgument, quote(schema.value->dump()),
            " is no schema, expected an object, true or false");
  }
  check_keywords(*schema.value, schema.pointer);
  if (is_plain(*schema.value)) return plain(schema);
  if (is_only_all_of_one(*schema.value)) return value(schema["allOf"][0]);
  return is_only_reference(*schema.value) ? reference(schema) : combined(schema);
}

Expr SchemaCompiler::reference(const Place& schema) {
  const std::string& name = *text_of(*schema.value, "$ref", schema.pointer);
  const Place target = resolve(root_, name, schema.pointer);
  const auto found = references_.find(target.pointer);
  if (found != references_.end()) return rules_.rule(found->second);
  const Rule rule = rules_.declare("#" + target.pointer);
  references_.emplace(target.pointer, rule);
  pending_.push_back({rule, target});
  return rules_.rule(rule);
}

Expr SchemaCompiler::combined(const Place& schema) {
  Parts parts;
  take_apart(schema, parts);
  const Expr all = of_parts(parts, schema.pointer);
  if (parts.conflict) {
    fail_at(parts.conflict->pointer, Code::kInvalidArgument, parts.conflict->what);
  }
  return all;
}

// A case that does not fit what stands beside it is left out.
Expr SchemaCompiler::of_parts(Parts& parts, const std::string& pointer) {
  if (parts.never) return rules_.choice({});
  for (const Parts::Group& group : parts.groups) {
    if (std::string_view(group.keyword) == "oneOf") check_disjoint(parts, group);
  }
  if (parts.groups.empty()) return plain({&parts.plain, pointer});

  const Parts::Group& first = parts.groups.front();
  const bool alone = parts.plain.empty() && parts.groups.size() == 1;
  std::vector<Expr> choices;
  std::optional<Conflict> conflict;
  for (const Place& choice : first.schemas) {
    if (alone) {
      choices.push_back(value(choice));
      continue;
    }
    Json all = Json::array({parts.plain, *choice.value});
    for (size_t i = 1; i < parts.groups.size(); ++i) {
      Json group = Json::array();
      for (const Place& other : parts.groups[i].schemas) group.push_back(*other.value);
      all.push_back({{parts.groups[i].keyword, std::move(group)}});
    }
    const Json together{{"allOf", std::move(all)}};
    const Visit visit(*this, choice.pointer);
    Parts of_choice;
    take_apart({&together, choice.pointer}, of_choice);
    const Expr body = of_parts(of_choice, choice.pointer);
    if (of_choice.conflict) {
      conflict = of_choice.conflict;
    } else {
      choices.push_back(body);
    }
  }
  if (choices.empty()) parts.conflict = conflict;
  return rules_.choice(choices);
}

void SchemaCompiler::take_apart(const Place& schema, Parts& parts) {
  const Visit visit(*this, schema.pointer);
  if (schema.value->is_boolean()) {
    parts.never = parts.never || !schema.value->get<bool>();
    return;
  }
  if (!schema.value->is_object()) {
    fail_at(schema.pointer, Code::kInvalidArgument, quote(schema.value->dump()),
            " is no schema, expected an object, true or false");
  }
  check_keywords(*schema.value, schema.pointer);
  Json own = *schema.value;
  for (const char* keyword : {"$ref", "allOf", "anyOf", "oneOf", "not"}) own.erase(keyword);
  if (const Json* excluded = find_keyword(*schema.value, "not")) {
    if (*excluded != Json::object() && *excluded != Json(true)) {
      fail_at(schema.pointer, Code::kUnsupported,
              "the keyword \"not\" is supported only for all values, {}");
    }
    parts.never = true;
  }
  if (const Json* known = find_keyword(parts.plain, "properties")) {
    spend(known->size(), schema.pointer);  // each is looked up
  }
  Merged both = merged(parts.plain, own, schema.pointer);
  if (both.conflict.empty()) {
    parts.plain = std::move(both.schema);
  } else if (!parts.never) {
    parts.never = true;
    parts.conflict = {schema.pointer, both.conflict};
  }
  if (const std::string* name = text_of(*schema.value, "$ref", schema.pointer)) {
    take_apart(resolve(root_, *name, schema.pointer), parts);
  }
  if (const Json* all = array_of(*schema.value, "allOf", schema.pointer)) {
    for (size_t i = 0; i < all->size(); ++i) take_apart(schema["allOf"][i], parts);
  }
  take_group(schema, "anyOf", parts);
  take_group(schema, "oneOf", parts);
}

void SchemaCompiler::take_group(const Place& schema, const char* keyword, Parts& parts) {
  const Json* schemas = array_of(*schema.value, keyword, schema.pointer);
  if (!schemas) return;
  if (schemas->empty()) {
    fail_at(schema.pointer, Code::kInvalidArgument, keyword, " is empty, expected schemas");
  }
  Parts::Group group{keyword, schema.pointer, {}};
  for (size_t i = 0; i < schemas->size(); ++i) group.schemas.push_back(schema[keyword][i]);
  parts.groups.push_back(std::move(group));
}

Merged SchemaCompiler::merged(const Json& a, const Json& b, const std::string& pointer) {
  spend((size_of(a) + size_of(b)) / kMergedPerVisit, pointer);
  return merge(a, b, pointer);
}

std::vector<Json> SchemaCompiler::variants(const Place& schema) {
  Parts parts;
  take_apart(schema, parts);
  if (parts.never) return {};
  std::vector<Json> found{parts.plain};
  for (const Parts::Group& group : parts.groups) {
    std::vector<Json> more;
    for (const Place& choice : group.schemas) {
      for (const Json& variant : variants(choice)) {
        for (const Json& base : found) {
          if (more.size() >= kMostVariants) {
            fail_at(schema.pointer, Code::kUnsupported, "oneOf of more than ", kMostVariants,
                    " cases");
          }
          Merged all = merged(base, variant, choice.pointer);
          if (all.conflict.empty()) more.push_back(std::move(all.schema));
        }
      }
    }
    found = std::move(more);
  }
  return found;
}

Expr SchemaCompiler::plain(const Place& schema) {
  if (schema.value->contains("enum") || schema.value->contains("const")) {
    return enumerated(schema);
  }
  const std::vector<Type> types = types_of(*schema.value, schema.pointer);
  const auto has = [&](Type type) { return std::ranges::find(types, type) != types.end(); };
  std::vector<Expr> choices;
  for (const Type type : types) {
    const bool covered = type == Type::kInteger && has(Type::kNumber);
    if (!covered) choices.push_back(of_type(schema, type));
  }
  return rules_.choice(choices);
}

Expr SchemaCompiler::of_type(const Place& schema, Type type) {
  switch (type) {
    case Type::kObject:
      return as_rule("object", object(schema));
    case Type::kArray:
      return as_rule("array", array(schema));
    case Type::kString:
      return string(schema);
    case Type::kNumber:
    case Type::kInteger:
      return number(schema, type);
    case Type::kBoolean:
      return rules_.choice({rules_.bytes("true"), rules_.bytes("false")});
    default:
      return rules_.bytes("null");
  }
}

// What holds others and may come in several places is written out once.
Expr SchemaCompiler::as_rule(const char* name, Expr body) {
  const Rule rule = rules_.declare(name);
  rules_.define(rule, body);
  return rules_.rule(rule);
}

Expr SchemaCompiler::enumerated(const Place& schema) {
  for (const auto& [name, value] : schema.value->items()) {
    const bool fits = name == "enum" || name == "const" || name == "type" || is_annotation(name);
    if (!fits) {
      fail_at(schema.pointer, Code::kUnsupported, name, " beside enum or const is not supported");
    }
  }
  const Json* constant = find_keyword(*schema.value, "const");
  const Json* values = array_of(*schema.value, "enum", schema.pointer);
  const auto types = types_of(*schema.value, schema.pointer);
  const bool any_type = !schema.value->contains("type");
  std::vector<Expr> choices;
  const auto add = [&](const Json& value) {
    const bool typed = any_type || is_of_any(value, types);
    const bool constant_fits = !constant || same_value(*constant, value);
    if (typed && constant_fits) choices.push_back(text_.literal(value));
  };
  if (!values) add(*constant);
  if (values) std::ranges::for_each(*values, add);
  if (choices.empty()) {
    fail_at(schema.pointer, Code::kInvalidArgument, kNoValueListed);
  }
  return rules_.choice(choices);
}

std::shared_ptr<const Grammar> compile_schema(std::string_view text, const SchemaOptions& options,
                                              const Limits& limits) {
  return SchemaCompiler(text, options, limits).compile();
}

std::shared_ptr<const Grammar> json_grammar() {
  static const std::shared_ptr<const Grammar> grammar = compile_schema(R"({"type":"object"})");
  return grammar;
}

}  // namespace cria::grammar
