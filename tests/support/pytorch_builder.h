#pragma once
// Builds PyTorch checkpoints for tests: the pickle that torch.save writes, in its archive.

#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/zip_builder.h"

namespace cria::test {

// Instructions of the pickle machine, one after another.
class PickleBuilder {
 public:
  PickleBuilder& op(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  PickleBuilder& text(std::string_view text) {
    return op("X").number(static_cast<uint32_t>(text.size())).op(text);
  }
  PickleBuilder& integer(int64_t value) { return op("\x8a\x08").number(value); }
  PickleBuilder& global(std::string_view module, std::string_view name) {
    return op("c").op(module).op("\n").op(name).op("\n");
  }
  PickleBuilder& tuple(const std::vector<int64_t>& values) {
    op("(");
    for (const int64_t value : values) integer(value);
    return op("t");
  }
  template <class T>
  PickleBuilder& number(T value) {
    std::string raw(sizeof(T), '\0');
    std::memcpy(raw.data(), &value, sizeof(T));
    return op(raw);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class PytorchBuilder {
 public:
  PytorchBuilder() { pickle_.op(std::string_view("\x80\x02", 2)).op("}("); }

  // A part of a storage that was given with storage().
  PytorchBuilder& view(std::string_view name, std::string_view type, std::string_view key,
                       int64_t offset, const std::vector<int64_t>& shape,
                       const std::vector<int64_t>& strides) {
    pickle_.text(name).global("torch._utils", "_rebuild_tensor_v2").op("((");
    pickle_.text("storage").global("torch", std::string(type) + "Storage").text(key).text("cpu");
    pickle_.integer(1).op("tQ").integer(offset).tuple(shape).tuple(strides);
    pickle_.op("\x89").global("collections", "OrderedDict").op(")RtR");
    return *this;
  }
  PytorchBuilder& storage(const std::string& key, std::string data) {
    zip_.entry("archive/data/" + key, std::move(data));
    return *this;
  }
  // A tensor with a storage of its own.
  template <class T>
  PytorchBuilder& tensor(std::string_view name, std::string_view type,
                         const std::vector<int64_t>& shape, const std::vector<T>& values) {
    std::vector<int64_t> strides(shape.size(), 1);
    for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
    const std::string key = std::to_string(storages_++);
    const std::span<const std::byte> raw = std::as_bytes(std::span(values));
    storage(key, {reinterpret_cast<const char*>(raw.data()), raw.size()});
    return view(name, type, key, 0, shape, strides);
  }
  PytorchBuilder& raw(const PickleBuilder& more) {
    pickle_.op(more.bytes());
    return *this;
  }

  std::vector<std::byte> bytes() const {
    ZipBuilder zip = zip_;
    return zip.entry("archive/data.pkl", pickle_.bytes() + "u.").bytes();
  }

 private:
  PickleBuilder pickle_;
  ZipBuilder zip_;
  int storages_ = 0;
};

}  // namespace cria::test
