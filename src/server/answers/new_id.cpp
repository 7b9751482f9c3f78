#include "server/answers/new_id.h"

#include <chrono>
#include <random>

namespace cria::server {

std::string new_id(std::string_view prefix) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr int kLength = 24;
  thread_local std::mt19937_64 random{(uint64_t{std::random_device{}()} << 32) ^
                                      std::random_device{}()};
  std::string id(prefix);
  for (int i = 0; i < kLength; ++i) id += kDigits[random() % kDigits.size()];
  return id;
}

int64_t seconds_since_1970() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace cria::server
