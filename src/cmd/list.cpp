#include "cmd/list.h"

#include "base/log.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/table.h"
#include "registry/store.h"

namespace cria::cmd {
namespace {

double age(const registry::Entry& entry) {
  const auto now = std::filesystem::file_time_type::clock::now();
  return std::chrono::duration<double>(now - entry.modified).count();
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string as_table(const std::vector<registry::Entry>& entries) {
  constexpr size_t kIdDigits = 12;
  Table table;
  table.row({"NAME", "ID", "SIZE", "MODIFIED"});
  for (const registry::Entry& entry : entries) {
    table.row(
        {entry.name, entry.id.substr(0, kIdDigits), size_text(entry.size), age_text(age(entry))});
  }
  return table.text();
}

std::string as_json(const std::vector<registry::Entry>& entries) {
  Json models = Json::array();
  for (const registry::Entry& entry : entries) {
    models.push_back({{"name", entry.name},
                      {"id", entry.id},
                      {"size", entry.size},
                      {"modified_seconds_ago", age(entry)}});
  }
  return json_text({{"models", models}});
}

}  // namespace

int list(const ListOptions& options) {
  const registry::Store store(registry::Store::default_folder());
  log::debug("model store ", store.folder().string());
  std::vector<std::string> problems;
  std::vector<registry::Entry> entries = store.list(&problems);
  const std::string prefix = lower(options.prefix);
  std::erase_if(entries, [&](const registry::Entry& entry) {
    return !lower(entry.name).starts_with(prefix);
  });
  print(options.json ? as_json(entries) : as_table(entries));
  for (const std::string& problem : problems) notice(problem);
  return 0;
}

}  // namespace cria::cmd
