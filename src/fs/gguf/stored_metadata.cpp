// Reads the metadata of a file in the types that it has there, so that they can be written again.

#include <type_traits>

#include "base/error.h"
#include "base/mapped_file.h"
#include "fs/gguf/reader.h"
#include "fs/gguf/write.h"

namespace cria::gguf {
namespace {

template <class T>
T element(Reader& reader) {
  if constexpr (std::is_same_v<T, std::string>) {
    return std::string(reader.string());
  } else if constexpr (std::is_same_v<T, bool>) {
    return reader.number<uint8_t>() != 0;
  } else {
    return reader.number<T>();
  }
}

template <class T>
StoredValue value(Reader& reader, bool is_array) {
  if (!is_array) return element<T>(reader);
  const size_t bytes = std::is_same_v<T, std::string> ? sizeof(uint64_t) : sizeof(T);
  std::vector<T> elements(reader.count("array elements", bytes, UINT32_MAX));
  for (size_t i = 0; i < elements.size(); ++i) elements[i] = element<T>(reader);
  return elements;
}

StoredValue value_of(Reader& reader) {
  constexpr uint32_t kArray = 9;
  auto type = reader.number<uint32_t>();
  const bool is_array = type == kArray;
  if (is_array) type = reader.number<uint32_t>();
  // By the ids of the format.
  switch (type) {
    case 0:
      return value<uint8_t>(reader, is_array);
    case 1:
      return value<int8_t>(reader, is_array);
    case 2:
      return value<uint16_t>(reader, is_array);
    case 3:
      return value<int16_t>(reader, is_array);
    case 4:
      return value<uint32_t>(reader, is_array);
    case 5:
      return value<int32_t>(reader, is_array);
    case 6:
      return value<float>(reader, is_array);
    case 7:
      return value<bool>(reader, is_array);
    case 8:
      return value<std::string>(reader, is_array);
    case 10:
      return value<uint64_t>(reader, is_array);
    case 11:
      return value<int64_t>(reader, is_array);
    case 12:
      return value<double>(reader, is_array);
    default:
      throw Unreadable{concat("metadata of type ", type)};
  }
}

}  // namespace

std::vector<std::pair<std::string, StoredValue>> stored_metadata(const std::string& path) {
  const MappedFile file(path);
  Reader reader(file.bytes());
  std::vector<std::pair<std::string, StoredValue>> metadata;
  try {
    reader.number<uint32_t>();  // magic
    reader.number<uint32_t>();  // version
    reader.number<uint64_t>();  // of tensors
    for (auto left = reader.number<uint64_t>(); left > 0; --left) {
      std::string key(reader.string());
      metadata.emplace_back(std::move(key), value_of(reader));
    }
  } catch (const Unreadable& e) {
    fail(Error::Code::kCorrupt, path, ": ", e.what);
  }
  return metadata;
}

}  // namespace cria::gguf
