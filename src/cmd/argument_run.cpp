// What `cria run` takes.

#include <algorithm>

#include "base/error.h"
#include "cmd/argument_parts.h"
#include "cmd/run.h"
#include "modelfile/parameters.h"

namespace cria::cmd {
namespace {

// An option for a parameter of Modelfiles, under its name with dashes.
void parameter(CLI::App* command, RunOptions& to, const std::string& name, const char* help) {
  std::string option = "--" + name;
  std::ranges::replace(option, '_', '-');
  const auto add = [&to, name](const std::vector<std::string>& values) {
    for (const std::string& value : values) to.parameters.emplace_back(name, unprotect(value));
  };
  const auto problem = [name](const std::string& value) -> std::string {
    try {
      modelfile::Parameters scratch;
      modelfile::set_parameter(scratch, name, unprotect(value));
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  const modelfile::ParameterType type = modelfile::parameter_type(name).value();
  CLI::Option* made = nullptr;
  if (type == modelfile::ParameterType::kTexts) {
    made = command->add_option_function<std::vector<std::string>>(option, add, help)
               ->allow_extra_args(false)
               ->type_name(name == "logit_bias" ? "ID=BIAS" : "TEXT");
  } else {
    made = command
               ->add_option_function<std::string>(
                   option, [add](const std::string& value) { add({value}); }, help)
               ->type_name(type == modelfile::ParameterType::kInteger ? "INT" : "FLOAT")
               ->default_str(serving::parameter_text({}, name));
  }
  made->check(problem);
}

void sampling(CLI::App* command, RunOptions& to) {
  constexpr std::pair<const char*, const char*> kParameters[] = {
      {"temperature", "How freely tokens are chosen; 0: always the best"},
      {"top_k", "Choose among so many tokens; 0: all"},
      {"top_p", "Choose among the tokens that have this much probability; 1: all"},
      {"min_p", "Leave out tokens with less than this part of the best's; 0: none"},
      {"repeat_penalty", "Weigh down tokens that came before; 1: off"},
      {"repeat_last_n", "How far back tokens count as repeated; -1: all"},
      {"presence_penalty", "Taken off the logits of tokens that came before; 0: off"},
      {"frequency_penalty", "The same for each time that they came; 0: off"},
      {"typical_p", "Choose among the most typical tokens that have this much probability; 1: all"},
      {"top_n_sigma",
       "Leave out tokens more than so many standard deviations below the best; 0: none"},
      {"xtc_probability", "How often to leave out all likely tokens but the last (XTC); 0: never"},
      {"xtc_threshold", "The probability from which a token is likely"},
      {"min_keep", "The fewest tokens that are left to choose among"},
      {"dry_multiplier", "Weigh down tokens that would continue a repetition (DRY); 0: off"},
      {"dry_base", "By how much more for each token it is longer"},
      {"dry_allowed_length", "Repetitions of fewer tokens are free"},
      {"dry_penalty_last_n", "How far back repetitions count; -1: all, 0: off"},
      {"dry_sequence_breaker", "One more text that no repetition spans; may be repeated"},
      {"mirostat", "1 or 2: keep the surprise of tokens steady, in the place of the cuts; 0: off"},
      {"mirostat_tau", "The surprise in bits"},
      {"mirostat_eta", "How fast Mirostat adapts"},
      {"logit_bias", "Added to the logit of a token, -inf bans it; may be repeated"},
      {"seed", "The same seed gives the same answer; -1: a random one"},
      {"num_predict", "The most tokens of an answer; -1: until it ends"},
      {"stop", "Ends the answer where it comes; may be repeated"}};
  for (const auto& [name, help] : kParameters) parameter(command, to, name, help);
}

// Of the server and of what is shown.
void talking(CLI::App* command, RunOptions& to) {
  command->add_flag("--local", to.local, "Compute in this process, also when a server is there");
  text(command, "--keepalive", to.keep_alive,
       "How long the server keeps the model: 5m, 0, -1 (for ever)")
      ->type_name("TIME");
  command->add_flag("--insecure", to.insecure, "Has no effect: nothing is pulled");
  command->add_flag("--verbose", to.verbose, "Tell the speed after each answer");
  command->add_flag("--nowordwrap", to.no_word_wrap, "Break no lines between words");
  command->add_flag("--think{true}", to.think,
                    "Have a model think that can: --think, --think=low, --think=false");
  command->add_flag("--hidethinking", to.hide_thinking, "Do not show what the model thinks");
}

void vectors(CLI::App* command, RunOptions& to) {
  command->add_flag("--truncate,!--no-truncate", to.truncate,
                    "Leave out the end of a text that is too long for a vector");
  command->add_option("--dimensions", to.dimensions, "Numbers of a vector that are kept")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N");
}

void declare_run(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "run", "Answers a prompt, or talks when there is none.", run);
  model(command, options->model);
  texts(command, "PROMPT", options->prompt, "What to answer")->type_name("");
  command
      ->add_option_function<std::string>(
          "--system", [o = options](const std::string& value) { o->system = unprotect(value); },
          "Instructions for the model")
      ->type_name("TEXT");
  sampling(command, *options);
  command
      ->add_option(
          "--num-ctx", options->context,
          "Tokens that prompt and answers may have together; default: as many as the model "
          "was made for, at most 4096 without a server")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N");
  text(command, "--format", options->format,
       "What answers have to be: json, a JSON Schema, schema:FILE, gbnf:FILE or regex:EXPRESSION")
      ->type_name("FORMAT");
  command->add_flag("--raw", options->raw,
                    "Continue the prompt as it is, without the model's chat template");
  talking(command, *options);
  vectors(command, *options);
  backend(command, options->compute);
  threads(command, options->compute.threads);
  cache_type(command, options->compute);
  adapters(command, options->compute);
  explain(
      command,
      "What is piped in comes before the prompt. Text that begins with a dash goes behind --. A "
      "stored model's own\nparameters, system text and messages count where no option says "
      "otherwise. A server answers if there is one\n(CRIA_HOST says where), unless the model is a "
      "file "
      "or an option needs this process: --raw, --adapter, --backend,\n--threads, --kv.",
      "  cria run model.gguf\n"
      "  cria run model.gguf \"Why is the sky blue?\"\n"
      "  cria run smollm2:135m \"Summarize this text:\" < text.txt\n"
      "  cria run vision.gguf \"What is in ./cat.png?\"\n"
      "  cria run model.gguf --format regex:'yes|no' \"Is the sky blue?\"\n"
      "  cria run qwen3:0.6b --think --hidethinking --verbose \"How many r are in strawberry?\"\n"
      "  cria run smollm2:135m --local --nowordwrap\n"
      "  cria run all-minilm \"The sky is blue\" --dimensions 128\n"
      "  cria run model.gguf --raw --temperature 0 \"Once upon a time\"\n"
      "  cria run model.gguf --adapter style.gguf --adapter facts.gguf=0.5");
}

}  // namespace

void declare_run_command(CLI::App& app, Action& action) { declare_run(app, action); }

}  // namespace cria::cmd
