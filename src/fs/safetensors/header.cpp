#include "fs/safetensors/header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/quote.h"

namespace cria::safetensors {
namespace {

using Json = nlohmann::json;

// Receives the JSON piece by piece and accepts only what a header may hold, so that memory grows no
// faster than the header, however it nests, and a repeated key is noticed. Each function says
// whether to go on.
class HeaderReader {
 public:
  Header take() { return std::move(header_); }
  const std::string& error() const { return error_; }

  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("a boolean"); }
  bool number_integer(Json::number_integer_t) { return unexpected("a negative number"); }
  bool number_float(Json::number_float_t, const std::string&) {
    return unexpected("a number that is no integer");
  }
  bool binary(Json::binary_t&) { return unexpected("binary data"); }

  bool number_unsigned(Json::number_unsigned_t value) {
    if (place_ == Place::kOffsets) {
      tensor().offsets.push_back(value);
      return true;
    }
    if (place_ != Place::kShape) return unexpected("a number");
    if (value > std::numeric_limits<int64_t>::max()) return unexpected("a number of 2^63 or more");
    tensor().shape.push_back(static_cast<int64_t>(value));
    return true;
  }

  bool string(std::string& value) {
    if (place_ == Place::kMetadata) {
      return header_.metadata.emplace(key_, std::move(value)).second || stop(" is there twice");
    }
    if (place_ != Place::kTensor || key_ != "dtype") return unexpected("a text");
    tensor().dtype = std::move(value);
    return true;
  }

  bool start_object(size_t) {
    if (place_ == Place::kFile) {
      place_ = Place::kTensors;
    } else if (place_ == Place::kTensors && key_ == "__metadata__") {
      place_ = Place::kMetadata;
      if (std::exchange(has_metadata_, true)) return stop(" is there twice");
    } else if (place_ == Place::kTensors) {
      place_ = Place::kTensor;
      header_.tensors.push_back({.name = key_, .dtype = {}, .shape = {}, .offsets = {}});
      has_dtype_ = has_shape_ = has_offsets_ = false;
    } else {
      return unexpected("an object");
    }
    return true;
  }

  bool key(std::string& name) {
    key_ = std::move(name);
    if (place_ != Place::kTensor) return true;
    bool* const has = key_ == "dtype"          ? &has_dtype_
                      : key_ == "shape"        ? &has_shape_
                      : key_ == "data_offsets" ? &has_offsets_
                                               : nullptr;
    if (!has) return stop(", expected dtype, shape or data_offsets");
    return !std::exchange(*has, true) || stop(" is there twice");
  }

  bool end_object() {
    if (place_ == Place::kTensor && !(has_dtype_ && has_shape_ && has_offsets_)) {
      key_.clear();
      return stop(": expected dtype, shape and data_offsets");
    }
    place_ = place_ == Place::kTensors ? Place::kFile : Place::kTensors;
    return true;
  }

  bool start_array(size_t) {
    if (place_ != Place::kTensor || key_ == "dtype") return unexpected("an array");
    place_ = key_ == "shape" ? Place::kShape : Place::kOffsets;
    return true;
  }

  bool end_array() {
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const Json::exception&) {
    error_ = concat("no valid JSON at byte ", position);
    return false;
  }

 private:
  enum class Place { kFile, kTensors, kMetadata, kTensor, kShape, kOffsets };

  HeaderEntry& tensor() { return header_.tensors.back(); }

  template <class... Args>
  bool stop(const Args&... what) {
    const bool in_tensor =
        place_ == Place::kTensor || place_ == Place::kShape || place_ == Place::kOffsets;
    const std::string where = in_tensor ? "tensor " + quote(tensor().name) : "";
    const std::string separator = in_tensor && !key_.empty() ? ": " : "";
    error_ = concat(where, separator, key_.empty() ? "" : quote(key_), what...);
    return false;
  }
  bool unexpected(std::string_view what) { return stop(" has ", what, " where none belongs"); }

  Header header_;
  Place place_ = Place::kFile;
  std::string key_;
  bool has_metadata_ = false;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;  // of the current tensor
  std::string error_;
};

}  // namespace

Header read_header(std::string_view json, const std::string& file) {
  // The JSON library takes a zero byte for the end.
  if (const size_t zero = json.find('\0'); zero != std::string_view::npos) {
    fail(Error::Code::kCorrupt, file, ": header: no valid JSON at byte ", zero + 1);
  }
  HeaderReader reader;
  if (!Json::sax_parse(json.begin(), json.end(), &reader)) {
    fail(Error::Code::kCorrupt, file, ": header: ", reader.error());
  }
  return reader.take();
}

}  // namespace cria::safetensors
