#pragma once
// A lazily built graph of tensor operations. Calling an op appends a node and infers its shape;
// nothing runs until a backend runs a plan of the graph.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ml/dtype.h"
#include "ml/shape.h"

namespace cria::ml {

enum class Op : uint8_t {
#define OP(enumerator, ...) k##enumerator,
#include "ml/ops.def"
#undef OP
};

struct AffineOptions {
  float scale = 1, offset = 0;
  friend bool operator==(const AffineOptions&, const AffineOptions&) = default;
};

struct NormOptions {
  float eps = 0;
  friend bool operator==(const NormOptions&, const NormOptions&) = default;
};

struct PermuteOptions {
  std::array<int, Shape::kMaxRank>
      axes{};  // dimension i of the result is dimension axes[i] of the operand
  friend bool operator==(const PermuteOptions&, const PermuteOptions&) = default;
};

struct SliceOptions {
  int axis = 0;
  int64_t begin = 0, end = 0, step = 1;
  friend bool operator==(const SliceOptions&, const SliceOptions&) = default;
};

struct ClampOptions {
  float low = 0, high = 0;
  friend bool operator==(const ClampOptions&, const ClampOptions&) = default;
};

struct AxisOptions {
  int axis = 0;
  int64_t size = 0;  // of the result along it, where the operands do not say
  friend bool operator==(const AxisOptions&, const AxisOptions&) = default;
};

struct PadOptions {
  int axis = 0;
  int64_t before = 0, after = 0;
  friend bool operator==(const PadOptions&, const PadOptions&) = default;
};

struct TopKOptions {
  int64_t k = 0;
  bool smallest = false;
  friend bool operator==(const TopKOptions&, const TopKOptions&) = default;
};

// By dimensions, height first; of the only one of a convolution in one dimension the second counts.
struct ConvOptions {
  std::array<int64_t, 2> stride{1, 1}, dilation{1, 1};
  int64_t groups = 1;  // of channels that do not see each other; as many as there are: depthwise
  friend bool operator==(const ConvOptions&, const ConvOptions&) = default;
};

struct TriOptions {
  bool lower = true, diagonal = true;  // which triangle, and whether the diagonal belongs to it
  friend bool operator==(const TriOptions&, const TriOptions&) = default;
};

enum class Activation : uint8_t { kSilu, kGelu, kGeluErf, kQuickGelu, kRelu };
inline constexpr int kActivations = 5;

struct SwigluOptions {
  float alpha = 1, limit = 0;
  friend bool operator==(const SwigluOptions&, const SwigluOptions&) = default;
};

// How pairs of a head's dimensions are formed for rotation.
enum class RopePairs : uint8_t {
  kAdjacent,
  kHalves
};  // (2i, 2i+1) as in GGUF llama; (i, i + dims/2) as in NeoX

// YaRN: pairs that turn often within the original context keep their frequency, those that turn
// seldom are scaled, and those between get something between. Reference: Peng et al.,
// arXiv:2309.00071.
struct YarnOptions {
  int64_t original_context = 0;           // tokens that the model was trained with; 0: no YaRN
  float fast_turns = 32, slow_turns = 1;  // in the original context
  bool whole_pairs = true;                // the limits are rounded to pairs
  float magnitude = 1;                    // of the rotated vectors
  friend bool operator==(const YarnOptions&, const YarnOptions&) = default;
};

struct RopeOptions {
  int64_t dims = 0;  // how many leading dimensions of a head are rotated
  float base = 10000;
  float scale = 1;  // multiplies positions: 1 / the scaling factor
  RopePairs pairs = RopePairs::kAdjacent;
  YarnOptions yarn = {};

  // To rotate further what was rotated before, without another change of its magnitude.
  RopeOptions again() const {
    RopeOptions options = *this;
    options.yarn.magnitude = 1;
    return options;
  }
  friend bool operator==(const RopeOptions&, const RopeOptions&) = default;
};

struct AttentionOptions {
  float scale = 1;         // of the scores, usually 1 / sqrt(head_dim)
  int64_t block_size = 0;  // tokens of a cache block
  int64_t window = 0;      // how many tokens back a token sees, itself included; 0: all
  float softcap = 0;       // scores become softcap * tanh(score / softcap); 0: they stay
  friend bool operator==(const AttentionOptions&, const AttentionOptions&) = default;
};

using Options =
    std::variant<std::monostate, AffineOptions, NormOptions, PermuteOptions, SliceOptions,
                 ClampOptions, AxisOptions, PadOptions, TopKOptions, ConvOptions, TriOptions,
                 Activation, SwigluOptions, RopePairs, RopeOptions, AttentionOptions>;

// Memory that a backend keeps between runs, such as a layer's cached keys. See ml/backend.h.
class State;

struct Node {
  static constexpr size_t kMaxInputs = 8;

  Op op{};
  DType dtype = DType::kF32;
  Shape shape;
  std::array<const Node*, kMaxInputs> inputs{};  // null where an optional input is absent
  Options options;
  std::string name;  // of weights, inputs, states and named results; else empty
  const std::byte* data =
      nullptr;             // weights and constants: elements as in a file, rows without padding
  State* state = nullptr;  // states and results of store
  int64_t index = -1;      // in its graph; -1: belongs to no graph (weights)
};

class Graph;

// A handle to a node: cheap to copy, null when an optional weight is absent.
class Tensor {
 public:
  Tensor() = default;
  Tensor(Graph* graph, const Node* node) : graph_(graph), node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  const Node* node() const { return node_; }
  Graph* graph() const { return graph_; }
  const Shape& shape() const { return node_->shape; }
  int64_t dim(int i) const { return node_->shape[i]; }

  Tensor reshape(const Shape& shape) const;
  Tensor split_last(int64_t n) const;  // [.., n*d] -> [.., n, d]
  Tensor merge_last() const;           // [.., n, d] -> [.., n*d]

  // Gives an intermediate result a name, by which traces and comparisons find it.
  Tensor named(std::string name) const;

 private:
  Graph* graph_ = nullptr;  // null for weights: they outlive any one graph
  const Node* node_ = nullptr;
};

// Owns the nodes of one forward pass, in an order in which they can run.
class Graph {
 public:
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Data that is given at each run.
  Tensor input(std::string name, DType dtype, const Shape& shape);
  // A backend's state as an operand; shape [slots, heads, head_dim].
  Tensor state(State& state);
  // Appends a node, or returns the equal one that is there already.
  Tensor add(Node node);

  const std::deque<Node>& nodes() const { return nodes_; }

 private:
  friend class Tensor;
  std::deque<Node> nodes_;  // stable addresses
  std::vector<std::vector<Node*>> by_op_;
};

// "matmul(blk.1.ffn_up.weight) [1, 48]": a node is described by the nearest named one that it
// descends from.
std::string describe(const Node* node);

}  // namespace cria::ml
