#pragma once
// Reads the JSON at the head of a safetensors file.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cria::safetensors {

struct HeaderEntry {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  std::vector<uint64_t> offsets;  // begin and end, relative to the end of the header
};

struct Header {
  std::vector<HeaderEntry> tensors;
  std::map<std::string, std::string> metadata;
};

// Corrupt when it is not JSON of the form {"name": {"dtype": "F32", "shape": [2], "data_offsets":
// [0, 8]}, ...}. What the values say is not checked.
Header read_header(std::string_view json, const std::string& file);

}  // namespace cria::safetensors
