#include "serving/generation_options.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/quote.h"

namespace cria::serving {
namespace {

template <class T>
T number(std::string_view name, std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && last == end) return value;
  fail(Error::Code::kInvalidArgument, "parameter ", name, ": ", quote(text), " is not ",
       std::is_integral_v<T> ? "a whole number in range" : "a number");
}

// As elsewhere, a negative seed asks for a random one.
std::optional<uint64_t> seed(std::string_view text) {
  if (text.starts_with("-")) {
    number<int64_t>("seed", text);
    return std::nullopt;
  }
  return number<uint64_t>("seed", text);
}

void append_item(std::string& list, std::string_view separator, std::string_view item) {
  if (!list.empty()) list += separator;
  list += item;
}

struct Parameter {
  std::string name;
  void (*set)(GenerationOptions&, std::string_view);
  std::string (*text)(const GenerationOptions&);
};

// A row of the table for a member of the sampling options.
template <auto Member>
Parameter sampling(const char* name) {
  static const char* const kName = name;
  return {name,
          [](GenerationOptions& s, std::string_view value) {
            auto& member = s.sampling.*Member;
            member = number<std::remove_reference_t<decltype(member)>>(kName, value);
          },
          [](const GenerationOptions& s) { return concat(s.sampling.*Member); }};
}

// Sets one bias of "ID=BIAS", in the place of an earlier one of the token.
void add_logit_bias(sample::Options& options, std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    fail(Error::Code::kInvalidArgument, "parameter logit_bias: ", quote(text),
         " is not of the form ID=BIAS");
  }
  const sample::Bias added{number<int32_t>("logit_bias", text.substr(0, equals)),
                           number<float>("logit_bias", text.substr(equals + 1))};
  std::erase_if(options.logit_bias,
                [&](const sample::Bias& bias) { return bias.token == added.token; });
  options.logit_bias.push_back(added);
}

std::string bias_text(const GenerationOptions& options) {
  std::string text;
  for (const auto& [token, bias] : options.sampling.logit_bias) {
    append_item(text, " ", concat(token, '=', bias));
  }
  return text.empty() ? "none" : text;
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) append_item(list, " ", quote(text));
  return list.empty() ? "none" : list;
}

const std::vector<Parameter>& parameters() {
  using Options = sample::Options;
  static const std::vector<Parameter> all{
      sampling<&Options::temperature>("temperature"),
      sampling<&Options::top_k>("top_k"),
      sampling<&Options::top_p>("top_p"),
      sampling<&Options::min_p>("min_p"),
      sampling<&Options::repeat_penalty>("repeat_penalty"),
      sampling<&Options::repeat_last_n>("repeat_last_n"),
      sampling<&Options::presence_penalty>("presence_penalty"),
      sampling<&Options::frequency_penalty>("frequency_penalty"),
      sampling<&Options::typical_p>("typical_p"),
      sampling<&Options::top_n_sigma>("top_n_sigma"),
      sampling<&Options::xtc_probability>("xtc_probability"),
      sampling<&Options::xtc_threshold>("xtc_threshold"),
      sampling<&Options::min_keep>("min_keep"),
      sampling<&Options::dry_multiplier>("dry_multiplier"),
      sampling<&Options::dry_base>("dry_base"),
      sampling<&Options::dry_allowed_length>("dry_allowed_length"),
      sampling<&Options::dry_penalty_last_n>("dry_penalty_last_n"),
      {"dry_sequence_breaker",
       [](GenerationOptions& s, std::string_view value) {
         s.dry_sequence_breakers.emplace_back(value);
       },
       [](const GenerationOptions& s) { return quoted_list(s.dry_sequence_breakers); }},
      sampling<&Options::mirostat>("mirostat"),
      sampling<&Options::mirostat_tau>("mirostat_tau"),
      sampling<&Options::mirostat_eta>("mirostat_eta"),
      {"logit_bias",
       [](GenerationOptions& s, std::string_view value) { add_logit_bias(s.sampling, value); },
       bias_text},
      {"seed", [](GenerationOptions& s, std::string_view value) { s.sampling.seed = seed(value); },
       [](const GenerationOptions& s) {
         return s.sampling.seed ? std::to_string(*s.sampling.seed) : "random";
       }},
      {"num_predict",
       [](GenerationOptions& s, std::string_view value) {
         s.max_tokens = number<int64_t>("num_predict", value);
       },
       [](const GenerationOptions& s) { return std::to_string(s.max_tokens); }},
      {"num_keep",
       [](GenerationOptions& s, std::string_view value) {
         s.keep = number<int64_t>("num_keep", value);
         if (s.keep < -1) {
           fail(Error::Code::kInvalidArgument, "parameter num_keep is ", s.keep,
                ", expected -1 (the whole prompt) or more");
         }
       },
       [](const GenerationOptions& s) { return std::to_string(s.keep); }},
      {"stop", [](GenerationOptions& s, std::string_view value) { s.stop.emplace_back(value); },
       [](const GenerationOptions& s) { return quoted_list(s.stop); }},
  };
  return all;
}

}  // namespace

void set_parameter(GenerationOptions& options, std::string_view name, std::string_view value) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters()) {
    names.push_back(parameter.name);
    if (parameter.name != name) continue;
    GenerationOptions changed = options;
    parameter.set(changed, value);
    changed.sampling.check();
    options = std::move(changed);
    return;
  }
  std::string known = "num_ctx";
  for (const std::string& each : names) append_item(known, ", ", each);
  fail(Error::Code::kInvalidArgument, "no parameter ", quote(name), ", expected one of ", known);
}

bool is_generation_option(std::string_view name) {
  return std::ranges::any_of(parameters(),
                             [&](const Parameter& parameter) { return parameter.name == name; });
}

void set_parameters(GenerationOptions& options, const ParameterTexts& given) {
  const auto is_stop = [](const auto& parameter) { return parameter.first == "stop"; };
  if (std::ranges::any_of(given, is_stop)) options.stop.clear();
  for (const auto& [name, value] : given) {
    if (is_generation_option(name)) set_parameter(options, name, value);
  }
}

std::string parameter_text(const GenerationOptions& options, std::string_view name) {
  for (const Parameter& parameter : parameters()) {
    if (parameter.name == name) return parameter.text(options);
  }
  return {};
}

std::vector<std::string> parameter_names() {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters()) names.push_back(parameter.name);
  return names;
}

}  // namespace cria::serving
