#include "cmd/image_paths.h"

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <optional>

namespace cria::cmd {
namespace {

constexpr std::array<std::string_view, 4> kExtensions = {".jpg", ".jpeg", ".png", ".webp"};
constexpr std::string_view kSpace = " \t\r\n";

bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

bool starts_path(std::string_view prompt, size_t at) {
  const std::string_view rest = prompt.substr(at);
  if (!rest.starts_with("/") && !rest.starts_with("./") && !rest.starts_with("../")) return false;
  if (at == 0) return true;
  const char before = prompt[at - 1];
  return !is_word(before) && std::string_view("/.-~").find(before) == std::string_view::npos;
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char lower, char c) {
           return lower == (is_letter(c) ? static_cast<char>(c | 32) : c);
         });
}

// The length of the extension at the beginning of `text`, if a path may end behind it.
std::optional<size_t> extension(std::string_view text) {
  for (const std::string_view extension : kExtensions) {
    if (!begins_with(text, extension)) continue;
    if (text.size() == extension.size() || !is_word(text[extension.size()])) {
      return extension.size();
    }
  }
  return std::nullopt;
}

std::string without_backslashes(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

struct Match {
  size_t length;  // in the prompt
  std::string path;
};

// The shortest path of a file at the beginning of `text`, which ends on the same line.
std::optional<Match> match(std::string_view text) {
  text = text.substr(0, std::min<size_t>(text.find('\n'), 2 * PATH_MAX));
  for (size_t dot = text.find('.', 1); dot != std::string_view::npos;
       dot = text.find('.', dot + 1)) {
    const std::optional<size_t> length = extension(text.substr(dot));
    if (!length) continue;
    const std::string_view written = text.substr(0, dot + *length);
    for (std::string path : {std::string(written), without_backslashes(written)}) {
      if (is_file(path)) return Match{written.size(), std::move(path)};
    }
  }
  return std::nullopt;
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

ImagePaths find_image_paths(std::string_view prompt) {
  ImagePaths found;
  for (size_t at = 0; at < prompt.size();) {
    std::optional<Match> path;
    if (starts_path(prompt, at)) path = match(prompt.substr(at));
    if (!path) {
      found.text += prompt[at++];
      continue;
    }
    at += path->length;
    const char before = found.text.empty() ? ' ' : found.text.back();
    if ((before == '"' || before == '\'') && at < prompt.size() && prompt[at] == before) {
      found.text.pop_back();
      ++at;
    }
    found.paths.push_back(std::move(path->path));
  }
  if (!found.paths.empty()) found.text = trimmed(found.text);
  return found;
}

}  // namespace cria::cmd
