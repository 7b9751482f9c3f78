#pragma once
// Writes GGUF files, v3. Tensors are streamed: of their data no more is in memory than whoever
// makes it hands over at once.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cria::gguf {

// A metadata value, of exactly the type that the file shall have: readers elsewhere are strict
// about it.
using StoredValue = std::variant<uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, float, bool,
                                 std::string, uint64_t, int64_t, double, std::vector<uint8_t>,
                                 std::vector<int8_t>, std::vector<uint16_t>, std::vector<int16_t>,
                                 std::vector<uint32_t>, std::vector<int32_t>, std::vector<float>,
                                 std::vector<bool>, std::vector<std::string>, std::vector<uint64_t>,
                                 std::vector<int64_t>, std::vector<double>>;

// The metadata of a file that File::open() accepts, in its order and its own types; of a split
// model those of its first file. Corrupt when the file is another one by now.
std::vector<std::pair<std::string, StoredValue>> stored_metadata(const std::string& path);

// Takes the next bytes of a tensor.
using Sink = std::function<void(std::span<const std::byte>)>;

struct OutputTensor {
  std::string name;
  uint32_t type = 0;                              // GGUF's id
  std::vector<int64_t> dims;                      // outermost first
  std::function<void(const Sink& sink)> produce;  // hands over all data, in pieces of any size
};

struct WriteOptions {
  // Told after each piece how many bytes of data there are and will be; false cancels.
  std::function<bool(uint64_t done, uint64_t total)> progress;
  // Called with the path of the finished file before it gets its name; throws when it is not as it
  // should be, and then nothing is left.
  std::function<void(const std::string& path)> check;
};

// Collects what a file shall hold.
class Writer {
 public:
  // A power of two from 8 on; written to the file unless it is the format's default.
  explicit Writer(uint32_t alignment = 32);

  // InvalidArgument when the key is empty, taken, or longer than the format allows.
  void metadata(std::string key, StoredValue value);
  void tensor(OutputTensor tensor) { tensors_.push_back(std::move(tensor)); }

  // What was collected, in the order in which it is written.
  const std::vector<std::pair<std::string, StoredValue>>& metadata() const { return metadata_; }
  const std::vector<OutputTensor>& tensors() const { return tensors_; }
  uint32_t alignment() const { return alignment_; }

  // Through a temporary file in the same folder, renamed when whole. InvalidArgument with all
  // problems of names, types and dimensions; Internal when a tensor's data has another size than
  // its type and dimensions; Cancelled; errors of the disk.
  void write(const std::string& path, const WriteOptions& options = {}) const;

 private:
  uint32_t alignment_;
  std::vector<std::pair<std::string, StoredValue>> metadata_;
  std::vector<OutputTensor> tensors_;
};

}  // namespace cria::gguf
