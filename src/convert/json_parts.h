#pragma once
// Looks into tokenizer.json, where parts may be absent, null, or lists.

#include <string>
#include <vector>

#include "convert/json_file.h"

namespace cria::convert {

// An absent part, or one of what is no object, is null.
const Json& part(const Json& object, const char* key);
// "" unless it is a text.
std::string text_of(const Json& object, const char* key);
bool flag_of(const Json& object, const char* key, bool fallback);
std::string type_of(const Json& object);
// The steps of a Sequence, which lists them under `key`; of another object that one; of null none.
std::vector<Json> steps_of(const Json& object, const char* key);

}  // namespace cria::convert
