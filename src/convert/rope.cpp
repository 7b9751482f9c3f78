// Reference: transformers/modeling_rope_utils.py.
#include "convert/rope.h"

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numbers>

#include "base/quote.h"

namespace cria::convert {
namespace {

// The fields of rotary embeddings, wherever they stand.
struct Rope {
  std::string type;
  double base = 0;
  std::unique_ptr<Config> scaling;  // null without one

  double partial_factor = 1;
  int64_t dims = 0;  // of a head that are rotated
};

// Where both the older and the newer field have something, transformers takes the older.
std::unique_ptr<Config> scaling_of(const Config& c, std::string_view layers) {
  std::unique_ptr<Config> older = c.child("rope_scaling"), newer = c.child("rope_parameters");
  if (older && older->json().empty()) older = nullptr;
  const bool by_layers = newer && !layers.empty() && newer->has(layers);
  if (older && by_layers) {
    c.unsupported("rope_scaling", "stands beside rope_parameters of kinds of layers, expected one");
  }
  if (older || !newer) return older;
  return by_layers ? newer->child(layers) : std::move(newer);
}

Rope read(const Config& c, const RopeDefaults& defaults) {
  Rope rope;
  rope.scaling = scaling_of(c, defaults.layers);
  rope.base = c.positive("rope_theta", defaults.base);
  rope.partial_factor = c.positive("partial_rotary_factor", defaults.partial_factor.value_or(1));
  rope.type = "default";
  if (rope.scaling) {
    const Config& s = *rope.scaling;
    rope.type = s.text("rope_type", s.text("type", "default"));
    s.ignore({"type"});
    rope.base = s.positive("rope_theta", rope.base);
    rope.partial_factor = s.positive("partial_rotary_factor", rope.partial_factor);
  }
  return rope;
}

int64_t original_context(const Config& c, const Config& scaling, const Decoder& decoder) {
  const int64_t inside = scaling.dim("original_max_position_embeddings", decoder.context);
  return c.dim("original_max_position_embeddings", inside);
}

double yarn_temperature(double factor, double multiplier) {
  return factor > 1 ? 0.1 * multiplier * std::log(factor) + 1 : 1;
}

void write_yarn(Conversion& conversion, const Config& s, const Decoder& decoder,
                bool temperature_of_scores) {
  const auto original = static_cast<double>(original_context(conversion.config(), s, decoder));
  const double factor = s.positive("factor", static_cast<double>(decoder.context) / original);
  conversion.set("rope.scaling.yarn_truncate", s.flag("truncate", true));
  double temperature = yarn_temperature(factor, 1);
  double magnitude = temperature;
  const double mscale = s.real("mscale", 0), mscale_all_dim = s.real("mscale_all_dim", 0);
  if (mscale != 0 && mscale_all_dim != 0) {
    magnitude = yarn_temperature(factor, mscale) / yarn_temperature(factor, mscale_all_dim);
  }
  magnitude = s.positive("attention_factor", magnitude);
  if (temperature_of_scores && mscale_all_dim != 0) {
    conversion.set("rope.scaling.yarn_log_multiplier", static_cast<float>(0.1 * mscale_all_dim));
    temperature = 1;
  }
  conversion.set("rope.scaling.type", "yarn");
  conversion.set("rope.scaling.factor", static_cast<float>(factor));
  conversion.set_count("rope.scaling.original_context_length", static_cast<int64_t>(original));
  // The file's factor comes on top of the usual temperature.
  conversion.set("rope.scaling.attn_factor", static_cast<float>(magnitude / temperature));
  conversion.set("rope.scaling.beta_fast", static_cast<float>(s.positive("beta_fast", 32)));
  conversion.set("rope.scaling.beta_slow", static_cast<float>(s.positive("beta_slow", 1)));
}

void write_llama3(Conversion& conversion, const Rope& rope, const Decoder& decoder) {
  const Config& s = *rope.scaling;
  const Llama3Scaling scaling{
      .base = rope.base,
      .factor = s.positive("factor"),
      .low_factor = s.positive("low_freq_factor"),
      .high_factor = s.positive("high_freq_factor"),
      .original_context = static_cast<double>(original_context(conversion.config(), s, decoder))};
  if (scaling.high_factor <= scaling.low_factor) {
    s.corrupt("high_freq_factor", "is ", scaling.high_factor,
              ", expected more than low_freq_factor, which is ", scaling.low_factor);
  }
  conversion.tensor("rope_freqs.weight",
                    computed("rope_freqs", llama3_divisors(scaling, rope.dims)));
}

void write_factors(Conversion& conversion, const Rope& rope, const std::string& length) {
  const Config& s = *rope.scaling;
  const std::vector<double> factors = s.reals(length + "_factor");
  if (std::ssize(factors) != rope.dims / 2) {
    s.corrupt(length + "_factor", "has ", factors.size(), " numbers, expected one for each of ",
              rope.dims / 2, " pairs");
  }
  conversion.tensor(concat("rope_factors_", length, ".weight"),
                    computed(length + "_factor", {factors.begin(), factors.end()}));
}

constexpr int64_t kPhi3OriginalContext = 4096;  // when its config does not say

// Other divisors for contexts that are longer than the original one.
void write_longrope(Conversion& conversion, const Rope& rope, const Decoder& decoder) {
  const Config& s = *rope.scaling;
  const std::string key = "original_max_position_embeddings";
  const auto original =
      static_cast<double>(conversion.config().dim(key, s.dim(key, kPhi3OriginalContext)));
  if (original < 2) conversion.config().corrupt(key, "is 1, expected more");
  const double factor = s.positive("factor", static_cast<double>(decoder.context) / original);
  const double magnitude = factor > 1 ? std::sqrt(1 + std::log(factor) / std::log(original)) : 1;
  write_factors(conversion, rope, "long");
  write_factors(conversion, rope, "short");
  conversion.set("rope.scaling.type", "longrope");
  conversion.set_count("rope.scaling.original_context_length", static_cast<int64_t>(original));
  conversion.set("rope.scaling.attn_factor",
                 static_cast<float>(s.positive("attention_factor", magnitude)));
}

// Names that the first checkpoints had for it.
bool is_longrope(const std::string& type) {
  return type == "longrope" || type == "su" || type == "yarn";
}

void write_scaling(Conversion& conversion, const Rope& rope, const Decoder& decoder,
                   const RopeDefaults& defaults) {
  const RopeFrequencies frequencies = defaults.frequencies;
  if (rope.type == "default") return;
  const Config& s = *rope.scaling;
  if (rope.type == "linear") {
    conversion.set("rope.scaling.type", "linear");
    conversion.set("rope.scaling.factor", static_cast<float>(s.positive("factor")));
  } else if (frequencies == RopeFrequencies::kLong && is_longrope(rope.type)) {
    write_longrope(conversion, rope, decoder);
  } else if (rope.type == "yarn") {
    write_yarn(conversion, s, decoder, defaults.temperature_of_scores);
  } else if (rope.type == "llama3" && frequencies == RopeFrequencies::kInFile) {
    write_llama3(conversion, rope, decoder);
  } else if (rope.type == "dynamic") {
    // Scales only what lies beyond the context that the file has.
    s.ignore({"factor"});
    conversion.notice(concat("rope scaling \"dynamic\" has no effect within the context of ",
                             decoder.context, " tokens, and more is not offered"));
  } else {
    s.unsupported("rope_type", "is ", quote(rope.type), ", expected default, linear, yarn, ",
                  frequencies == RopeFrequencies::kInFile ? "llama3 "
                  : frequencies == RopeFrequencies::kLong ? "longrope "
                                                          : "",
                  "or dynamic");
  }
}

}  // namespace

void write_rope(Conversion& conversion, const Decoder& decoder, const RopeDefaults& defaults) {
  Rope rope = read(conversion.config(), defaults);
  rope.dims = static_cast<int64_t>(static_cast<double>(decoder.head_dim) * rope.partial_factor);
  if (!defaults.partial_factor && rope.partial_factor != 1) {
    conversion.config().unsupported("partial_rotary_factor", "is ", rope.partial_factor,
                                    ", expected 1");
  }
  if (rope.dims < 2 || rope.dims % 2 != 0 || rope.dims > decoder.head_dim) {
    conversion.config().corrupt("partial_rotary_factor", "is ", rope.partial_factor, ", so that ",
                                rope.dims, " dimensions of ", decoder.head_dim,
                                " are rotated, expected an even number");
  }
  conversion.set_count("rope.dimension_count", rope.dims);
  conversion.set("rope.freq_base", static_cast<float>(rope.base));
  write_scaling(conversion, rope, decoder, defaults);
  if (!rope.scaling) return;
  for (const std::string& key : rope.scaling->unread()) {
    conversion.notice(concat(rope.scaling->name(), ": ", key, " means nothing for rope_type ",
                             quote(rope.type), ", and is ignored"));
  }
}

void write_rope_of_layer_types(Conversion& conversion, const Decoder& decoder,
                               const RopeDefaults& defaults) {
  RopeDefaults full = defaults;
  full.layers = "full_attention";
  write_rope(conversion, decoder, full);
  const auto all = conversion.config().child("rope_parameters");
  if (!all) return;
  const bool alike = !all->has("full_attention") && !all->has("sliding_attention");
  const Rope windows = read(conversion.config(), {.base = defaults.base,
                                                  .partial_factor = defaults.partial_factor,
                                                  .layers = "sliding_attention"});
  if (alike) {
    // transformers 5 began by scaling all layers alike, where 4 had spared those with windows.
    if (windows.type != "default") conversion.set("rope.scaling.swa", true);
    return;
  }
  if (windows.type != "default") {
    all->unsupported("sliding_attention", "has rope_type ", quote(windows.type),
                     ", expected default");
  }
  if (windows.base != read(conversion.config(), full).base) {
    conversion.set("rope.freq_base_swa", static_cast<float>(windows.base));
  }
}

std::vector<float> llama3_divisors(const Llama3Scaling& s, int64_t dims) {
  const double longest = s.original_context / s.low_factor;    // wavelengths beyond are scaled
  const double shortest = s.original_context / s.high_factor;  // those below stay
  std::vector<float> divisors;
  for (int64_t i = 0; i < dims / 2; ++i) {
    const double frequency =
        std::pow(s.base, -2.0 * static_cast<double>(i) / static_cast<double>(dims));
    const double wavelength = 2 * std::numbers::pi / frequency;
    const double kept =
        (s.original_context / wavelength - s.low_factor) / (s.high_factor - s.low_factor);
    const double divisor = wavelength < shortest  ? 1
                           : wavelength > longest ? s.factor
                                                  : 1 / ((1 - kept) / s.factor + kept);
    divisors.push_back(static_cast<float>(divisor));
  }
  return divisors;
}

}  // namespace cria::convert
