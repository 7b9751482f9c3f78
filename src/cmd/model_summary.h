#pragma once
// The facts about a model file that people ask for first.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fs/gguf/gguf.h"

namespace cria::cmd {

struct ModelSummary {
  std::string name, architecture;  // "" when the file does not say; so for all texts
  int64_t parameters = 0;
  int64_t bytes = 0;  // of all tensors
  int64_t files = 1;  // that the model is split into
  std::optional<int64_t> context_length, embedding_length;
  std::string quantization;

  std::string tokenizer, pre_tokenizer;
  int64_t tokens = 0;
  std::optional<int64_t> bos, eos;
  bool has_chat_template = false;
  std::string template_problem;  // why it can not be used; "" if it can

  std::string license;

  // What an adapter's file says of itself; nothing when it is a model's.
  struct Adapter {
    std::string type;
    std::optional<double> alpha;
    std::vector<int64_t> ranks;  // those that there are, ascending
    int64_t weights = 0;         // that are adapted
  };
  std::optional<Adapter> adapter;
};

// Metadata of an unexpected type counts as absent: what describes files must not refuse them.
ModelSummary summarize(const gguf::File& file);

}  // namespace cria::cmd
