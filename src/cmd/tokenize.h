#pragma once
// `cria tokenize` and `cria detokenize`: text to token ids and back, for any file with a
// vocabulary.

#include <optional>
#include <string>
#include <vector>

namespace cria::cmd {

struct TokenizeOptions {
  std::string model;
  std::optional<std::string> text;  // none or "-": standard input
  bool bos = false;
  bool special = false;
  bool pieces = false;
};

int tokenize(const TokenizeOptions& options);

struct DetokenizeOptions {
  std::string model;
  std::vector<std::string> ids;  // none or "-": standard input
  bool special = false;
};

int detokenize(const DetokenizeOptions& options);

}  // namespace cria::cmd
