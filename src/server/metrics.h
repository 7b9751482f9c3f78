#pragma once
// What the server has done, in the text format of Prometheus.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace cria::server {

class Metrics {
 public:
  // A request that was answered; `route` is the pattern, so that names of models do not become
  // series.
  void answered(std::string_view route, int status, std::chrono::nanoseconds time);
  // A text that a model wrote, or vectors that it made.
  struct Work {
    int64_t prompt_tokens = 0, cached_tokens = 0, generated_tokens = 0;
    std::chrono::nanoseconds to_first_token{0};  // from when the request was there
    std::chrono::nanoseconds between_tokens{0};  // on average; 0: there was none or one
  };
  void worked(std::string_view model, const Work& work);

  // What is so now, as it is asked for.
  struct Gauge {
    std::string name, help;
    double value;
  };
  std::string text(const std::vector<Gauge>& now) const;

 private:
  static constexpr size_t kBuckets = 12;
  struct Histogram {
    std::array<int64_t, kBuckets + 1> counts{};  // the last one: beyond all
    double sum = 0;
    int64_t count = 0;
    void add(double seconds);
  };
  struct Totals {
    int64_t prompt = 0, cached = 0, generated = 0, texts = 0;
    Histogram first, between;
  };
  static void write(std::string& to, std::string_view name, std::string_view labels,
                    const Histogram& histogram);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, int64_t> requests_;
  std::map<std::string, Histogram, std::less<>> times_;
  std::map<std::string, Totals, std::less<>> models_;
};

}  // namespace cria::server
