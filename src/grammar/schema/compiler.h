#pragma once
// A schema to the rules of a grammar.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "grammar/regex/pattern.h"
#include "grammar/rules.h"
#include "grammar/schema/document.h"
#include "grammar/schema/json_text.h"
#include "grammar/schema/keywords.h"
#include "grammar/schema/merge.h"
#include "grammar/schema/schema.h"

namespace cria::grammar {

class SchemaCompiler {
 public:
  SchemaCompiler(std::string_view text, const SchemaOptions& options, const Limits& limits);

  std::shared_ptr<const Grammar> compile();

 private:
  // Schemas may be combined without end: they are visited so often and so deep, and no further.
  class Visit {
   public:
    Visit(SchemaCompiler& compiler, const std::string& pointer);
    ~Visit() { --compiler_.depth_; }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    SchemaCompiler& compiler_;
  };

  void spend(size_t visits, const std::string& pointer);

  // Why no value fits what holds together at some place.
  struct Conflict {
    std::string pointer, what;
  };
  // What holds for a value at once: plain keywords, and of each group one schema.
  struct Parts {
    Json plain = Json::object();
    struct Group {
      const char* keyword;
      std::string pointer;
      std::vector<Place> schemas;
    };
    std::vector<Group> groups;
    bool never = false;
    std::optional<Conflict> conflict{};  // why, if it is a mistake where nothing else is allowed
  };

  // The JSON texts that a schema accepts.
  Expr value(const Place& schema);
  Expr reference(const Place& schema);
  Expr combined(const Place& schema);
  // Sets the parts' conflict where none of several cases fits.
  Expr of_parts(Parts& parts, const std::string& pointer);
  Expr plain(const Place& schema);
  Expr of_type(const Place& schema, Type type);
  Expr as_rule(const char* name, Expr body);
  Expr enumerated(const Place& schema);

  void take_apart(const Place& schema, Parts& parts);
  void take_group(const Place& schema, const char* keyword, Parts& parts);
  Merged merged(const Json& a, const Json& b, const std::string& pointer);
  // Each way to satisfy a schema, as plain keywords.
  std::vector<Json> variants(const Place& schema);

  // oneOf is anyOf where no text that is made for one case satisfies another. In disjoint.cpp.
  void check_disjoint(const Parts& parts, const Parts::Group& group);
  bool disjoint(const Json& a, const Json& b, const std::string& pointer);
  bool rejects(const Json& made, const Json& other, const std::string& pointer);
  bool values_part(const Json& a, const Json& b, const std::string& name,
                   const std::string& pointer);

  static constexpr size_t kPatternPerVisit = 8;  // bytes: a pattern is parsed

  // In scalars.cpp.
  struct Condition {
    Pattern pattern;
    Pattern::Match match;
  };
  std::vector<Condition> conditions_of(const Place& schema);
  Expr string(const Place& schema);
  Expr string_of(const Place& schema);
  Expr number(const Place& schema, Type type);

  // In arrays.cpp.
  Expr array(const Place& schema);

  // In objects.cpp.
  struct Property {
    Expr pair;
    bool required;
  };
  struct Object {
    std::vector<Property> properties;
    std::vector<Expr> others;  // a pair that is none of them; none or one
    uint32_t min = 0, max = kUnbounded;
  };
  Expr object(const Place& schema);
  Object properties(const Place& schema);
  std::optional<std::vector<std::string>> listed_names(const Place& schema);
  void add_others(const Place& schema, const std::vector<std::string>& names, Object& to);
  Expr other_name(const Place& schema, const std::vector<std::string>& names);
  Expr pattern_name(const Place& schema, const std::vector<std::string>& names);
  const std::string* matching(const Pattern& pattern, const std::vector<std::string>& names);
  Expr pair(Expr name, Expr value);
  Expr in_order(const Object& object);
  Expr in_any_order(const Object& object);
  Expr end_of(const Object& object, uint32_t count);

  const SchemaOptions options_;
  const Json root_;
  Rules rules_;
  JsonText text_;
  struct Pending {
    Rule rule;
    Place schema;
  };
  std::map<std::string, Rule> references_;  // by their pointers
  std::map<std::string, Rule> strings_;     // by their keywords
  std::vector<Pending> pending_;
  Languages::Work languages_;  // of all strings
  // That are left to find out whether names match patterns.
  size_t name_states_, name_steps_;
  size_t visits_ = 0, depth_ = 0;
};

}  // namespace cria::grammar
