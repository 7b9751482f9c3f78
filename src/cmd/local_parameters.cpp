#include "cmd/local_parameters.h"

#include "base/error.h"
#include "cmd/argument_limits.h"
#include "cmd/format.h"
#include "cmd/program_settings.h"
#include "serving/generation_options.h"

namespace cria::cmd {
namespace {

// Nothing when there is none, or when `most` or `least` forbid it.
std::optional<int64_t> whole_number(const modelfile::Parameters& parameters, std::string_view name,
                                    int64_t least, int64_t most) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return std::nullopt;
  const auto* value = std::get_if<int64_t>(&found->second);
  return value && *value >= least && *value <= most ? std::optional(*value) : std::nullopt;
}

std::optional<int64_t> context_of(const modelfile::Parameters& parameters) {
  return whole_number(parameters, "num_ctx", 1, kMostTokens);
}
std::optional<int64_t> threads_of(const modelfile::Parameters& parameters) {
  return whole_number(parameters, "num_thread", 0, kMostThreads);
}

}  // namespace

serving::ComputeOptions compute_in_force(serving::ComputeOptions asked, const FoundModel& found) {
  if (asked.threads == 0 && found.stored) {
    asked.threads = static_cast<int>(threads_of(found.stored->parameters()).value_or(0));
  }
  return with_settings(std::move(asked));
}

int64_t context_in_force(const modelfile::Parameters& asked, const FoundModel& found) {
  if (asked.contains("num_ctx")) {
    if (const auto context = context_of(asked)) return *context;
    fail(Error::Code::kInvalidArgument,
         "parameter num_ctx: expected a number of tokens, from 1 to ", kMostTokens);
  }
  if (found.stored) {
    if (const auto context = context_of(found.stored->parameters())) return *context;
  }
  return program_settings().count("context_length");
}

std::string parameters_without_effect(const modelfile::Parameters& parameters) {
  std::string names;
  for (const auto& [name, value] : parameters) {
    const bool has_effect = serving::is_generation_option(name) ||
                            (name == "num_ctx" && context_of(parameters)) ||
                            (name == "num_thread" && threads_of(parameters));
    if (!has_effect) append_item(names, ", ", name);
  }
  return names;
}

}  // namespace cria::cmd
