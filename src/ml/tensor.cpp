#include "ml/tensor.h"

#include <algorithm>

#include "base/error.h"
#include "ml/backend.h"
#include "ml/ops.h"

namespace cria::ml {

Tensor Graph::input(std::string name, DType dtype, const Shape& shape) {
  Node node;
  node.op = Op::kInput;
  node.dtype = dtype;
  node.shape = shape;
  node.name = std::move(name);
  return add(std::move(node));
}

Tensor Graph::state(State& state) {
  Node node;
  node.op = Op::kState;
  node.dtype = state.dtype();
  node.shape = state.shape();
  node.name = state.name();
  node.state = &state;
  return add(std::move(node));
}

Tensor Graph::add(Node node) {
  by_op_.resize(ops().size());
  std::vector<Node*>& alike = by_op_[static_cast<size_t>(node.op)];
  const auto equal = [&](const Node* other) {
    return other->inputs == node.inputs && other->options == node.options &&
           other->shape == node.shape && other->state == node.state && other->name == node.name;
  };
  const auto found = std::find_if(alike.begin(), alike.end(), equal);
  if (found != alike.end() && node.op != Op::kInput) return {this, *found};
  node.index = static_cast<int64_t>(nodes_.size());
  Node& added = nodes_.emplace_back(std::move(node));
  alike.push_back(&added);
  return {this, &added};
}

Tensor Tensor::reshape(const Shape& shape) const {
  if (shape.size() != node_->shape.size()) {
    fail(Error::Code::kInvalidArgument, "reshape: ", describe(node_), " to ", shape);
  }
  CRIA_CHECK(graph_ != nullptr);
  Node node;
  node.op = Op::kReshape;
  node.dtype = node_->dtype == DType::kI32 ? DType::kI32 : DType::kF32;
  node.shape = shape;
  node.inputs[0] = node_;
  return graph_->add(std::move(node));
}

Tensor Tensor::split_last(int64_t n) const {
  const Shape& s = shape();
  if (s.rank() < 1 || s.rank() == Shape::kMaxRank || n <= 0 || s[-1] % n != 0) {
    fail(Error::Code::kInvalidArgument, "split_last: ", describe(node_), " into ", n);
  }
  std::vector<int64_t> dims(s.dims().begin(), s.dims().end() - 1);
  dims.insert(dims.end(), {n, s[-1] / n});
  return reshape(Shape(dims));
}

Tensor Tensor::merge_last() const {
  const Shape& s = shape();
  if (s.rank() < 2) fail(Error::Code::kInvalidArgument, "merge_last: ", describe(node_));
  std::vector<int64_t> dims(s.dims().begin(), s.dims().end() - 1);
  dims.back() *= s[-1];
  return reshape(Shape(dims));
}

Tensor Tensor::named(std::string name) const {
  CRIA_CHECK(graph_ != nullptr && graph_ == graph() && node_->index >= 0);
  graph_->nodes_[static_cast<size_t>(node_->index)].name = std::move(name);
  return *this;
}

std::string describe(const Node* node) {
  if (!node) return "<absent>";
  std::string text;
  int depth = 0;
  const Node* named = node;
  for (; named->name.empty() && named->inputs[0]; named = named->inputs[0], ++depth) {
    text += std::string(info(named->op).name) + "(";
  }
  text += named->name.empty() ? std::string(info(named->op).name) : named->name;
  return concat(text, std::string(static_cast<size_t>(depth), ')'), ' ', node->shape);
}

}  // namespace cria::ml
