#include "modelfile/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/quote.h"

namespace cria::modelfile {
namespace {

using Type = ParameterType;

struct Row {
  std::string_view name;
  Type type;
};

constexpr Row kParameters[] = {
    // How answers are made.
    {"temperature", Type::kReal},
    {"top_k", Type::kInteger},
    {"top_p", Type::kReal},
    {"min_p", Type::kReal},
    {"typical_p", Type::kReal},
    {"repeat_last_n", Type::kInteger},
    {"repeat_penalty", Type::kReal},
    {"presence_penalty", Type::kReal},
    {"frequency_penalty", Type::kReal},
    {"seed", Type::kInteger},
    {"num_predict", Type::kInteger},
    {"num_keep", Type::kInteger},
    {"stop", Type::kTexts},
    {"top_n_sigma", Type::kReal},
    {"xtc_probability", Type::kReal},
    {"xtc_threshold", Type::kReal},
    {"min_keep", Type::kInteger},
    {"dry_multiplier", Type::kReal},
    {"dry_base", Type::kReal},
    {"dry_allowed_length", Type::kInteger},
    {"dry_penalty_last_n", Type::kInteger},
    {"dry_sequence_breaker", Type::kTexts},
    {"mirostat", Type::kInteger},
    {"mirostat_tau", Type::kReal},
    {"mirostat_eta", Type::kReal},
    {"logit_bias", Type::kTexts},
    // How the model is loaded.
    {"num_ctx", Type::kInteger},
    {"num_batch", Type::kInteger},
    {"num_gpu", Type::kInteger},
    {"main_gpu", Type::kInteger},
    {"num_thread", Type::kInteger},
    {"use_mmap", Type::kBool},
    {"draft_num_predict", Type::kInteger},
};

constexpr std::array<std::string_view, 6> kDeprecated{
    "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock"};

template <class T>
T number(std::string_view name, std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  const bool finite = std::isfinite(static_cast<double>(value));
  if (error == std::errc() && last == end && finite) return value;
  fail(Error::Code::kInvalidArgument, "parameter ", name, " is ", quote(text), ", expected ",
       std::is_integral_v<T> ? "a whole number" : "a number");
}

bool boolean(std::string_view name, std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  fail(Error::Code::kInvalidArgument, "parameter ", name, " is ", quote(text),
       ", expected true or false");
}

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(int64_t value) { return std::to_string(value); }
std::string text_of(double value) {  // the shortest that reads back as the same
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

}  // namespace

std::optional<ParameterType> parameter_type(std::string_view name) {
  const auto* row = std::ranges::find(kParameters, name, &Row::name);
  if (row == std::end(kParameters)) return std::nullopt;
  return row->type;
}

bool is_deprecated_parameter(std::string_view name) {
  return std::ranges::find(kDeprecated, name) != kDeprecated.end();
}

void set_parameter(Parameters& parameters, std::string_view name, std::string_view text) {
  const std::optional<Type> type = parameter_type(name);
  if (!type) {
    std::string known;
    for (const Row& row : kParameters) known += concat(known.empty() ? "" : ", ", row.name);
    fail(Error::Code::kInvalidArgument, "unknown parameter ", quote(name), ", expected one of ",
         known);
  }
  const std::string key(name);
  switch (*type) {
    case Type::kBool:
      parameters[key] = boolean(name, text);
      break;
    case Type::kInteger:
      parameters[key] = number<int64_t>(name, text);
      break;
    case Type::kReal:
      parameters[key] = number<double>(name, text);
      break;
    case Type::kTexts: {
      auto& value = parameters.try_emplace(key, std::vector<std::string>()).first->second;
      std::get<std::vector<std::string>>(value).emplace_back(text);
    }
  }
}

std::vector<std::pair<std::string, std::string>> parameter_lines(const Parameters& parameters) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& [name, value] : parameters) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *texts) lines.emplace_back(name, text);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      lines.emplace_back(name, text_of(*flag));
    } else if (const auto* integer = std::get_if<int64_t>(&value)) {
      lines.emplace_back(name, text_of(*integer));
    } else {
      lines.emplace_back(name, text_of(std::get<double>(value)));
    }
  }
  return lines;
}

}  // namespace cria::modelfile
