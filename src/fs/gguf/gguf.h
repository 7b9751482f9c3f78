#pragma once
// Reads GGUF files, v2 and v3, whole or split, memory-mapped. Every count, length, offset and type
// is checked against the file before use.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cria::gguf {

// Metadata values. All integer types widen to int64_t or uint64_t; arrays keep their elements'
// kind.
using Value = std::variant<bool, int64_t, uint64_t, double, std::string, std::vector<bool>,
                           std::vector<int64_t>, std::vector<uint64_t>, std::vector<double>,
                           std::vector<std::string>>;

struct TensorInfo {
  std::string name;
  uint32_t type = 0;          // GGUF's id
  std::vector<int64_t> dims;  // outermost first: the reverse of the file's order
  std::span<const std::byte>
      data;  // inside the mapping, at a multiple of the file's alignment (8 at least)
};

class File {
 public:
  // Any part of a split model opens all of it, when they lie in one folder under their usual names.
  // NotFound, Corrupt with all problems of the file at once, Unsupported (version, big endian).
  static std::unique_ptr<File> open(const std::string& path);
  // The same for the bytes of a whole model's file, which begin at a multiple of 8 and outlive the
  // result; `name` is for messages.
  static std::unique_ptr<File> parse(std::span<const std::byte> bytes, std::string name);
  virtual ~File() = default;

  virtual const std::string& path() const = 0;  // of the first part, which has the metadata
  virtual uint32_t version() const = 0;
  virtual const std::map<std::string, Value, std::less<>>& metadata() const = 0;
  virtual const std::vector<TensorInfo>& tensors() const = 0;  // in the file's order

  // Typed look-ups: nothing when the key is absent, Corrupt naming key, value and expectation when
  // it has another type. Integers convert between signs when the value fits; real() accepts
  // integers too.
  std::optional<int64_t> integer(std::string_view key) const;
  std::optional<double> real(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<std::string_view> text(std::string_view key) const;
  const std::vector<std::string>* texts(std::string_view key) const;
  std::optional<std::vector<int64_t>> integers(std::string_view key) const;
  std::optional<std::vector<double>> reals(std::string_view key) const;

  // The outermost dimension of a tensor; nothing when there is none of this name.
  std::optional<int64_t> rows(std::string_view tensor) const;

 private:
  const Value* find(std::string_view key) const;
};

}  // namespace cria::gguf
