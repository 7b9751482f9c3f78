#pragma once
// Kinds of options that the declarations of commands share. Only these declarations include it.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cmd/argument_limits.h"
#include "cmd/arguments.h"
#include "cmd/open_model.h"

namespace cria::cmd {

inline constexpr const char* kModelHelp = "A .gguf file, or the name of a stored model";

// A command whose parsing fills in options, which its function is then called with.
template <class Options>
std::pair<CLI::App*, Options*> declare(CLI::App& app, Action& action, const char* name,
                                       const char* description, int (*function)(const Options&)) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(name, description);
  command->callback([&action, options, function] {
    action = [options, function] { return function(*options); };
  });
  return {command, options.get()};
}

// Without a description: the help says it in words.
template <class T>
CLI::Validator range(T least, T most) {
  CLI::Range validator(least, most);
  validator.description("");
  return validator;
}

template <class T>
CLI::Option* numbers(CLI::App* command, const char* name, std::vector<T>& to, int64_t least,
                     int64_t most, const char* help) {
  return command->add_option(name, to, help)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("N,N,...")
      ->check(range(least, most));
}

// Undoes protect().
std::string unprotect(std::string text);

CLI::Option* text(CLI::App* command, const char* name, std::string& to, const char* help);
CLI::Option* texts(CLI::App* command, const char* name, std::vector<std::string>& to,
                   const char* help);
void model(CLI::App* command, std::string& to);
void local(CLI::App* command, bool& to);
void backend(CLI::App* command, serving::ComputeOptions& to);
void threads(CLI::App* command, int& to);
void cache_type(CLI::App* command, serving::ComputeOptions& to);
void adapters(CLI::App* command, serving::ComputeOptions& to);

// What stands below the options in the help.
void explain(CLI::App* command, const std::string& details, const std::string& examples);

void declare_run_command(CLI::App& app, Action& action);

// show, graph, architectures, new and template.
void declare_description_commands(CLI::App& app, Action& action);

// create, list, cp and rm.
void declare_store_commands(CLI::App& app, Action& action);

void declare_serve(CLI::App& app, Action& action);
// ps, stop and config.
void declare_server_commands(CLI::App& app, Action& action);

// imatrix, perplexity and quantize.
void declare_quality_commands(CLI::App& app, Action& action);

}  // namespace cria::cmd
