#include "cmd/save_model.h"

#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "create/create.h"

namespace cria::cmd {

void save_model(const FoundModel& found, const std::string& name, const Wishes& wishes,
                std::span<const Said> messages) {
  modelfile::Modelfile recipe;
  recipe.from = {found.stored ? found.stored->name().shortest()
                              : std::filesystem::absolute(found.path).string()};
  recipe.system = wishes.system;
  recipe.parameters = wishes.parameters;
  for (const Said& said : messages) recipe.messages.push_back({said.role, said.content});
  create::Options options;
  options.notice = [](const std::string& text) { notice(text); };
  create::create(open_store(), registry::Name::parse(name), recipe, options);
}

}  // namespace cria::cmd
