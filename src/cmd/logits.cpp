#include "cmd/logits.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "cmd/evaluation.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/stopwatch.h"
#include "fs/safetensors/write.h"

namespace cria::cmd {
namespace {

std::vector<int32_t> read_ids(const std::string& source) {
  std::string text = source;
  if (source == "-") text = read_standard_input();
  if (source.starts_with("@")) text = read_file(source.substr(1));
  std::vector<int32_t> ids = parse_ids(text);
  if (ids.empty()) fail(Error::Code::kInvalidArgument, "--ids: no ids, expected at least one");
  return ids;
}

void write(const std::string& path, std::span<const Result> results, std::span<const int32_t> ids,
           const model::LoadedModel& loaded, model::Executor& executor) {
  std::vector<safetensors::Output> outputs;
  for (const Result& result : results) {
    outputs.emplace_back(result.name, result.shape, result.values);
  }
  std::string list;
  for (const int32_t id : ids) append_item(list, ",", std::to_string(id));
  safetensors::write(path, outputs,
                     {{"input_ids", list},
                      {"model", loaded.file->path()},
                      {"backend", std::string(executor.backend().name())},
                      {"made_by", "cria logits"}});
}

}  // namespace

int logits(const LogitsOptions& options) {
  const std::vector<int32_t> ids = read_ids(options.ids);
  const auto count = static_cast<int64_t>(ids.size());
  const model::LoadedModel loaded = load_model(options.model, options.compute.adapters);
  model::ExecutorOptions execution = serving::executor_options(options.compute);
  execution.cache.tokens = count;
  execution.max_tokens = execution.max_outputs = std::min(count, options.chunk);
  execution.trace = options.trace;
  const auto executor = open_executor(loaded, execution);

  const Stopwatch watch;
  const std::vector<Result> results = evaluate(*executor, ids);
  log::debug("evaluated ", count, " tokens in ", duration_text(watch.seconds()));
  write(options.output, results, ids, loaded, *executor);
  return 0;
}

}  // namespace cria::cmd
