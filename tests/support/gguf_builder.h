#pragma once
// Builds GGUF files for tests, as well-formed or as broken as a test wants them.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cria::test {

// Little-endian numbers and strings, one after another.
class ByteWriter {
 public:
  template <class T>
  ByteWriter& number(T value) {
    static_assert(std::is_arithmetic_v<T>);
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.insert(bytes_.end(), raw, raw + sizeof(T));
    return *this;
  }
  ByteWriter& raw(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteWriter& raw(std::string_view text) { return raw(std::as_bytes(std::span(text))); }
  ByteWriter& string(std::string_view text) { return number<uint64_t>(text.size()).raw(text); }
  ByteWriter& pad(size_t alignment) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
    return *this;
  }

  size_t size() const { return bytes_.size(); }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

template <class T>
constexpr uint32_t gguf_value_type() {
  if constexpr (std::is_same_v<T, uint8_t>) return 0;
  if constexpr (std::is_same_v<T, int8_t>) return 1;
  if constexpr (std::is_same_v<T, uint16_t>) return 2;
  if constexpr (std::is_same_v<T, int16_t>) return 3;
  if constexpr (std::is_same_v<T, uint32_t>) return 4;
  if constexpr (std::is_same_v<T, int32_t>) return 5;
  if constexpr (std::is_same_v<T, float>) return 6;
  if constexpr (std::is_same_v<T, bool>) return 7;
  if constexpr (std::is_same_v<T, std::string>) return 8;
  if constexpr (std::is_same_v<T, uint64_t>) return 10;
  if constexpr (std::is_same_v<T, int64_t>) return 11;
  if constexpr (std::is_same_v<T, double>) return 12;
}

class GgufBuilder {
 public:
  static constexpr uint32_t kArrayType = 9;

  // The value's C++ type is the type stored: builder.metadata("llama.block_count", uint32_t{2}).
  template <class T>
  GgufBuilder& metadata(std::string_view key, const T& value) {
    ByteWriter payload;
    append(payload, value);
    return raw_metadata(key, gguf_value_type<T>(), payload.bytes());
  }
  GgufBuilder& metadata(std::string_view key, const char* text) {
    return metadata(key, std::string(text));
  }
  template <class T>
  GgufBuilder& metadata(std::string_view key, const std::vector<T>& values) {
    ByteWriter payload;
    payload.number(gguf_value_type<T>()).template number<uint64_t>(values.size());
    for (const T& value : values) append(payload, value);
    return raw_metadata(key, kArrayType, payload.bytes());
  }
  GgufBuilder& raw_metadata(std::string_view key, uint32_t type,
                            std::span<const std::byte> payload) {
    metadata_.string(key).number(type).raw(payload);
    ++metadata_count_;
    return *this;
  }

  // Dimensions are outermost first, as in gguf::TensorInfo; data follows that of the tensor before,
  // padded. With `offset`, it is claimed to lie there instead.
  GgufBuilder& tensor(std::string_view name, uint32_t type, const std::vector<uint64_t>& dims,
                      std::span<const std::byte> data, std::optional<uint64_t> offset = {}) {
    data_.pad(alignment_);
    tensors_.string(name).number(static_cast<uint32_t>(dims.size()));
    for (size_t i = dims.size(); i-- > 0;) tensors_.number(dims[i]);
    tensors_.number(type).number(offset.value_or(data_.size()));
    data_.raw(data);
    ++tensor_count_;
    return *this;
  }
  GgufBuilder& tensor(std::string_view name, const std::vector<uint64_t>& dims,
                      const std::vector<float>& values) {
    return tensor(name, 0, dims, std::as_bytes(std::span(values)));
  }

  // Call before the first tensor. Writes the key, too.
  GgufBuilder& alignment(uint32_t alignment) {
    alignment_ = alignment;
    return metadata("general.alignment", alignment);
  }

  GgufBuilder& version(uint32_t version) {
    version_ = version;
    return *this;
  }
  GgufBuilder& magic(std::string_view magic) {
    magic_ = magic;
    return *this;
  }
  // Claims other numbers than there are.
  GgufBuilder& claim_counts(uint64_t tensors, uint64_t metadata) {
    claimed_tensors_ = tensors;
    claimed_metadata_ = metadata;
    return *this;
  }

  std::vector<std::byte> bytes() const {
    ByteWriter file;
    file.raw(magic_).number(version_);
    file.number(claimed_tensors_.value_or(tensor_count_));
    file.number(claimed_metadata_.value_or(metadata_count_));
    file.raw(metadata_.bytes()).raw(tensors_.bytes()).pad(alignment_).raw(data_.bytes());
    return file.bytes();
  }

  void write(const std::string& path) const {
    const std::vector<std::byte> file = bytes();
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()),
              static_cast<std::streamsize>(file.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path);
  }

 private:
  template <class T>
  static void append(ByteWriter& out, const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      out.string(value);
    } else {
      out.number(value);
    }
  }

  std::string magic_ = "GGUF";
  uint32_t version_ = 3;
  size_t alignment_ = 32;
  uint64_t metadata_count_ = 0, tensor_count_ = 0;
  std::optional<uint64_t> claimed_metadata_, claimed_tensors_;
  ByteWriter metadata_, tensors_, data_;
};

}  // namespace cria::test
