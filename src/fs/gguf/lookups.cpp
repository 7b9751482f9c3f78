// The typed look-ups of gguf::File.

#include <algorithm>

#include "base/error.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/values.h"

namespace cria::gguf {
namespace {

[[noreturn]] void fail_type(const File& file, std::string_view key, const Value& value,
                            std::string_view expected) {
  fail(Error::Code::kCorrupt, file.path(), ": ", key, " is ", describe(value), ", expected ",
       expected);
}

// The elements of an array of integers or reals, each converted by `convert`; nothing when one
// cannot be.
template <class T, class Convert>
std::optional<std::vector<T>> converted(const Value& value, Convert convert) {
  const auto all = [&](const auto& elements) -> std::optional<std::vector<T>> {
    std::vector<T> out;
    out.reserve(elements.size());
    for (const auto element : elements) {
      const std::optional<T> number = convert(Value(element));
      if (!number) return std::nullopt;
      out.push_back(*number);
    }
    return out;
  };
  if (const auto* v = std::get_if<std::vector<int64_t>>(&value)) return all(*v);
  if (const auto* v = std::get_if<std::vector<uint64_t>>(&value)) return all(*v);
  if (const auto* v = std::get_if<std::vector<double>>(&value)) return all(*v);
  return std::nullopt;
}

}  // namespace

const Value* File::find(std::string_view key) const {
  const auto found = metadata().find(key);
  return found == metadata().end() ? nullptr : &found->second;
}

std::optional<int64_t> File::integer(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto number = as_integer(*value)) return number;
  fail_type(*this, key, *value, "an integer of 64 bits");
}

std::optional<double> File::real(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto number = as_real(*value)) return number;
  fail_type(*this, key, *value, "a number");
}

std::optional<bool> File::boolean(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(value)) return *flag;
  fail_type(*this, key, *value, "a boolean");
}

std::optional<std::string_view> File::text(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* string = std::get_if<std::string>(value)) return *string;
  fail_type(*this, key, *value, "a text");
}

const std::vector<std::string>* File::texts(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return nullptr;
  if (const auto* strings = std::get_if<std::vector<std::string>>(value)) return strings;
  fail_type(*this, key, *value, "an array of texts");
}

std::optional<std::vector<int64_t>> File::integers(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (auto numbers = converted<int64_t>(*value, as_integer)) return numbers;
  fail_type(*this, key, *value, "an array of integers of 64 bits");
}

std::optional<std::vector<double>> File::reals(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (auto numbers = converted<double>(*value, as_real)) return numbers;
  fail_type(*this, key, *value, "an array of numbers");
}

std::optional<int64_t> File::rows(std::string_view tensor) const {
  const auto found = std::ranges::find(tensors(), tensor, &TensorInfo::name);
  if (found == tensors().end() || found->dims.empty()) return std::nullopt;
  return found->dims.front();
}

}  // namespace cria::gguf
