#include "cmd/predictions_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "base/error.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

constexpr std::string_view kMagic = "_logits_";
constexpr float kRange = 16;     // of logarithms
constexpr float kSteps = 65535;  // of the range

// Of a prediction: two floats and a number per token, rounded up to whole floats.
size_t row_size(int64_t vocabulary) { return 2 * ((static_cast<size_t>(vocabulary) + 1) / 2) + 4; }

}  // namespace

PredictionsWriter::PredictionsWriter(const std::string& path, const PredictionsHeader& header)
    : file_(path), row_(row_size(header.vocabulary)) {
  const int64_t chunks = static_cast<int64_t>(header.tokens.size()) / header.context;
  const int32_t numbers[] = {static_cast<int32_t>(header.context),
                             static_cast<int32_t>(header.vocabulary), static_cast<int32_t>(chunks)};
  file_.write(kMagic);
  file_.write(std::as_bytes(std::span(numbers)));
  file_.write(std::as_bytes(std::span(header.tokens)));
}

void PredictionsWriter::write(std::span<const float> log_probabilities) {
  const auto [least, greatest] = std::ranges::minmax(log_probabilities);
  const float low = std::max(least, greatest - kRange), scale = (greatest - low) / kSteps;
  const float numbers[] = {scale, low};
  std::memcpy(row_.data(), numbers, sizeof(numbers));
  for (size_t i = 0; i < log_probabilities.size(); ++i) {
    const float steps = scale > 0 ? (log_probabilities[i] - low) / scale : 0;
    row_[4 + i] = static_cast<uint16_t>(std::clamp(std::round(steps), 0.0f, kSteps));
  }
  file_.write(std::as_bytes(std::span(row_)));
}

PredictionsReader::PredictionsReader(const std::string& path) : file_(path) {
  rest_ = file_.bytes();
  int32_t numbers[3] = {};
  constexpr size_t kHead = kMagic.size() + sizeof(numbers);
  if (rest_.size() < kHead || std::memcmp(rest_.data(), kMagic.data(), kMagic.size()) != 0) {
    fail(Code::kCorrupt, path, ": is no file of predictions, expected one of --save-logits");
  }
  std::memcpy(numbers, rest_.data() + kMagic.size(), sizeof(numbers));
  rest_ = rest_.subspan(kHead);
  const int64_t context = numbers[0], vocabulary = numbers[1], chunks = numbers[2];
  if (context < 2 || vocabulary < 1 || chunks < 1) {
    fail(Code::kCorrupt, path, ": has chunks of ", context, " tokens, a vocabulary of ", vocabulary,
         " and ", chunks, " chunks, expected at least 2, 1 and 1");
  }
  // Of numbers below 2^31, so neither product overflows before it is compared with the file's size.
  const auto tokens = static_cast<uint64_t>(context) * static_cast<uint64_t>(chunks);
  const uint64_t rows =
      static_cast<uint64_t>(context - 1 - first_scored(context)) * static_cast<uint64_t>(chunks);
  const uint64_t left = rest_.size() / sizeof(int32_t);
  if (tokens > left || rows > (rest_.size() - tokens * sizeof(int32_t)) /
                                  (sizeof(uint16_t) * row_size(vocabulary))) {
    fail(Code::kCorrupt, path, ": is cut short: ", chunks, " chunks of ", context,
         " tokens do not fit into ", file_.bytes().size(), " bytes");
  }
  header_ = {.context = context, .vocabulary = vocabulary, .tokens = {}};
  header_.tokens.resize(tokens);
  std::memcpy(header_.tokens.data(), rest_.data(), tokens * sizeof(int32_t));
  rest_ = rest_.subspan(tokens * sizeof(int32_t));
  for (const int32_t token : header_.tokens) {
    if (token < 0 || token >= vocabulary)
      fail(Code::kCorrupt, path, ": token ", token, ", expected 0 to ", vocabulary - 1);
  }
}

void PredictionsReader::read(std::span<float> log_probabilities) {
  const size_t bytes = row_size(header_.vocabulary) * sizeof(uint16_t);
  CRIA_CHECK(rest_.size() >= bytes);
  float numbers[2];  // scale, lowest
  std::memcpy(numbers, rest_.data(), sizeof(numbers));
  const std::byte* from = rest_.data() + sizeof(numbers);
  for (float& value : log_probabilities) {
    uint16_t steps = 0;
    std::memcpy(&steps, from, sizeof(steps));
    from += sizeof(steps);
    value = numbers[0] * static_cast<float>(steps) + numbers[1];
  }
  rest_ = rest_.subspan(bytes);
}

}  // namespace cria::cmd
