#include "quantize/mix.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace cria::quantize {
namespace {

using ml::DType;
using Type = FileType;

// The largest integer of a value: of layers that differ, the largest count.
int64_t integer_of(const gguf::StoredValue& value) {
  return std::visit(
      [](const auto& v) -> int64_t {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_integral_v<T>) {
          return static_cast<int64_t>(v);
        } else if constexpr (std::is_same_v<T, std::vector<int32_t>> ||
                             std::is_same_v<T, std::vector<uint32_t>>) {
          return v.empty() ? 0 : static_cast<int64_t>(*std::ranges::max_element(v));
        } else {
          return 0;
        }
      },
      value);
}

const gguf::StoredValue* find(const gguf::Writer& file, const std::string& key) {
  for (const auto& [name, value] : file.metadata()) {
    if (name == key) return &value;
  }
  return nullptr;
}

int64_t integer(const gguf::Writer& file, const std::string& key) {
  const gguf::StoredValue* value = find(file, key);
  return value ? integer_of(*value) : 0;
}

int64_t block_of(std::string_view name) {
  constexpr std::string_view kPrefix = "blk.";
  int64_t block = 0;
  if (!name.starts_with(kPrefix)) return 0;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), block);
  return block;
}

bool contains(std::string_view name, std::string_view part) {
  return name.find(part) != std::string_view::npos;
}

// The first and last eighth of the layers, and every third between: they matter most.
bool is_among_the_better(int64_t index, int64_t count) {
  const int64_t eighth = count / 8;
  return index < eighth || index >= 7 * count / 8 || (index - eighth) % 3 == 2;
}

template <class... Types>
bool one_of(Type type, Types... types) {
  return ((type == types) || ...);
}

DType output_type(const Preset& preset, const ModelFacts& facts, int64_t row) {
  const Type type = preset.file_type;
  if (!ml::is_quantized(preset.type)) return preset.type;
  if (type == Type::kQ8_0 || type == Type::kMXFP4) return DType::kQ8_0;
  return facts.architecture == "falcon" || row % 256 != 0 ? DType::kQ8_0 : DType::kQ6_K;
}

DType value_type(const Preset& preset, const ModelFacts& facts, int64_t index) {
  const Type type = preset.file_type;
  const bool is_shared = facts.heads_per_value >= 4;
  DType result = preset.type;
  if (type == Type::kQ2_K) result = is_shared ? DType::kQ4_K : DType::kQ3_K;
  if (type == Type::kQ3_K_M) result = index < 2 ? DType::kQ5_K : DType::kQ4_K;
  if (type == Type::kQ3_K_L) result = DType::kQ5_K;
  if (one_of(type, Type::kIQ4_NL, Type::kIQ4_XS) && is_shared) result = DType::kQ5_K;
  if (one_of(type, Type::kQ4_K_M, Type::kQ5_K_M) &&
      is_among_the_better(index, facts.value_matrices))
    result = DType::kQ6_K;
  if (type == Type::kQ4_K_S && index < 4) result = DType::kQ5_K;
  // In models of this size eight heads share each: a small price.
  const bool is_llama_70b =
      facts.architecture == "llama" && facts.blocks == 80 && facts.heads_per_value == 8;
  if (is_llama_70b && (result == DType::kQ3_K || result == DType::kQ4_K)) result = DType::kQ5_K;
  return facts.experts == 8 ? DType::kQ8_0 : result;
}

DType down_type(const Preset& preset, const ModelFacts& facts, int64_t block) {
  const Type type = preset.file_type;
  const int64_t blocks = facts.blocks;
  const bool is_early = block < blocks / 8, is_falcon = facts.architecture == "falcon";
  const bool is_better = is_among_the_better(block, blocks);
  switch (type) {
    case Type::kQ2_K:
      return DType::kQ3_K;
    case Type::kQ3_K_M:
      if (block < blocks / 16) return DType::kQ5_K;
      return !is_falcon || is_better ? DType::kQ4_K : DType::kQ3_K;
    case Type::kQ3_K_L:
      return is_falcon ? DType::kQ4_K : DType::kQ5_K;
    case Type::kQ4_K_M:
      if (is_falcon && block >= blocks / 16) return is_better ? DType::kQ5_K : DType::kQ4_K;
      return is_better ? DType::kQ6_K : DType::kQ4_K;
    case Type::kQ5_K_M:
      return is_better ? DType::kQ6_K : DType::kQ5_K;
    case Type::kQ4_K_S:
      return is_early && !is_falcon ? DType::kQ5_K : DType::kQ4_K;
    case Type::kIQ4_NL:
    case Type::kIQ4_XS:
      return is_early && !facts.has_importance ? DType::kQ5_K : preset.type;
    // With importance the offsets pay.
    case Type::kQ4_0:
      return is_early && facts.has_importance ? DType::kQ4_1 : DType::kQ4_0;
    case Type::kQ5_0:
      return is_early && facts.has_importance ? DType::kQ5_1 : DType::kQ5_0;
    default:
      return preset.type;
  }
}

