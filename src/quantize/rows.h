#pragma once
// Turns a tensor's data into another type while it streams by, rows in parallel, and measures what
// that loses.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "fs/gguf/write.h"
#include "ml/dtype.h"

namespace cria::quantize {

// Sums over the elements of a tensor.
struct Loss {
  double squared_errors = 0, squares = 0;
  int64_t elements = 0;

  double rmse() const;  // the root of the mean squared error
  double nmse() const;  // squared errors relative to squares; 0 when both are 0
  Loss& operator+=(const Loss& other);
};

struct RowsJob {
  std::string tensor;  // for messages
  ml::DType from, to;
  int64_t row = 0;          // elements; whole blocks of both types
  int64_t matrix_rows = 0;  // of each of the tensor's matrices
  // Empty, or of each element of a row, or those of a row of each matrix.
  std::span<const float> importance;
};

class RowConverter {
 public:
  RowConverter(RowsJob job, ThreadPool& pool, const gguf::Sink& sink);

  // The next bytes of the data, in pieces of any size. Corrupt: a value that is not finite, for
  // blocks; InvalidArgument: a value that is too large for the type.
  void write(std::span<const std::byte> bytes);
  const Loss& loss() const { return loss_; }

 private:
  struct Worker {
    std::vector<float> values, read_back;
    Loss loss;
    double bad = 0;  // a value that cannot be written
    bool has_bad = false;
  };

  void convert(std::span<const std::byte> rows);
  void convert_row(int64_t row, const std::byte* from, std::byte* to, Worker& worker) const;
  [[noreturn]] void fail_with(double value) const;

  RowsJob job_;
  ThreadPool& pool_;
  const gguf::Sink& sink_;
  size_t row_bytes_, out_bytes_;  // of a row
  int64_t batch_;                 // rows that are converted at once
  int64_t next_row_ = 0;
  std::vector<std::byte> rest_;  // of a row, the rest of which is yet to come
  std::vector<std::byte> out_;
  std::vector<Worker> workers_;
  Loss loss_;
};

}  // namespace cria::quantize
