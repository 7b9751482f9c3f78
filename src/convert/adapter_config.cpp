#include "convert/adapter_config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/quote.h"
#include "base/wildcards.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Fields that chose what was trained and how: the tensors that are there are what came of it.
void ignore_training(const Config& c) {
  c.ignore({"task_type", "auto_mapping", "peft_version", "revision", "inference_mode",
            "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern",
            "lora_dropout", "megatron_config", "megatron_core", "loftq_config", "eva_config",
            "corda_config", "lora_ga_config", "velora_config", "runtime_config",
            "qalora_group_size"});
  // Tensors are those of a layer that keeps its inputs as columns, whatever the layer does.
  c.ignore({"fan_in_fan_out"});
}

// Null, false and what is empty turn a field off.
bool is_on(const Config& c, std::string_view key) {
  if (!c.has(key)) return false;
  const Json& value = c.json()[std::string(key)];
  return value.is_boolean() ? value.get<bool>() : !value.empty();
}

// A pattern as one with wildcards.
std::string as_wildcards(std::string_view pattern, std::string_view part) {
  std::string text;
  for (size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    const bool is_name = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
    const char next = i + 1 < part.size() ? part[i + 1] : '\0';
    if (is_name) {
      text += c;
    } else if (c == '\\' && next == '.') {
      text += '.';
      ++i;
    } else if (c == '.' && next == '*') {
      text += '*';
      ++i;
    } else if (c == '.') {
      text += '?';
    } else {
      fail(Code::kUnsupported, "the pattern ", quote(pattern), " has ",
           quote(std::string_view(&c, 1)),
           ", expected names of modules, of regular expressions only . and .* and \\. and |");
    }
  }
  return text;
}

}  // namespace

bool fits_module(std::string_view pattern, std::string_view module) {
  for (std::string_view rest = pattern;;) {
    const size_t bar = rest.find('|');
    std::string_view part = rest.substr(0, bar);
    const bool is_whole = part.starts_with('^');
    if (is_whole) part.remove_prefix(1);
    if (part.ends_with('$')) part.remove_suffix(1);
    const std::string wildcards = as_wildcards(pattern, part);
    if (fits_wildcards(wildcards, module)) return true;
    if (!is_whole && fits_wildcards("*." + wildcards, module)) return true;
    if (bar == std::string_view::npos) return false;
    rest.remove_prefix(bar + 1);
  }
}

AdapterConfig::AdapterConfig(const std::string& path) : fields_(read_config(path)) {
  fields_.expect("peft_type", "LORA");
  refuse();
  ignore_training(fields_);
  base_ = fields_.text("base_model_name_or_path", "");
  rank_ = fields_.dim("r");
  alpha_ = fields_.real("lora_alpha");
  is_stabilized_ = fields_.flag("use_rslora", false);
  file_alpha_ = is_stabilized_ ? alpha_ * std::sqrt(static_cast<double>(rank_)) : alpha_;
  if (static_cast<float>(alpha_) == 0)
    fields_.corrupt("lora_alpha", "is 0: the adapter has no effect");
  for (const auto& [pattern, rank] : patterns("rank_pattern")) {
    if (rank < 1 || rank != std::floor(rank)) {
      fields_.corrupt("rank_pattern", "gives ", quote(pattern), " the rank ", rank,
                      ", expected an integer from 1 on");
    }
    ranks_.emplace_back(pattern, rank);
  }
  alphas_ = patterns("alpha_pattern");
}

void AdapterConfig::refuse() const {
  const Config& c = fields_;
  // Each changes what a layer computes by more than a low-rank term.
  for (const char* key : {"use_dora", "use_qalora", "use_bdlora", "lora_bias", "layer_replication",
                          "target_parameters", "trainable_token_indices", "alora_invocation_tokens",
                          "arrow_config", "kasa_config", "monteclora_config"}) {
    if (is_on(c, key)) {
      c.unsupported(key, "is ", describe(c.json()[key]), ", expected an adapter without it");
    }
  }
  if (is_on(c, "modules_to_save")) {
    c.unsupported("modules_to_save", "is ", describe(c.json()["modules_to_save"]),
                  ": whole modules cannot be part of an adapter's file, merge them into the model "
                  "and convert that");
  }
  c.expect("bias", "none");
  c.expect_flag("ensure_weight_tying", false);
  // Others than these change the weights of the model, too.
  if (c.has("init_lora_weights") && c.json()["init_lora_weights"].is_string()) {
    const std::string init = c.text("init_lora_weights", "");
    if (init != "gaussian" && init != "eva" && init != "orthogonal") {
      c.unsupported("init_lora_weights", "is ", quote(init),
                    ", with which the model's own weights change: save the adapter with "
                    "path_initial_model_for_weight_conversion, which makes it a plain one");
    }
  }
}

std::vector<AdapterConfig::Pattern> AdapterConfig::patterns(std::string_view key) const {
  std::vector<Pattern> list;
  const auto map = fields_.child(key);
  if (!map) return list;
  for (const auto& [pattern, value] : map->json().items()) {
    fits_module(pattern, "");  // refuses what it cannot read
    list.emplace_back(pattern, map->real(pattern));
  }
  return list;
}

double AdapterConfig::factor(std::string_view module, int64_t rank) const {
  const auto of = [&](std::string_view key, const std::vector<Pattern>& list, double fallback) {
    const Pattern* found = nullptr;
    for (const Pattern& entry : list) {
      if (!fits_module(entry.first, module)) continue;
      if (found && found->second != entry.second) {
        fields_.unsupported(key, "has ", quote(found->first), " and ", quote(entry.first),
                            ", which both fit ", quote(module));
      }
      found = &entry;
    }
    return found ? found->second : fallback;
  };
  const double count = of("rank_pattern", ranks_, static_cast<double>(rank_));
  if (count != static_cast<double>(rank)) {
    fail(Code::kCorrupt, fields_.name(), ": ", quote(module), " has rank ", rank,
         ", but r or rank_pattern say ", count);
  }
  const double weight =
      of("alpha_pattern", alphas_, alpha_) / (is_stabilized_ ? std::sqrt(count) : count);
  return weight * count / file_alpha_;
}

}  // namespace cria::convert
