#include "cmd/bench.h"

#include <algorithm>

#include "base/cores.h"
#include "base/error.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/measurement.h"
#include "cmd/model_summary.h"
#include "cmd/output.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

using Kind = Measurement::Kind;

const char* name_of(Kind kind) { return kind == Kind::kPrefill ? "prefill" : "decode"; }

std::vector<Measurement> plan_of(const BenchOptions& options) {
  std::vector<Measurement> plan;
  for (const int64_t depth : options.depth) {
    for (const int64_t tokens : options.prefill) {
      if (tokens > 0) plan.push_back({Kind::kPrefill, tokens, depth, 1, {}});
    }
    for (const int64_t batch : options.batch) {
      for (const int64_t tokens : options.decode) {
        if (tokens > 0) plan.push_back({Kind::kDecode, tokens, depth, batch, {}});
      }
    }
  }
  return plan;
}

// What was measured with one number of threads.
struct Series {
  int threads = 0;
  std::string backend, device;
  std::vector<Measurement> measurements;
};

Series run_series(const model::LoadedModel& loaded, const BenchOptions& options, int threads) {
  Series series{.threads = threads, .backend = {}, .device = {}, .measurements = plan_of(options)};
  serving::ComputeOptions compute = options.compute;
  compute.threads = threads;
  model::ExecutorOptions execution = serving::executor_options(compute);
  make_room(execution, series.measurements);
  const auto executor = open_executor(loaded, execution);
  series.backend = executor->backend().name();
  series.device = executor->backend().devices().front().description;
  for (Measurement& measurement : series.measurements) {
    measure(*executor, options.repeat, measurement);
    log::debug("bench: ", name_of(measurement.kind), " ", measurement.tokens, " with ", threads,
               " threads: ", fixed(measurement.median(), 2), " tokens/s");
  }
  return series;
}

void print_text(const ModelSummary& summary, const std::vector<Series>& all) {
  print(concat("model:   ", summary.architecture, " ", count_text(summary.parameters), " ",
               summary.quantization, ", ", size_text(summary.bytes), "\n"));
  for (const Series& series : all) {
    print(concat("backend: ", series.backend, " (", series.device, ")\n"));
  }
  print("\n");
  constexpr auto kRight = Table::Align::kRight;
  Table table({Table::Align::kLeft, kRight, kRight, kRight, kRight, kRight, kRight, kRight});
  table.row({"TEST", "TOKENS", "DEPTH", "BATCH", "THREADS", "MEDIAN t/s", "MIN", "MAX"});
  for (const Series& series : all) {
    for (const Measurement& m : series.measurements) {
      const auto [least, most] = std::ranges::minmax_element(m.rates);
      table.row({name_of(m.kind), std::to_string(m.tokens), std::to_string(m.depth),
                 std::to_string(m.batch), std::to_string(series.threads), fixed(m.median(), 2),
                 fixed(*least, 2), fixed(*most, 2)});
    }
  }
  print(table.text());
}

Json to_json(const Series& series, const Measurement& m) {
  const auto [least, most] = std::ranges::minmax_element(m.rates);
  return {{"test", name_of(m.kind)},
          {"tokens", m.tokens},
          {"depth", m.depth},
          {"batch", m.batch},
          {"threads", series.threads},
          {"backend", series.backend},
          {"device", series.device},
          {"tokens_per_second",
           {{"median", m.median()}, {"min", *least}, {"max", *most}, {"all", m.rates}}}};
}

void print_json(const std::string& path, const ModelSummary& summary,
                const std::vector<Series>& all) {
  Json results = Json::array();
  for (const Series& series : all) {
    for (const Measurement& m : series.measurements) results.push_back(to_json(series, m));
  }
  print(json_text({{"path", path},
                   {"architecture", summary.architecture},
                   {"parameters", summary.parameters},
                   {"quantization", summary.quantization},
                   {"tensor_bytes", summary.bytes},
                   {"results", results}}));
}

}  // namespace

int bench(const BenchOptions& options) {
  if (plan_of(options).empty()) {
    fail(Error::Code::kInvalidArgument, "nothing to measure: --prefill and --decode are 0");
  }
  const model::LoadedModel loaded = load_model(options.model);
  std::vector<int> threads = options.threads;
  if (threads.empty()) threads.push_back(usable_cores());
  std::vector<Series> all;
  for (const int count : threads) all.push_back(run_series(loaded, options, count));
  const ModelSummary summary = summarize(*loaded.file);
  if (options.json) {
    print_json(loaded.file->path(), summary, all);
  } else {
    print_text(summary, all);
  }
  return 0;
}

}  // namespace cria::cmd
