#include "settings/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/quote.h"

namespace cria::settings {
namespace {

using Code = Error::Code;

// Ollama's, and what it lacks.
constexpr Definition kDefinitions[] = {
    {"host", Kind::kText, "127.0.0.1:11434", "address of the server, to listen at and to ask"},
    {"origins", Kind::kText, "", "web pages that may ask besides those of this machine, by commas"},
    {"hosts", Kind::kText, "", "names that the server may be asked by besides this machine's own"},
    {"models", Kind::kText, "", "folder of the store (default: ~/.ollama/models)"},
    {"keep_alive", Kind::kKeepAlive, "5m", "how long a model stays loaded that nobody uses"},
    {"load_timeout", Kind::kDuration, "5m", "how long loading a model may take"},
    {"context_length", Kind::kCount, "0", "tokens of context (0: by the model and the memory)"},
    {"num_parallel", Kind::kCount, "0", "requests of a model that run at once (0: 8)"},
    {"max_loaded_models", Kind::kCount, "0", "models in memory at once (0: as many as fit)"},
    {"max_queue", Kind::kCount, "512", "requests that may wait"},
    {"kv_cache_type", Kind::kText, "f16", "type of cached keys and values: f32, f16, bf16, q8_0"},
    {"prefix_cache", Kind::kText, "", "folder where known prompts outlive their model's unloading"},
    {"prefix_cache_size", Kind::kCount, "4294967296", "bytes of that folder"},
    {"num_thread", Kind::kCount, "0", "threads that compute (0: one for each core)"},
    {"nohistory", Kind::kFlag, "0", "keep no history of what was typed"},
    {"editor", Kind::kText, "", "what Ctrl-G opens (default: $VISUAL, $EDITOR, or vi)"},
    {"noprune", Kind::kFlag, "0", "keep blobs that no model refers to"},
    {"debug", Kind::kFlag, "0", "tell on standard error what happens inside"},
    {"api_key", Kind::kSecret, "", "key that a server is shown that asks for one"},
    {"api_keys", Kind::kText, "",
     "file of keys: a line for each, KEY SCOPE..., scopes inference read manage"},
    {"tls_certificate", Kind::kText, "", "file of the server's certificate, PEM"},
    {"tls_key", Kind::kText, "", "file of its key, PEM"},
    {"max_body", Kind::kCount, "134217728", "bytes of a request's body"},
};

const Definition& definition_of(std::string_view name, const std::string& from) {
  for (const Definition& definition : kDefinitions) {
    if (definition.name == name) return definition;
  }
  std::string known;
  for (const Definition& definition : kDefinitions) {
    known += concat(known.empty() ? "" : ", ", definition.name);
  }
  fail(Code::kInvalidArgument, from, ": there is no setting ", quote(name), ", expected one of ",
       known);
}

bool is_true(std::string_view text) {
  return text == "1" || text == "true" || text == "on" || text == "yes";
}
bool is_false(std::string_view text) {
  return text.empty() || text == "0" || text == "false" || text == "off" || text == "no";
}

std::optional<int64_t> parse_count(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

// What is expected instead; "" when the text is right.
std::string_view expectation(Kind kind, const std::string& text) {
  switch (kind) {
    case Kind::kText:
    case Kind::kSecret:
      return "";
    case Kind::kFlag:
      // DEBUG=2 is more of the same.
      return is_true(text) || is_false(text) || parse_count(text) ? "" : "true or false";
    case Kind::kCount:
      return parse_count(text) ? "" : "a whole number from 0 on";
    case Kind::kDuration:
      return parse_duration(text).value_or(Nanoseconds{-1}).count() >= 0 ? "" : "a time such as 5m";
    case Kind::kKeepAlive:
      try {
        parse_keep_alive(text);
        return "";
      } catch (const Error&) {
        return "a time such as 5m, a number of seconds, or -1 for ever";
      }
  }
  return "";
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string in_capitals(std::string_view name) {
  std::string out(name);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return out;
}

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): read only
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::string default_file() {
  if (const auto named = variable("CRIA_CONFIG")) return *named;
  std::filesystem::path folder;
  if (const auto xdg = variable("XDG_CONFIG_HOME"); xdg && !xdg->empty()) {
    folder = *xdg;
  } else if (const auto home = variable("HOME"); home && !home->empty()) {
    folder = std::filesystem::path(*home) / ".config";
  } else {
    return "";
  }
  const std::filesystem::path file = folder / "cria" / "config";
  std::error_code error;
  return std::filesystem::exists(file, error) ? file.string() : "";
}

}  // namespace

std::span<const Definition> definitions() { return kDefinitions; }

Settings Settings::load() { return Settings(variable, default_file()); }

Settings::Settings(const Environment& environment, const std::string& file) : file_(file) {
  for (const Definition& definition : kDefinitions) {
    values_[definition.name] = {std::string(definition.fallback), "default"};
  }
  if (!file_.empty()) read_file();
  for (const Definition& definition : kDefinitions) {
    for (const char* prefix : {"OLLAMA_", "CRIA_"}) {  // ours counts
      const std::string name = prefix + in_capitals(definition.name);
      const auto value = environment(name);
      if (value && !value->empty()) set(definition.name, *value, name);
    }
  }
}

void Settings::read_file() {
  std::ifstream in(file_);
  if (!in) fail(Code::kNotFound, file_, ": cannot be read");
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.starts_with('#')) continue;
    const std::string place = concat(file_, ':', number);
    const size_t sign = text.find('=');
    if (sign == std::string_view::npos) {
      fail(Code::kInvalidArgument, place, ": ", quote(text), ", expected NAME = VALUE");
    }
    set(trimmed(text.substr(0, sign)), std::string(trimmed(text.substr(sign + 1))), place);
  }
}

void Settings::set(std::string_view name, const std::string& text, const std::string& from) {
  const Definition& definition = definition_of(name, from);
  // As shells and service files leave them.
  std::string value(trimmed(text));
  if (value.size() >= 2 && value.front() == value.back() && (value[0] == '"' || value[0] == '\'')) {
    value = value.substr(1, value.size() - 2);
  }
  const std::string_view expected = expectation(definition.kind, value);
  if (!expected.empty()) {
    fail(Code::kInvalidArgument, from, ": ", name, " is ", quote(value), ", expected ", expected);
  }
  values_[definition.name] = {value, from};
}

const Value& Settings::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  CRIA_CHECK(found != values_.end());
  return found->second;
}

bool Settings::flag(std::string_view name) const { return !is_false(text(name)); }
int64_t Settings::count(std::string_view name) const { return *parse_count(text(name)); }
Nanoseconds Settings::duration(std::string_view name) const { return *parse_duration(text(name)); }
std::optional<Nanoseconds> Settings::keep_alive(std::string_view name) const {
  return parse_keep_alive(text(name));
}

}  // namespace cria::settings
