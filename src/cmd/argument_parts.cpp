#include "cmd/argument_parts.h"

#include "base/error.h"
#include "ml/backend.h"

namespace cria::cmd {
namespace {

constexpr char kProtection = '\x1f';

}  // namespace

std::string protect(std::string argument) {
  const bool needed = argument.starts_with('[') || argument.starts_with(kProtection);
  return needed ? kProtection + argument : argument;
}

std::string unprotect(std::string text) {
  if (text.starts_with(kProtection)) text.erase(0, 1);
  return text;
}

CLI::Option* text(CLI::App* command, const char* name, std::string& to, const char* help) {
  return command
      ->add_option_function<std::string>(
          name, [&to](const std::string& value) { to = unprotect(value); }, help)
      ->type_name("TEXT");
}

CLI::Option* texts(CLI::App* command, const char* name, std::vector<std::string>& to,
                   const char* help) {
  return command
      ->add_option_function<std::vector<std::string>>(
          name,
          [&to](const std::vector<std::string>& values) {
            for (const std::string& value : values) to.push_back(unprotect(value));
          },
          help)
      ->type_name("TEXT");
}

void model(CLI::App* command, std::string& to) {
  text(command, "MODEL", to, kModelHelp)->required()->type_name("");
}

void explain(CLI::App* command, const std::string& details, const std::string& examples) {
  command->footer(concat(details, details.empty() ? "" : "\n\n", "Examples:\n", examples));
}

void local(CLI::App* command, bool& to) {
  command->add_flag("--local", to,
                    "In this process and its own store, also when a server is there");
}

void backend(CLI::App* command, serving::ComputeOptions& to) {
  std::vector<std::string> names = ml::backends();
  names.insert(names.begin(), "auto");
  command
      ->add_option(
          "--backend", to.backend,
          "What computes: cpu (fast), reference (slow and exact), auto (the best there is)")
      ->check(CLI::IsMember(names))
      ->type_name("NAME")
      ->capture_default_str();
}

void threads(CLI::App* command, int& to) {
  command->add_option("--threads", to, "Threads; default: as many as there are cores")
      ->check(range(1, kMostThreads))
      ->type_name("N");
}

void cache_type(CLI::App* command, serving::ComputeOptions& to) {
  const auto problem = [](const std::string& value) -> std::string {
    try {
      serving::cache_types(value);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  command
      ->add_option("--kv", to.cache_type,
                   "Type of cached keys and values, or KEYS,VALUES: f32, f16, bf16 or q8_0")
      ->check(problem)
      ->type_name("TYPE")
      ->capture_default_str();
}

void adapters(CLI::App* command, serving::ComputeOptions& to) {
  command
      ->add_option_function<std::vector<std::string>>(
          "--adapter",
          [&to](const std::vector<std::string>& values) {
            for (const std::string& value : values)
              to.adapters.push_back(parse_adapter(unprotect(value)));
          },
          "Add a LoRA adapter, a .gguf file, SCALE times (1 if there is none); may be repeated")
      ->allow_extra_args(false)
      ->type_name("FILE[=SCALE]");
}

}  // namespace cria::cmd
