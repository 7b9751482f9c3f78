#include "cmd/command_line.h"

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/log.h"
#include "base/quote.h"
#include "cmd/arguments.h"
#include "cmd/nearest.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"

namespace cria::cmd {
namespace {

constexpr int kUsageError = 2;

int usage_error(const std::string& what, const std::string& command) {
  notice(what);
  const std::string program = command.empty() ? "cria" : concat("cria ", command);
  std::fprintf(stderr, "Run \"%s --help\" for usage.\n", program.c_str());
  return kUsageError;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
    for (const std::string& alias : command->get_aliases()) names.push_back(alias);
  }
  return names;
}

int unknown_command(const std::string& command, const std::vector<std::string>& names) {
  const std::string near = nearest(command, names);
  return usage_error(concat("unknown command ", quote(command),
                            near.empty() ? "" : concat(", did you mean ", quote(near), "?")),
                     "");
}

std::string chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? "" : chosen.front()->get_name();
}

}  // namespace

int run_command_line(std::vector<std::string> arguments) {
  CLI::App app("Runs language models.", "cria");
  app.require_subcommand(0, 1);
  app.set_version_flag("-v,--version", "cria version " CRIA_VERSION);
  app.footer("Run \"cria COMMAND --help\" for the options and examples of a command.");
  Action action;
  declare_commands(app, action);

  // "cria help run" is "cria run --help".
  if (!arguments.empty() && arguments[0] == "help") {
    arguments.erase(arguments.begin());
    arguments.resize(std::min<size_t>(1, arguments.size()));
    arguments.push_back("--help");
  }
  const std::vector<std::string> names = command_names(app);
  if (!arguments.empty() && !arguments[0].starts_with("-") &&
      std::ranges::find(names, arguments[0]) == names.end()) {
    return unknown_command(arguments[0], names);
  }
  // CLI11 wants them last to first.
  std::ranges::transform(arguments, arguments.begin(), protect);
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    print(app.help());
    return 0;
  } catch (const CLI::CallForVersion& version) {
    print(concat(version.what(), "\n"));
    return 0;
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what(), chosen_command(app));
  }
  if (action) {
    if (program_settings().flag("debug")) log::enable_debug();
    return action();
  }
  print(app.help());
  return 0;
}

}  // namespace cria::cmd
