#include "model/pooling.h"

#include <array>
#include <cmath>

namespace cria::model {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"none", "mean", "cls", "last", "rank"};

}  // namespace

Pooling read_pooling(const Config& config) {
  const int64_t number = config.count("pooling_type");
  if (number >= static_cast<int64_t>(kNames.size())) {
    config.corrupt("pooling_type", "is ", number, ", expected 0 to ", kNames.size() - 1);
  }
  return static_cast<Pooling>(number);
}

Pooling pooling_for(const Config& config, Output output) {
  const Pooling pooling = read_pooling(config);
  if (pooling != Pooling::kNone) return pooling;
  return output == Output::kHidden ? Pooling::kMean : Pooling::kLast;
}

std::string_view name_of(Pooling pooling) { return kNames[static_cast<size_t>(pooling)]; }

bool Pool::wants(int64_t token, int64_t tokens) const {
  switch (pooling_) {
    case Pooling::kMean:
      return true;
    case Pooling::kCls:
    case Pooling::kRank:
      return token == 0;
    default:
      return token + 1 == tokens;
  }
}

void Pool::add(std::span<const float> row) {
  sum_.resize(row.size());
  for (size_t i = 0; i < row.size(); ++i) sum_[i] += double{row[i]};
  ++rows_;
}

std::vector<float> Pool::vector() const {
  std::vector<float> mean;
  for (const double sum : sum_)
    mean.push_back(static_cast<float>(sum / static_cast<double>(rows_)));
  return mean;
}

void normalize(std::span<float> vector) {
  double squares = 0;
  for (const float x : vector) squares += double{x} * double{x};
  if (squares == 0) return;
  const double factor = 1 / std::sqrt(squares);
  for (float& x : vector) x = static_cast<float>(double{x} * factor);
}

}  // namespace cria::model
