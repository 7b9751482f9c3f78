#pragma once
// What can be said about a metadata value.

#include <cstdint>
#include <optional>
#include <string>

#include "fs/gguf/gguf.h"

namespace cria::gguf {

std::string describe(const Value& value);               // "integer 7", "array of 3 texts"
std::optional<int64_t> as_integer(const Value& value);  // nothing when it is none, or does not fit
std::optional<double> as_real(const Value& value);      // integers too

}  // namespace cria::gguf
