#include "server/metrics.h"

#include <algorithm>

#include "base/error.h"

namespace cria::server {
namespace {

constexpr std::array<double, 12> kBounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                         0.5,   1,    2.5,   5,    10,  60};
constexpr size_t kMostModels = 200;  // more are counted together

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string label(std::string_view name, std::string_view value) {
  return concat(name, "=\"", escaped(value), '"');
}

void begin(std::string& to, std::string_view name, std::string_view type, std::string_view help) {
  to += concat("# HELP ", name, ' ', help, "\n# TYPE ", name, ' ', type, '\n');
}

template <class T>
void line(std::string& to, std::string_view name, std::string_view labels, const T& value) {
  to += concat(name, labels.empty() ? "" : "{", labels, labels.empty() ? " " : "} ", value, '\n');
}

}  // namespace

void Metrics::Histogram::add(double value) {
  const auto* const bound = std::ranges::lower_bound(kBounds, value);
  ++counts.at(static_cast<size_t>(bound - kBounds.begin()));
  sum += value;
  ++count;
}

void Metrics::answered(std::string_view route, int status, std::chrono::nanoseconds time) {
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(route), status}];
  times_[std::string(route)].add(seconds(time));
}

void Metrics::worked(std::string_view model, const Work& work) {
  const std::lock_guard lock(mutex_);
  const bool is_new = !models_.contains(model) && models_.size() >= kMostModels;
  Totals& totals = models_[is_new ? "others" : std::string(model)];
  totals.prompt += work.prompt_tokens;
  totals.cached += work.cached_tokens;
  totals.generated += work.generated_tokens;
  ++totals.texts;
  if (work.to_first_token.count() > 0) totals.first.add(seconds(work.to_first_token));
  if (work.between_tokens.count() > 0) totals.between.add(seconds(work.between_tokens));
}

void Metrics::write(std::string& to, std::string_view name, std::string_view labels,
                    const Histogram& histogram) {
  int64_t below = 0;
  const std::string bucket = concat(name, "_bucket");
  for (size_t i = 0; i <= kBuckets; ++i) {
    below += histogram.counts.at(i);
    const std::string bound = i < kBuckets ? concat(kBounds.at(i)) : "+Inf";
    line(to, bucket, concat(labels, ',', label("le", bound)), below);
  }
  line(to, concat(name, "_sum"), labels, histogram.sum);
  line(to, concat(name, "_count"), labels, histogram.count);
}

std::string Metrics::text(const std::vector<Gauge>& now) const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const Gauge& gauge : now) {
    begin(out, gauge.name, "gauge", gauge.help);
    line(out, gauge.name, "", gauge.value);
  }
  begin(out, "cria_requests_total", "counter", "Requests that were answered.");
  for (const auto& [key, count] : requests_) {
    line(out, "cria_requests_total",
         concat(label("route", key.first), ',', label("status", std::to_string(key.second))),
         count);
  }
  begin(out, "cria_request_seconds", "histogram", "Time from a request to the end of its answer.");
  for (const auto& [route, histogram] : times_) {
    write(out, "cria_request_seconds", label("route", route), histogram);
  }
  struct Counter {
    const char *name, *help;
    int64_t Totals::*value;
  };
  for (const Counter& counter :
       {Counter{"cria_prompt_tokens_total", "Tokens of prompts.", &Totals::prompt},
        Counter{"cria_cached_tokens_total", "Tokens of prompts that were cached.", &Totals::cached},
        Counter{"cria_generated_tokens_total", "Tokens that were generated.", &Totals::generated},
        Counter{"cria_texts_total", "Texts that models wrote or read.", &Totals::texts}}) {
    begin(out, counter.name, "counter", counter.help);
    for (const auto& [model, totals] : models_) {
      line(out, counter.name, label("model", model), totals.*counter.value);
    }
  }
  begin(out, "cria_time_to_first_token_seconds", "histogram", "From a request to its first token.");
  for (const auto& [model, totals] : models_) {
    write(out, "cria_time_to_first_token_seconds", label("model", model), totals.first);
  }
  begin(out, "cria_time_per_token_seconds", "histogram", "From a token to the next, on average.");
  for (const auto& [model, totals] : models_) {
    write(out, "cria_time_per_token_seconds", label("model", model), totals.between);
  }
  return out;
}

}  // namespace cria::server
