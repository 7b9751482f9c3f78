#pragma once
// Reads JSON files that come with a checkpoint, within limits of size and depth.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace cria::convert {

using Json = nlohmann::json;

// NotFound; Corrupt: no JSON object, a repeated key, or deeper than any of these files nests;
// InvalidArgument: larger than any of these files is.
Json read_json(const std::string& path);
Json parse_json(std::string_view text, const std::string& name);

// The same for a file that holds an array.
Json read_json_array(const std::string& path);

// A value for a message: short, on one line.
std::string describe(const Json& value);

}  // namespace cria::convert
