#pragma once
// The adapter_config.json of a PEFT adapter. Fields are honoured, or refused by name.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "convert/config.h"

namespace cria::convert {

class AdapterConfig {
 public:
  // Corrupt; Unsupported: another method than LoRA, or a form of it that low-rank terms alone
  // cannot express.
  explicit AdapterConfig(const std::string& path);

  const Config& fields() const { return fields_; }
  // Of the model that it adapts; empty when it does not say.
  const std::string& base() const { return base_; }
  // For a file, which has one for all of its terms, each of which weighs alpha / rank.
  double alpha() const { return file_alpha_; }
  // By how much more the term of a module weighs than that. Corrupt when it should have another
  // rank.
  double factor(std::string_view module, int64_t rank) const;

 private:
  using Pattern = std::pair<std::string, double>;  // of modules' names, and their value

  void refuse() const;
  std::vector<Pattern> patterns(std::string_view key) const;

  Config fields_;
  std::string base_;
  int64_t rank_;
  double alpha_, file_alpha_;
  bool is_stabilized_;  // terms weigh alpha / sqrt(rank): Kalajdzievski, arXiv:2312.03732
  std::vector<Pattern> ranks_, alphas_;
};

// Whether a PEFT pattern of modules, a name or its end, fits one. Of regular expressions it may
// have . and .* and \. and alternatives with |; Unsupported: others.
bool fits_module(std::string_view pattern, std::string_view module);

}  // namespace cria::convert
