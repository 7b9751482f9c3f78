#include "cmd/graph_text.h"

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"
#include "cmd/op_options_text.h"
#include "cmd/table.h"
#include "ml/ops.h"

namespace cria::cmd {
namespace {

std::string reference(const ml::Node* node) {
  if (!node) return "-";
  return node->name.empty() ? std::to_string(node->index) : escape(node->name);
}

std::string inputs_text(const ml::Node& node) {
  size_t count = node.inputs.size();
  while (count > 0 && !node.inputs[count - 1]) --count;
  std::string list;
  for (size_t i = 0; i < count; ++i) append_item(list, ", ", reference(node.inputs[i]));
  return list;
}

}  // namespace

std::string graph_text(std::span<const GraphSection> sections) {
  using Align = Table::Align;
  std::string text;
  for (const GraphSection& section : sections) {
    Table table({Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft}, "  ");
    for (const ml::Node* node : section.nodes) {
      table.row({std::to_string(node->index), std::string(ml::info(node->op).name),
                 is_leaf(*node) ? escape(node->name) : inputs_text(*node),
                 concat(ml::info(node->dtype).name, ' ', shape_text(node->shape.dims())),
                 options_text(*node)});
    }
    text += concat(text.empty() ? "" : "\n", title(section), "\n", table.text());
  }
  return text;
}

}  // namespace cria::cmd
