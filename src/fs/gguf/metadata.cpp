#include "fs/gguf/metadata.h"

#include <iterator>
#include <type_traits>
#include <utility>

#include "base/quote.h"

namespace cria::gguf {
namespace {

// The type in which Value keeps what a file stores as T.
template <class T>
struct Widened {
  using Integer = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
  using Type = std::conditional_t<std::is_floating_point_v<T>, double, Integer>;
};
template <>
struct Widened<bool> {
  using Type = bool;
};
template <>
struct Widened<std::string> {
  using Type = std::string;
};

template <class T>
typename Widened<T>::Type read(Reader& reader) {
  return reader.number<T>();
}

template <>
bool read<bool>(Reader& reader) {
  const auto byte = reader.number<uint8_t>();
  if (byte > 1) throw Unreadable{concat("a boolean is ", int{byte}, ", expected 0 or 1")};
  return byte == 1;
}

template <>
std::string read<std::string>(Reader& reader) {
  return std::string(reader.string());
}

template <class T>
Value read_one(Reader& reader, uint64_t&) {
  return read<T>(reader);
}

template <class T>
Value read_many(Reader& reader, size_t count) {
  std::vector<typename Widened<T>::Type> elements;
  elements.reserve(count);
  for (size_t i = 0; i < count; ++i) elements.push_back(read<T>(reader));
  return elements;
}

struct ValueType {
  size_t fewest_bytes;
  Value (*read_one)(Reader& reader, uint64_t& elements_left);
  Value (*read_many)(Reader& reader, size_t count);
};

template <class T>
constexpr ValueType value_type() {
  constexpr size_t kBytes = std::is_same_v<T, std::string> ? sizeof(uint64_t) : sizeof(T);
  return {kBytes, read_one<T>, read_many<T>};
}

Value read_array(Reader& reader, uint64_t& elements_left);

constexpr uint32_t kArray = 9;
// By the ids of the format.
constexpr ValueType kTypes[] = {
    value_type<uint8_t>(),    value_type<int8_t>(),   value_type<uint16_t>(),
    value_type<int16_t>(),    value_type<uint32_t>(), value_type<int32_t>(),
    value_type<float>(),      value_type<bool>(),     value_type<std::string>(),
    {0, read_array, nullptr}, value_type<uint64_t>(), value_type<int64_t>(),
    value_type<double>(),
};

const ValueType& read_type(Reader& reader) {
  const auto id = reader.number<uint32_t>();
  if (id >= std::size(kTypes)) {
    throw Unreadable{concat("value type ", id, ", expected 0 to ", std::size(kTypes) - 1)};
  }
  return kTypes[id];
}

Value read_array(Reader& reader, uint64_t& elements_left) {
  const ValueType& type = read_type(reader);
  if (&type == &kTypes[kArray]) {
    throw Unreadable{"an array of arrays, expected numbers, booleans or texts"};
  }
  const size_t count = reader.count("array elements", type.fewest_bytes, elements_left);
  elements_left -= count;
  return type.read_many(reader, count);
}

}  // namespace

Metadata read_metadata(Reader& reader, size_t count, Problems& problems) {
  Metadata metadata;
  uint64_t elements_left = kMostElements;
  for (size_t i = 0; i < count; ++i) {
    std::string key;
    try {
      key = reader.string();
      Value value = read_type(reader).read_one(reader, elements_left);
      if (key.empty()) problems.add("metadata ", i + 1, " of ", count, ": has an empty key");
      const bool is_new = metadata.emplace(key, std::move(value)).second;
      if (!is_new)
        problems.add("metadata ", i + 1, " of ", count, ": ", quote(key), " is there twice");
    } catch (const Unreadable& e) {
      const std::string name = key.empty() ? "" : " " + quote(key);
      throw Unreadable{concat("metadata ", i + 1, " of ", count, name, ": ", e.what)};
    }
  }
  return metadata;
}

}  // namespace cria::gguf
