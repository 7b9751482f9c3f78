#pragma once
// What answers are called.

#include <cstdint>
#include <string>
#include <string_view>

namespace cria::server {

// The prefix, and 24 hex digits that no other has.
std::string new_id(std::string_view prefix);

int64_t seconds_since_1970();

}  // namespace cria::server
