#include "fs/gguf/signature.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/quote.h"

namespace cria::gguf {
namespace {

struct Signature {
  std::string_view prefix;
  std::string_view description;
};

constexpr Signature kSignatures[] = {
    {"version https://git-lfs", "a pointer of Git LFS: the file itself was not downloaded"},
    {"PK\3\4", "a zip archive, as PyTorch checkpoints are"},
    {"\x80\2", "a Python pickle, as old PyTorch checkpoints are"},
    {"\x80\3", "a Python pickle"},
    {"\x80\4", "a Python pickle"},
    {"\x80\5", "a Python pickle"},
    {"\x1f\x8b", "a gzip archive"},
    {"<!doctype", "an HTML page, perhaps an error of the server it came from"},
    {"<html", "an HTML page, perhaps an error of the server it came from"},
    {"lmgg", "a model in the format GGML, which GGUF replaced"},
    {"fmgg", "a model in the format GGMF, which GGUF replaced"},
    {"tjgg", "a model in the format GGJT, which GGUF replaced"},
    {"algg", "an adapter in the format GGLA, which GGUF replaced"},
    {"{", "JSON"},
};

// Without regard to the case of ASCII letters, which HTML may write either way.
bool starts_with(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if (lower(text[i]) != lower(prefix[i])) return false;
  }
  return true;
}

// A length of eight bytes, then JSON of that length.
bool looks_like_safetensors(std::string_view text) {
  uint64_t length = 0;
  if (text.size() < sizeof(length) + 2 || text[sizeof(length)] != '{') return false;
  std::memcpy(&length, text.data(), sizeof(length));
  return length <= text.size() - sizeof(length);
}

}  // namespace

std::string describe_other_format(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.empty()) return "an empty file";
  if (looks_like_safetensors(text)) return "a safetensors file";
  for (const Signature& signature : kSignatures) {
    if (starts_with(text, signature.prefix)) return std::string(signature.description);
  }
  return "a file that begins with " + quote(text.substr(0, 4));
}

bool is_gguf(const std::string& path) {
  constexpr std::string_view kMagic = "GGUF";
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::string start(kMagic.size(), '\0');
  std::ifstream(path, std::ios::binary).read(start.data(), std::ssize(start));
  return start == kMagic;
}

}  // namespace cria::gguf
