#include "fs/gguf/values.h"

#include <limits>
#include <type_traits>

#include "base/error.h"
#include "base/quote.h"

namespace cria::gguf {
namespace {

template <class T>
constexpr const char* kind() {
  if constexpr (std::is_same_v<T, bool>) return "boolean";
  if constexpr (std::is_same_v<T, double>) return "real";
  if constexpr (std::is_same_v<T, std::string>) return "text";
  return "integer";
}

template <class T>
std::string describe_as(const std::vector<T>& values) {
  return concat("array of ", values.size(), ' ', kind<T>(), 's');
}
std::string describe_as(const std::string& value) { return "text " + quote(value); }
std::string describe_as(bool value) { return value ? "boolean true" : "boolean false"; }
template <class T>
std::string describe_as(T value) {
  return concat(kind<T>(), ' ', value);
}

}  // namespace

std::string describe(const Value& value) {
  return std::visit([](const auto& v) { return describe_as(v); }, value);
}

std::optional<int64_t> as_integer(const Value& value) {
  if (const auto* v = std::get_if<int64_t>(&value)) return *v;
  const auto* v = std::get_if<uint64_t>(&value);
  if (v && *v <= std::numeric_limits<int64_t>::max()) return static_cast<int64_t>(*v);
  return std::nullopt;
}

std::optional<double> as_real(const Value& value) {
  if (const auto* v = std::get_if<double>(&value)) return *v;
  if (const auto* v = std::get_if<int64_t>(&value)) return static_cast<double>(*v);
  if (const auto* v = std::get_if<uint64_t>(&value)) return static_cast<double>(*v);
  return std::nullopt;
}

}  // namespace cria::gguf
