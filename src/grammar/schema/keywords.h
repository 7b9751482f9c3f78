#pragma once
// The keywords of JSON Schema that are honoured, and their values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/schema/document.h"

namespace cria::grammar {

enum class Type : uint8_t { kObject, kArray, kString, kNumber, kInteger, kBoolean, kNull };

// Unsupported: a keyword that is not known, or not in this place.
void check_keywords(const Json& schema, const std::string& pointer);

// Annotations say nothing of values, "x-..." among them; definitions are for references only.
bool is_annotation(std::string_view keyword);

// In the order of "type"; without one those that the other keywords are about, or all.
// InvalidArgument: no type.
std::vector<Type> types_of(const Json& schema, const std::string& pointer);
bool is_of_type(const Json& value, Type type);
bool is_of_any(const Json& value, const std::vector<Type>& types);

constexpr const char* kNoValueListed = "enum and type allow no value";

// Null: it is not there.
const Json* find_keyword(const Json& schema, const char* keyword);
// InvalidArgument: it is no such value.
std::optional<uint32_t> count_of(const Json& schema, const char* keyword,
                                 const std::string& pointer);
const Json* object_of(const Json& schema, const char* keyword, const std::string& pointer);
const Json* array_of(const Json& schema, const char* keyword, const std::string& pointer);
const std::string* text_of(const Json& schema, const char* keyword, const std::string& pointer);
// One, or several that all hold, as merge() makes of them.
std::vector<std::string> texts_of(const Json& schema, const char* keyword,
                                  const std::string& pointer);
std::vector<std::string> required_of(const Json& schema, const std::string& pointer);

}  // namespace cria::grammar
