#pragma once
// Parameters that a model comes with: their names, types and values, as PARAMETER lines have them.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cria::modelfile {

using ParameterValue = std::variant<bool, int64_t, double, std::vector<std::string>>;
using Parameters = std::map<std::string, ParameterValue, std::less<>>;

// The index of the type in ParameterValue.
enum class ParameterType : size_t { kBool, kInteger, kReal, kTexts };

// Nothing for an unknown name.
std::optional<ParameterType> parameter_type(std::string_view name);
// What Modelfiles may still say, and nobody takes note of any more.
bool is_deprecated_parameter(std::string_view name);

// Sets a value that is given as text; texts are added to those that there are. InvalidArgument: an
// unknown name, with those that are known, or a value of another type.
void set_parameter(Parameters& parameters, std::string_view name, std::string_view text);

// A name and a text for each line that set_parameter() would need to make them.
std::vector<std::pair<std::string, std::string>> parameter_lines(const Parameters& parameters);

}  // namespace cria::modelfile
