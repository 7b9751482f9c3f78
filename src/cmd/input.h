#pragma once
// What commands read: standard input, files of ids, lists of ids.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cria::cmd {

std::string read_standard_input();  // to the byte
std::string read_file(const std::string& path);

// "1, 2 3": ids parted by commas, white space or both. InvalidArgument naming what is no id.
std::vector<int32_t> parse_ids(std::string_view text);

}  // namespace cria::cmd
