#include "fs/pytorch/pytorch.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/problems.h"
#include "base/quote.h"
#include "fs/pytorch/pickle.h"
#include "fs/pytorch/zip.h"

namespace cria::pytorch {
namespace {

using Code = Error::Code;

constexpr size_t kMostPickleBytes = size_t{64} << 20;
constexpr size_t kMostDims = 8;

struct Type {
  std::string_view global;
  std::string_view dtype;
  int64_t bytes;
};

constexpr Type kTypes[] = {
    {"torch DoubleStorage", "F64", 8},
    {"torch FloatStorage", "F32", 4},
    {"torch HalfStorage", "F16", 2},
    {"torch BFloat16Storage", "BF16", 2},
    {"torch LongStorage", "I64", 8},
    {"torch IntStorage", "I32", 4},
    {"torch ShortStorage", "I16", 2},
    {"torch CharStorage", "I8", 1},
    {"torch ByteStorage", "U8", 1},
    {"torch BoolStorage", "BOOL", 1},
    {"torch float64", "F64", 8},
    {"torch float32", "F32", 4},
    {"torch float16", "F16", 2},
    {"torch bfloat16", "BF16", 2},
    {"torch float8_e4m3fn", "F8_E4M3", 1},
    {"torch float8_e5m2", "F8_E5M2", 1},
    {"torch int64", "I64", 8},
    {"torch int32", "I32", 4},
    {"torch int16", "I16", 2},
    {"torch int8", "I8", 1},
    {"torch uint8", "U8", 1},
    {"torch bool", "BOOL", 1},
};

const Type* find_type(std::string_view global) {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const Type& type) { return type.global == global; });
  return row == std::end(kTypes) ? nullptr : row;
}

// What a file is by its first bytes, when it is no zip archive.
void check_format(std::span<const std::byte> bytes, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("PK\3\4")) return;
  if (text.size() > 262 && text.substr(257, 5) == "ustar") {
    fail(Code::kUnsupported, name, ": is a tar archive, as PyTorch wrote them before 0.4, ",
         "expected a zip archive: load and save it with a newer PyTorch");
  }
  if (text.starts_with('\x80')) {
    fail(Code::kUnsupported, name, ": is a bare pickle, as PyTorch wrote them before 1.6, ",
         "expected a zip archive: load and save it with a newer PyTorch");
  }
  if (text.starts_with("version https://git-lfs")) {
    fail(Code::kCorrupt, name, ": is a pointer of Git LFS: the file itself was not downloaded");
  }
  fail(Code::kCorrupt, name, ": is no PyTorch checkpoint: begins with ", quote(text.substr(0, 4)),
       ", expected a zip archive");
}

// The entries of an archive without the name of the one folder that they lie in.
class Archive {
 public:
  Archive(std::span<const std::byte> bytes, const std::string& name)
      : entries_(read_zip(bytes, name)) {
    for (const auto& [path, data] : entries_) {
      const size_t slash = path.find('/');
      if (slash != std::string::npos && path.substr(slash) == "/data.pkl") {
        if (!folder_.empty()) fail(Code::kCorrupt, name, ": holds two checkpoints");
        folder_ = path.substr(0, slash + 1);
      }
    }
    if (folder_.empty()) {
      fail(Code::kUnsupported, name, ": is a zip archive without data.pkl, expected a checkpoint");
    }
    if (find("constants.pkl")) {
      fail(Code::kUnsupported, name, ": is a TorchScript program, expected a checkpoint");
    }
    if (const auto order = find("byteorder"); order && text(*order) != "little") {
      fail(Code::kUnsupported, name, ": has numbers in ", quote(text(*order)),
           " byte order, expected little");
    }
  }

  std::optional<std::span<const std::byte>> find(std::string_view path) const {
    const auto found = entries_.find(folder_ + std::string(path));
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  static std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  Entries entries_;
  std::string folder_;
};

// Makes sense of the tensors of a pickle.
class TensorReader {
 public:
  TensorReader(const Archive& archive, const Pickle& pickle) : archive_(archive), pickle_(pickle) {}

  std::vector<TensorInfo> read(const std::string& file) {
    const Object& root = pickle_[pickle_.root];
    if (root.kind != Kind::kDictionary) {
      fail(Code::kUnsupported, file, ": holds no dictionary of tensors");
    }
    std::vector<TensorInfo> out;
    for (size_t i = 0; i + 1 < root.items.size(); i += 2) {
      read_entry(pickle_[root.items[i]], pickle_[root.items[i + 1]], out);
    }
    problems_.report(file);
    return out;
  }

 private:
  void read_entry(const Object& key, const Object& value, std::vector<TensorInfo>& out) {
    if (key.kind != Kind::kText) return problems_.add("a tensor's name is no text");
    const std::string name(key.text);
    name_ = "tensor " + quote(name);
    if (!names_.insert(name).second) return problems_.add(name_, " is there twice");
    if (value.kind != Kind::kTensor) {
      return problems_.add(quote(name), " is no tensor, expected a dictionary of tensors alone");
    }
    if (auto info = read_tensor(value)) {
      info->name = name;
      out.push_back(std::move(*info));
    }
  }

