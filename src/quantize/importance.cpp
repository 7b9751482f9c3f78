#include "quantize/importance.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/quote.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/reader.h"
#include "fs/gguf/write.h"

namespace cria::quantize {
namespace {

using Code = Error::Code;
using Entry = ImportanceMatrix::Entry;

constexpr std::string_view kSums = ".in_sum2", kCounts = ".counts";
constexpr const char* kDatasets = "imatrix.datasets";
constexpr const char* kChunks = "imatrix.chunk_count";
constexpr const char* kChunkSize = "imatrix.chunk_size";

std::vector<float> floats_of(const gguf::File& file, const gguf::TensorInfo& tensor) {
  if (tensor.type != 0) {
    fail(Code::kCorrupt, file.path(), ": tensor ", quote(tensor.name), " is no f32");
  }
  std::vector<float> values(tensor.data.size() / sizeof(float));
  std::memcpy(values.data(), tensor.data.data(), values.size() * sizeof(float));
  return values;
}

void check(const ImportanceMatrix& matrix) {
  const auto bad = [](float value) { return !std::isfinite(value) || value < 0; };
  for (const auto& [name, entry] : matrix.entries) {
    if (entry.sums.empty() || entry.counts.empty() ||
        entry.sums.size() % entry.counts.size() != 0) {
      fail(Code::kCorrupt, matrix.path, ": ", quote(name), " has ", entry.sums.size(), " sums and ",
           entry.counts.size(), " counts, expected a multiple");
    }
    if (std::ranges::any_of(entry.sums, bad) || std::ranges::any_of(entry.counts, bad)) {
      fail(Code::kCorrupt, matrix.path, ": ", quote(name),
           " holds what is no sum of squares, expected finite numbers from 0 on");
    }
  }
  if (matrix.entries.empty()) {
    fail(Code::kCorrupt, matrix.path, ": holds no importance matrix, expected tensors NAME", kSums,
         " and NAME", kCounts);
  }
}

void read_gguf(const std::string& path, ImportanceMatrix& matrix) {
  const auto file = gguf::File::open(path);
  for (const gguf::TensorInfo& tensor : file->tensors()) {
    const std::string_view name = tensor.name;
    if (name.ends_with(kSums)) {
      const std::string of(name.substr(0, name.size() - kSums.size()));
      matrix.entries[of].sums = floats_of(*file, tensor);
    } else if (name.ends_with(kCounts)) {
      const std::string of(name.substr(0, name.size() - kCounts.size()));
      matrix.entries[of].counts = floats_of(*file, tensor);
    }
  }
  if (const auto* datasets = file->texts(kDatasets)) matrix.datasets = *datasets;
  matrix.chunks = static_cast<uint32_t>(file->integer(kChunks).value_or(0));
  matrix.chunk_size = static_cast<uint32_t>(file->integer(kChunkSize).value_or(0));
}

// The older form: a number of entries, of each a name, how often it was used and the sums; then,
// in most, the number of chunks and the name of the text. Lengths are of 32 bits.
class BinaryReader {
 public:
  explicit BinaryReader(std::span<const std::byte> bytes) : reader_(bytes) {}

  void read(ImportanceMatrix& matrix) {
    const size_t count = length(kFewestBytes, "entries");
    for (size_t i = 0; i < count; ++i) {
      const std::string name = text();
      const auto calls = reader_.number<int32_t>();
      Entry& entry = matrix.entries[name];
      entry.sums.resize(length(sizeof(float), "sums"));
      for (float& sum : entry.sums) sum = reader_.number<float>();
      entry.counts = {static_cast<float>(calls)};
    }
    if (reader_.remaining() == 0) return;
    matrix.chunks = static_cast<uint32_t>(reader_.number<int32_t>());
    if (reader_.remaining() > 0) matrix.datasets = {text()};
  }

 private:
  static constexpr size_t kFewestBytes = 3 * sizeof(int32_t);

  size_t length(size_t bytes_each, std::string_view what) {
    const auto n = reader_.number<int32_t>();
    if (n < 0 || static_cast<size_t>(n) > reader_.remaining() / bytes_each) {
      throw gguf::Unreadable{concat("announces ", n, ' ', what, " at byte ", reader_.position(),
                                    ", where ", reader_.remaining(), " bytes are left")};
    }
    return static_cast<size_t>(n);
  }
  std::string text() {
    std::string result(length(1, "letters"), '\0');
    for (char& c : result) c = reader_.number<char>();
    return result;
  }

  gguf::Reader reader_;
};

void read_binary(std::span<const std::byte> bytes, ImportanceMatrix& matrix) {
  try {
    BinaryReader(bytes).read(matrix);
  } catch (const gguf::Unreadable& e) {
    fail(Code::kCorrupt, matrix.path,
         ": is no importance matrix, neither GGUF nor the older form: ", e.what);
  }
}

gguf::OutputTensor output(std::string name, std::vector<int64_t> dims,
                          const std::vector<float>& values) {
  return {std::move(name), 0, std::move(dims),
          [&values](const gguf::Sink& sink) { sink(std::as_bytes(std::span(values))); }};
}

}  // namespace

std::vector<float> Entry::means() const {
  std::vector<float> result(sums.size(), 1);
  const size_t columns = sums.size() / counts.size();
  for (size_t i = 0; i < sums.size(); ++i) {
    const float count = counts[i / columns];
    if (count > 0) result[i] = sums[i] / count;
  }
  return result;
}

void Entry::add(size_t matrix, std::span<const float> activations) {
  float* sum = sums.data() + matrix * activations.size();
  for (size_t i = 0; i < activations.size(); ++i) sum[i] += activations[i] * activations[i];
  ++counts[matrix];
}

ImportanceMatrix read_importance(const std::string& path) {
  ImportanceMatrix matrix;
  matrix.path = path;
  const MappedFile file(path);
  const auto bytes = file.bytes();
  if (bytes.size() >= 4 && std::memcmp(bytes.data(), "GGUF", 4) == 0) {
    read_gguf(path, matrix);
  } else {
    read_binary(bytes, matrix);
  }
  check(matrix);
  return matrix;
}

void write_importance(const ImportanceMatrix& matrix, const std::string& path) {
  gguf::Writer file;
  file.metadata("general.type", "imatrix");
  file.metadata(kDatasets, matrix.datasets);
  file.metadata(kChunks, matrix.chunks);
  file.metadata(kChunkSize, matrix.chunk_size);
  for (const auto& [name, entry] : matrix.entries) {
    const auto matrices = static_cast<int64_t>(entry.counts.size());
    const auto columns = static_cast<int64_t>(entry.sums.size()) / matrices;
    file.tensor(output(concat(name, kSums), {matrices, columns}, entry.sums));
    file.tensor(output(concat(name, kCounts), {matrices, 1}, entry.counts));
  }
  file.write(path);
}

}  // namespace cria::quantize
