#pragma once
// What a checkpoint has that a converter does not take: a conversion that writes nothing.

#include <string>
#include <vector>

namespace cria::cmd {

// The class that config.json names first.
std::string class_of_checkpoint(const std::string& folder);

// Fields that are refused or not read, tensors that are not there or not taken: a line each,
// whatever characters names have. Layers are told once, with N for their number. Unsupported when
// the program has no converter of the class.
std::vector<std::string> findings(const std::string& folder, const std::string& class_of_converter);

}  // namespace cria::cmd