  template <class... Args>
  std::nullopt_t wrong(const Args&... what) {
    problems_.add(name_, ": ", what...);
    return std::nullopt;
  }

  std::optional<TensorInfo> read_tensor(const Object& tensor) {
    const Object& storage = pickle_[tensor.items[0]];
    const Object& named = pickle_[tensor.items.size() > 4 ? tensor.items[4] : storage.items[0]];
    const Type* type = find_type(named.text);
    if (!type) return wrong("its type ", quote(named.text), " is not supported");
    TensorInfo info{.name = {},
                    .dtype = std::string(type->dtype),
                    .shape = integers(tensor.items[2]),
                    .strides = integers(tensor.items[3]),
                    .data = {}};
    if (info.shape.size() > kMostDims || info.shape.size() != info.strides.size()) {
      return wrong("has ", info.shape.size(), " sizes and ", info.strides.size(),
                   " strides, expected as many, and at most ", kMostDims);
    }
    const auto data = archive_.find("data/" + std::string(storage.text));
    if (!data) return wrong("there is no entry ", quote("data/" + std::string(storage.text)));
    return place(std::move(info), pickle_[tensor.items[1]].integer, *data, type->bytes);
  }

  // Finds the part of a storage that the tensor's elements reach.
  std::optional<TensorInfo> place(TensorInfo info, int64_t offset,
                                  std::span<const std::byte> storage, int64_t bytes) {
    const auto stored = static_cast<int64_t>(storage.size()) / bytes;
    int64_t elements = 1, reach = 1;
    bool overflows = offset < 0;
    for (size_t i = 0; i < info.shape.size(); ++i) {
      const int64_t size = info.shape[i], stride = info.strides[i];
      int64_t step = 0;
      if (size < 0 || stride < 0) return wrong("has a negative size or stride");
      overflows |= __builtin_mul_overflow(elements, size, &elements);
      overflows |= __builtin_mul_overflow(stride, std::max<int64_t>(size, 1) - 1, &step);
      overflows |= __builtin_add_overflow(reach, step, &reach);
    }
    if (elements == 0) reach = 0;
    // More elements than stored ones would be a small file that unfolds to a large one.
    if (overflows || elements > stored || offset > stored || reach > stored - offset) {
      return wrong("its elements lie outside of its storage of ", storage.size(), " bytes");
    }
    info.data =
        storage.subspan(static_cast<size_t>(offset * bytes), static_cast<size_t>(reach * bytes));
    if (is_contiguous(info)) info.strides.clear();
    return info;
  }

  static bool is_contiguous(const TensorInfo& info) {
    int64_t expected = 1;
    for (size_t i = info.shape.size(); i-- > 0;) {
      if (info.shape[i] != 1 && info.strides[i] != expected) return false;
      expected *= std::max<int64_t>(info.shape[i], 1);
    }
    return true;
  }

  std::vector<int64_t> integers(uint32_t index) {
    std::vector<int64_t> out;
    for (const uint32_t item : pickle_[index].items) {
      // A negative number is reported where sizes and strides are checked.
      out.push_back(pickle_[item].kind == Kind::kInteger ? pickle_[item].integer : -1);
    }
    return out;
  }

  const Archive& archive_;
  const Pickle& pickle_;
  Problems problems_;
  std::string name_;
  std::set<std::string, std::less<>> names_;
};

class ParsedFile final : public File {
 public:
  ParsedFile(std::string name, std::vector<TensorInfo> tensors)
      : name_(std::move(name)), tensors_(std::move(tensors)) {}

  const std::string& path() const override { return name_; }
  const std::vector<TensorInfo>& tensors() const override { return tensors_; }

  void keep(MappedFile mapping) { mapping_.emplace(std::move(mapping)); }

 private:
  std::string name_;
  std::vector<TensorInfo> tensors_;
  std::optional<MappedFile> mapping_;
};

std::unique_ptr<ParsedFile> parse_bytes(std::span<const std::byte> bytes, const std::string& name) {
  check_format(bytes, name);
  const Archive archive(bytes, name);
  const std::span<const std::byte> program = *archive.find("data.pkl");
  if (program.size() > kMostPickleBytes) {
    fail(Code::kUnsupported, name, ": data.pkl has ", program.size(), " bytes, expected at most ",
         kMostPickleBytes);
  }
  const Pickle pickle = read_pickle(program, name);
  return std::make_unique<ParsedFile>(name, TensorReader(archive, pickle).read(name));
}

}  // namespace

std::unique_ptr<File> File::parse(std::span<const std::byte> bytes, std::string name) {
  return parse_bytes(bytes, name);
}

std::unique_ptr<File> File::open(const std::string& path) {
  MappedFile mapping(path);
  std::unique_ptr<ParsedFile> file = parse_bytes(mapping.bytes(), path);
  file->keep(std::move(mapping));
  return file;
}

}  // namespace cria::pytorch
