#include "model/hyper_parameters.h"

#include <cmath>
#include <string>
#include <utility>

namespace cria::model {
namespace {

// How much larger YaRN makes scores, by the temperature that its authors found. Files may have a
// factor on top of that.
float yarn_magnitude(float factor, const Config& c) {
  const float temperature = factor > 1 ? 0.1f * std::log(factor) + 1.f : 1.f;
  return temperature * c.positive("rope.scaling.attn_factor", 1.f);
}

// Some writers have "yarn_" in these keys.
float yarn_limit(const Config& c, const std::string& name, float fallback) {
  return c.positive("rope.scaling." + name, c.positive("rope.scaling.yarn_" + name, fallback));
}

ml::YarnOptions read_yarn(const Config& c, float factor) {
  const ml::YarnOptions yarn{.original_context = c.dim("rope.scaling.original_context_length"),
                             .fast_turns = yarn_limit(c, "beta_fast", 32.f),
                             .slow_turns = yarn_limit(c, "beta_slow", 1.f),
                             .whole_pairs = c.flag("rope.scaling.yarn_truncate", true),
                             .magnitude = yarn_magnitude(factor, c)};
  if (yarn.fast_turns <= yarn.slow_turns) {
    c.corrupt("rope.scaling.beta_fast", "is ", yarn.fast_turns,
              ", expected more than rope.scaling.beta_slow, which is ", yarn.slow_turns);
  }
  return yarn;
}

}  // namespace

HeadOptions read_heads(const Config& c, int64_t width) {
  HeadOptions heads;
  heads.query = c.dim("attention.head_count");
  heads.key_value = c.dim("attention.head_count_kv", heads.query);
  if (heads.query % heads.key_value != 0) {
    c.corrupt("attention.head_count", "is ", heads.query,
              ", expected a multiple of attention.head_count_kv, which is ", heads.key_value);
  }
  if (!c.has("attention.key_length") && width % heads.query != 0) {
    c.corrupt("attention.head_count", "is ", heads.query,
              ", expected a divisor of embedding_length, which is ", width);
  }
  heads.dim = c.dim("attention.key_length", width / heads.query);
  if (const int64_t value = c.dim("attention.value_length", heads.dim); value != heads.dim) {
    c.unsupported("attention.value_length", "is ", value,
                  ", expected the same as attention.key_length, which is ", heads.dim);
  }
  return heads;
}

ml::RopeOptions read_rope(const Config& c, int64_t head_dim, ml::RopePairs pairs) {
  ml::RopeOptions rope{.dims = c.dim("rope.dimension_count", head_dim),
                       .base = c.positive("rope.freq_base", 10000.f),
                       .pairs = pairs};
  if (rope.dims % 2 != 0 || rope.dims > head_dim) {
    c.corrupt("rope.dimension_count", "is ", rope.dims,
              ", expected an even number of at most the size of a head, which is ", head_dim);
  }
  // Files of Ollama's gpt-oss do not say it.
  const char* const usual = c.architecture() == "gptoss" ? "yarn" : "linear";
  const std::string type = c.text("rope.scaling.type", usual);
  if (type == "none") return rope;
  if (type != "linear" && type != "yarn" && type != "longrope") {
    c.unsupported("rope.scaling.type", "is \"", type,
                  "\", expected none, linear, yarn or longrope");
  }
  rope.yarn.magnitude = c.positive("rope.scaling.attn_factor", 1.f);
  if (type == "longrope") return rope;
  const float factor = c.positive("rope.scaling.factor", 1.f);
  rope.scale = 1.f / factor;
  if (type == "yarn") rope.yarn = read_yarn(c, factor);
  return rope;
}

std::vector<int64_t> read_windows(const Config& c, int64_t layers, int64_t period,
                                  int64_t fallback) {
  constexpr std::string_view kWindow = "attention.sliding_window",
                             kPattern = "attention.sliding_window_pattern";
  const int64_t window = c.has(kWindow) ? c.count(kWindow) : fallback;
  const std::optional<std::vector<bool>> slides = c.flags(kPattern, layers);
  if (!slides) period = c.dim(kPattern, period);
  std::vector<int64_t> windows;
  for (int64_t i = 0; i < layers; ++i) {
    const bool has_one = slides ? (*slides)[static_cast<size_t>(i)] : (i + 1) % period != 0;
    windows.push_back(has_one ? window : 0);
  }
  return windows;
}

float read_cap(const Config& c, std::string_view key, float fallback) {
  const float cap = c.real(key, fallback);
  if (cap < 0) c.corrupt(key, "is ", cap, ", expected 0 or more");
  return cap;
}

ml::Activation read_activation(const Config& c, ml::Activation fallback) {
  constexpr std::pair<std::string_view, ml::Activation> kNames[] = {
      {"silu", ml::Activation::kSilu},
      {"gelu", ml::Activation::kGeluErf},
      {"gelu_pytorch_tanh", ml::Activation::kGelu},
      {"quick_gelu", ml::Activation::kQuickGelu},
      {"relu", ml::Activation::kRelu}};
  const std::string written = c.text("hidden_activation", "");
  for (const auto& [name, activation] : kNames) {
    if (name == written) return activation;
  }
  if (written.empty()) return fallback;
  c.unsupported("hidden_activation", "is \"", written,
                "\", expected silu, gelu, gelu_pytorch_tanh, quick_gelu or relu");
}

ExpertOptions read_experts(const Config& c) {
  const ExpertOptions experts{.count = c.dim("expert_count"), .used = c.dim("expert_used_count")};
  if (experts.used > experts.count) {
    c.corrupt("expert_used_count", "is ", experts.used,
              ", expected at most expert_count, which is ", experts.count);
  }
  return experts;
}

nn::RouterOptions read_router(const Config& c) {
  const ExpertOptions experts = read_experts(c);
  const int64_t function = c.count("expert_gating_func");  // 0: older files, all of one kind
  if (function > 2) {
    c.unsupported("expert_gating_func", "is ", function, ", expected 1 (softmax) or 2 (sigmoid)");
  }
  const nn::RouterOptions router{.used = experts.used,
                                 .renormalise = c.flag("expert_weights_norm", false),
                                 .sigmoid = function == 2,
                                 .scale = c.positive("expert_weights_scale", 1),
                                 .groups = c.dim("expert_group_count", 1),
                                 .groups_used = c.dim("expert_group_used_count", 1)};
  const int64_t size = experts.count / router.groups;
  if (experts.count % router.groups != 0 || (router.sigmoid && router.groups > 1 && size < 2)) {
    c.corrupt("expert_group_count", "is ", router.groups, ", expected equal parts of the ",
              experts.count, " experts");
  }
  if (router.groups_used > router.groups || router.groups_used * size < experts.used) {
    c.corrupt("expert_group_used_count", "is ", router.groups_used, " of ", router.groups,
              " groups with ", size, " experts each, expected as many as ", experts.used,
              " experts need");
  }
  return router;
}

void refuse(const Config& c, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (c.has(key) && c.count(key) != 0) {
      c.unsupported(key, "is ", c.count(key), ", which this architecture does not have");
    }
  }
}

}  // namespace cria::model
