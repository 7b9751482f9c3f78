#include "cmd/program_settings.h"

#include <algorithm>

#include "cmd/argument_limits.h"

namespace cria::cmd {

const settings::Settings& program_settings() {
  static const settings::Settings settings = settings::Settings::load();
  return settings;
}

registry::Store open_store() {
  const settings::Settings& settings = program_settings();
  const std::string& set = settings.text("models");
  const std::filesystem::path folder =
      set.empty() ? registry::Store::default_folder() : std::filesystem::path(set);
  return registry::Store(
      folder, settings.flag("noprune") ? registry::Pruning::kOff : registry::Pruning::kOn);
}

client::Client open_client() {
  const settings::Settings& settings = program_settings();
  return {settings::parse_address(settings.text("host")).to_ask(), settings.text("api_key")};
}

serving::ComputeOptions with_settings(serving::ComputeOptions asked) {
  const settings::Settings& settings = program_settings();
  if (asked.threads == 0) {
    asked.threads = static_cast<int>(std::min<int64_t>(settings.count("num_thread"), kMostThreads));
  }
  if (asked.cache_type.empty()) asked.cache_type = settings.text("kv_cache_type");
  return asked;
}

}  // namespace cria::cmd
