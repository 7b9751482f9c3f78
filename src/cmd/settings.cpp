#include "cmd/settings.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/format.h"
#include "cmd/table.h"

namespace cria::cmd {
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

struct Parameter {
  std::string name;
  void (*set)(Settings&, std::string_view);
  std::string (*text)(const Settings&);
};

// A row of the table for a member of the sampling options.
template <auto Member>
Parameter sampling(const char* name) {
  static const char* const kName = name;
  return {name,
          [](Settings& s, std::string_view value) {
            auto& member = s.sampling.*Member;
            member = number<std::remove_reference_t<decltype(member)>>(kName, value);
          },
          [](const Settings& s) { return concat(s.sampling.*Member); }};
}

std::string bias_text(const Settings& settings) {
  std::string text;
  for (const auto& [token, bias] : settings.sampling.logit_bias) {
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
       [](Settings& s, std::string_view value) { s.dry_sequence_breakers.emplace_back(value); },
       [](const Settings& s) { return quoted_list(s.dry_sequence_breakers); }},
      sampling<&Options::mirostat>("mirostat"),
      sampling<&Options::mirostat_tau>("mirostat_tau"),
      sampling<&Options::mirostat_eta>("mirostat_eta"),
      {"logit_bias", [](Settings& s, std::string_view value) { add_logit_bias(s.sampling, value); },
       bias_text},
      {"seed", [](Settings& s, std::string_view value) { s.sampling.seed = seed(value); },
       [](const Settings& s) {
         return s.sampling.seed ? std::to_string(*s.sampling.seed) : "random";
       }},
      {"num_predict",
       [](Settings& s, std::string_view value) {
         s.max_tokens = number<int64_t>("num_predict", value);
       },
       [](const Settings& s) { return std::to_string(s.max_tokens); }},
      {"stop", [](Settings& s, std::string_view value) { s.stop.emplace_back(value); },
       [](const Settings& s) { return quoted_list(s.stop); }},
  };
  return all;
}

}  // namespace

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

void set_parameter(Settings& settings, std::string_view name, std::string_view value) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters()) {
    names.push_back(parameter.name);
    if (parameter.name != name) continue;
    Settings changed = settings;
    parameter.set(changed, value);
    changed.sampling.check();
    settings = std::move(changed);
    return;
  }
  std::string known = "num_ctx";
  for (const std::string& each : names) append_item(known, ", ", each);
  fail(Error::Code::kInvalidArgument, "no parameter ", quote(name), ", expected one of ", known);
}

bool is_setting(std::string_view name) {
  return std::ranges::any_of(parameters(),
                             [&](const Parameter& parameter) { return parameter.name == name; });
}

void set_parameters(Settings& settings, const ParameterTexts& given) {
  const auto is_stop = [](const auto& parameter) { return parameter.first == "stop"; };
  if (std::ranges::any_of(given, is_stop)) settings.stop.clear();
  for (const auto& [name, value] : given) {
    if (is_setting(name)) set_parameter(settings, name, value);
  }
}

std::string parameter_text(const Settings& settings, std::string_view name) {
  for (const Parameter& parameter : parameters()) {
    if (parameter.name == name) return parameter.text(settings);
  }
  return {};
}

std::string parameters_text(const Settings& settings) {
  Table table({}, "  ");
  for (const Parameter& parameter : parameters()) {
    table.row({parameter.name, parameter.text(settings)});
  }
  return table.text();
}

}  // namespace cria::cmd
