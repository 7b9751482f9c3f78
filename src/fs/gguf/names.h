#pragma once
// Names of what GGUF files number, including what this engine cannot run: `show` describes every
// file.

#include <cstdint>
#include <string>

namespace cria::gguf {

std::string tensor_type_name(uint32_t type);  // "q4_1"; "type 99" when unknown
std::string file_type_name(int64_t type);     // general.file_type: "Q4_K_M"; "" when unknown

}  // namespace cria::gguf
