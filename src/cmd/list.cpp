#include "cmd/list.h"

#include "base/log.h"
#include "cmd/choose_server.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/remote_json.h"
#include "cmd/table.h"

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

std::string as_json(const std::vector<ListedModel>& listed) {
  Json models = Json::array();
  for (const ListedModel& model : listed) {
    models.push_back({{"name", model.name},
                      {"id", model.id},
                      {"size", model.size},
                      {"modified_seconds_ago", model.age}});
  }
  return json_text({{"models", models}});
}

}  // namespace

std::vector<ListedModel> stored_models() {
  const registry::Store store = open_store();
  log::debug("model store ", store.folder().string());
  std::vector<std::string> problems;
  std::vector<ListedModel> models;
  for (const registry::Entry& entry : store.list(&problems)) {
    models.push_back({.name = entry.name, .id = entry.id, .size = entry.size, .age = age(entry)});
  }
  for (const std::string& problem : problems) notice(problem);
  return models;
}

std::string models_table(std::span<const ListedModel> models) {
  Table table;
  table.row({"NAME", "ID", "SIZE", "MODIFIED"});
  for (const ListedModel& model : models) {
    table.row({escape(model.name), short_id(model.id), size_text(model.size), age_text(model.age)});
  }
  return table.text();
}

int list(const ListOptions& options) {
  auto server = find_server_unless(options.local);
  std::vector<ListedModel> models =
      server ? listed_models(server->get("/api/tags")) : stored_models();
  const std::string prefix = lower(options.prefix);
  std::erase_if(models,
                [&](const ListedModel& model) { return !lower(model.name).starts_with(prefix); });
  print(options.json ? as_json(models) : models_table(models));
  return 0;
}

}  // namespace cria::cmd
