#include "quantize/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/quote.h"
#include "ml/formats.h"

namespace cria::quantize {
namespace {

using Code = Error::Code;

constexpr int64_t kBatchElements = int64_t{1} << 20;  // in memory at once, as floats or blocks

}  // namespace

double Loss::rmse() const {
  return elements > 0 ? std::sqrt(squared_errors / static_cast<double>(elements)) : 0;
}

double Loss::nmse() const {
  if (squared_errors == 0) return 0;
  return squares > 0 ? squared_errors / squares : std::numeric_limits<double>::infinity();
}

Loss& Loss::operator+=(const Loss& other) {
  squared_errors += other.squared_errors;
  squares += other.squares;
  elements += other.elements;
  return *this;
}

RowConverter::RowConverter(RowsJob job, ThreadPool& pool, const gguf::Sink& sink)
    : job_(std::move(job)),
      pool_(pool),
      sink_(sink),
      row_bytes_(static_cast<size_t>(ml::row_bytes(job_.from, job_.row))),
      out_bytes_(static_cast<size_t>(ml::row_bytes(job_.to, job_.row))),
      batch_(std::max<int64_t>(1, kBatchElements / job_.row)),
      workers_(static_cast<size_t>(pool.size())) {
  for (Worker& worker : workers_) {
    worker.values.resize(static_cast<size_t>(job_.row));
    worker.read_back.resize(static_cast<size_t>(job_.row));
  }
}

void RowConverter::write(std::span<const std::byte> bytes) {
  if (!rest_.empty()) {
    const size_t taken = std::min(row_bytes_ - rest_.size(), bytes.size());
    rest_.insert(rest_.end(), bytes.begin(), bytes.begin() + static_cast<int64_t>(taken));
    bytes = bytes.subspan(taken);
    if (rest_.size() < row_bytes_) return;
    convert(rest_);
    rest_.clear();
  }
  const size_t most = static_cast<size_t>(batch_) * row_bytes_;
  while (bytes.size() >= row_bytes_) {
    const size_t count = std::min(bytes.size() / row_bytes_ * row_bytes_, most);
    convert(bytes.first(count));
    bytes = bytes.subspan(count);
  }
  rest_.assign(bytes.begin(), bytes.end());
}

void RowConverter::convert(std::span<const std::byte> rows) {
  const auto count = static_cast<int64_t>(rows.size() / row_bytes_);
  out_.resize(static_cast<size_t>(count) * out_bytes_);
  WorkCounter counter;
  pool_.run([&](int thread) {
    Worker& worker = workers_[static_cast<size_t>(thread)];
    for (int64_t row = counter.next(); row < count; row = counter.next()) {
      convert_row(next_row_ + row, rows.data() + static_cast<size_t>(row) * row_bytes_,
                  out_.data() + static_cast<size_t>(row) * out_bytes_, worker);
    }
  });
  for (Worker& worker : workers_) {
    if (worker.has_bad) fail_with(worker.bad);
    loss_ += worker.loss;
    worker.loss = {};
  }
  next_row_ += count;
  sink_(out_);
}

void RowConverter::convert_row(int64_t row, const std::byte* from, std::byte* to,
                               Worker& worker) const {
  ml::dequantize(job_.from, from, worker.values);
  std::span<const float> importance = job_.importance;
  if (importance.size() > worker.values.size()) {
    const auto matrix = static_cast<size_t>(row / job_.matrix_rows);
    importance = importance.subspan(matrix * worker.values.size(), worker.values.size());
  }
  ml::quantize(job_.to, worker.values, to, importance);
  ml::dequantize(job_.to, to, worker.read_back);
  worker.loss.elements += job_.row;
  for (size_t i = 0; i < worker.values.size(); ++i) {
    const double value = worker.values[i], difference = double{worker.read_back[i]} - value;
    worker.loss.squared_errors += difference * difference;
    worker.loss.squares += value * value;
    const bool is_bad =
        std::isfinite(value) ? !std::isfinite(worker.read_back[i]) : ml::is_quantized(job_.to);
    if (!is_bad) continue;
    // Of a block with one bad value all become NaN: the one to tell of is the first that is none of
    // a block's own, or, when all are finite, the first.
    if (!worker.has_bad || (std::isfinite(worker.bad) && !std::isfinite(value))) worker.bad = value;
    worker.has_bad = true;
  }
}

void RowConverter::fail_with(double value) const {
  if (!std::isfinite(value)) {
    fail(Code::kCorrupt, "tensor ", quote(job_.tensor), " holds ", value,
         ", expected finite numbers");
  }
  fail(Code::kInvalidArgument, "tensor ", quote(job_.tensor), " holds ", value,
       " or so, which is too large for ", ml::info(job_.to).name);
}

}  // namespace cria::quantize