DType attention_output_type(const Preset& preset, const ModelFacts& facts) {
  const Type type = preset.file_type;
  if (facts.architecture == "falcon") return preset.type;
  if (facts.experts == 8) {
    const bool is_small = one_of(type, Type::kQ2_K, Type::kQ3_K_S, Type::kQ3_K_M, Type::kQ4_K_S,
                                 Type::kQ4_K_M, Type::kIQ4_NL, Type::kIQ4_XS);
    return is_small ? DType::kQ5_K : preset.type;
  }
  if (type == Type::kQ2_K) return DType::kQ3_K;
  if (type == Type::kQ3_K_M) return DType::kQ4_K;
  if (type == Type::kQ3_K_L) return DType::kQ5_K;
  return preset.type;
}

DType joined_type(const Preset& preset) {
  const Type type = preset.file_type;
  if (one_of(type, Type::kQ3_K_M, Type::kQ3_K_L)) return DType::kQ4_K;
  if (type == Type::kQ4_K_M) return DType::kQ5_K;
  if (type == Type::kQ5_K_M) return DType::kQ6_K;
  return preset.type;
}

bool is_value_matrix(std::string_view name) {
  return name.ends_with("attn_v.weight") || name.ends_with("attn_qkv.weight") ||
         name.ends_with("attn_kv_b.weight");
}

}  // namespace

ModelFacts facts_of(const gguf::Writer& file) {
  ModelFacts facts;
  if (const gguf::StoredValue* name = find(file, "general.architecture")) {
    if (const auto* text = std::get_if<std::string>(name)) facts.architecture = *text;
  }
  const std::string prefix = facts.architecture + ".";
  facts.blocks = integer(file, prefix + "block_count");
  facts.experts = integer(file, prefix + "expert_count");
  const int64_t heads = integer(file, prefix + "attention.head_count");
  const int64_t value_heads = integer(file, prefix + "attention.head_count_kv");
  if (value_heads > 0) facts.heads_per_value = heads / value_heads;
  for (const gguf::OutputTensor& tensor : file.tensors()) {
    facts.value_matrices += is_value_matrix(tensor.name);
    facts.has_output |= tensor.name == "output.weight";
  }
  return facts;
}

bool is_quantizable(const gguf::OutputTensor& tensor) {
  // Small, or used otherwise than as a matrix: routers, positions, convolutions, what encoders of
  // images and sounds begin with, and small matrices of recurrent and other layers.
  constexpr std::array kKept{
      "_norm.weight",         "ffn_gate_inp",       "altup",       "laurel",
      "per_layer_model_proj", "position_embd",      "token_types", "ssm_conv1d",
      "shortconv.conv",       "attn_rel_b",         "patch_embd",  "patch_merger",
      "time_mix_first",       "time_mix_w0",        "time_mix_w1", "time_mix_w2",
      "time_mix_v0",          "time_mix_v1",        "time_mix_v2", "time_mix_a0",
      "time_mix_a1",          "time_mix_a2",        "time_mix_g1", "time_mix_g2",
      "time_mix_decay",       "time_mix_lerp_fused"};
  const std::string_view name = tensor.name;
  if (tensor.dims.size() < 2 || !name.ends_with("weight")) return false;
  // Encoders of pictures and what joins them to the text lose more than they weigh.
  if (name.starts_with("v.") || name.starts_with("mm.")) return false;
  return std::ranges::none_of(kKept, [&](const char* part) { return contains(name, part); });
}

ml::DType type_in_mix(const Preset& preset, const ModelFacts& facts,
                      const gguf::OutputTensor& tensor, int64_t value_index) {
  const std::string_view name = tensor.name;
  const bool is_embedding = name == "token_embd.weight";
  if (name == "output.weight" || (is_embedding && !facts.has_output))
    return output_type(preset, facts, tensor.dims.back());
  if (preset.file_type == Type::kMXFP4)
    return facts.experts == 0 || tensor.dims.size() > 2 ? DType::kMXFP4 : DType::kQ8_0;
  if (is_embedding || !ml::is_quantized(preset.type)) return preset.type;
  if (name.ends_with("attn_v.weight")) return value_type(preset, facts, value_index);
  if (name.ends_with("attn_qkv.weight")) return joined_type(preset);
  if (name.ends_with("attn_output.weight")) return attention_output_type(preset, facts);
  if (facts.experts == 8 && name.ends_with("attn_k.weight")) return DType::kQ8_0;
  if (contains(name, "ffn_down")) return down_type(preset, facts, block_of(name));
  return preset.type;
}

std::vector<size_t> in_order_of_layers(const gguf::Writer& file) {
  std::vector<size_t> order(file.tensors().size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return block_of(file.tensors()[i].name); });
  return order;
}

ml::DType fitting_type(ml::DType type, int64_t row) {
  const auto fits = [row](DType t) { return row % ml::info(t).block_elements == 0; };
  if (fits(type)) return type;
  DType smaller = DType::kF16;
  if (type == DType::kQ2_K || type == DType::kQ3_K || type == DType::kIQ4_XS)
    smaller = DType::kIQ4_NL;
  if (type == DType::kQ4_K) smaller = DType::kQ5_0;
  if (type == DType::kQ5_K) smaller = DType::kQ5_1;
  if (type == DType::kQ6_K) smaller = DType::kQ8_0;
  return fits(smaller) ? smaller : DType::kF16;
}

}  // namespace cria::quantize
