#include "cmd/graph_dot.h"

#include <unordered_set>

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"
#include "cmd/op_options_text.h"
#include "ml/ops.h"

namespace cria::cmd {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string id(const ml::Node& node) {
  return node.index < 0 ? quoted(escape(node.name)) : std::to_string(node.index);
}

std::string_view look(const ml::Node& node) {
  switch (node.op) {
    case ml::Op::kWeight:
      return "shape=box, style=filled, fillcolor=lightyellow";
    case ml::Op::kInput:
      return "shape=parallelogram";
    case ml::Op::kState:
      return "shape=cylinder";
    default:
      return "shape=box, style=rounded";
  }
}

// One label of lines, which only "\n" parts.
std::string declaration(const ml::Node& node) {
  std::string lines;
  const auto add = [&](const std::string& line) {
    if (line.empty()) return;
    const std::string escaped = quoted(line);
    append_item(lines, "\\n", escaped.substr(1, escaped.size() - 2));
  };
  add(is_leaf(node) ? "" : concat(node.index, ' ', ml::info(node.op).name));
  add(escape(node.name));
  add(options_text(node));
  add(concat(ml::info(node.dtype).name, ' ', shape_text(node.shape.dims())));
  return concat(id(node), " [", look(node), ", label=\"", lines, "\"];\n");
}

// Declares what it is given once, and a section's nodes with the weights that come first there.
class Writer {
 public:
  void cluster(const GraphSection& section, size_t number) {
    out_ += concat("  subgraph cluster_", number, " {\n    label=", quoted(title(section)), ";\n");
    for (const ml::Node* node : section.nodes) {
      for (const ml::Node* input : node->inputs) {
        if (input && input->index < 0) declare(*input, "    ");
      }
      declare(*node, "    ");
    }
    out_ += "  }\n";
  }

  // After all clusters: what is in none, such as what a block takes from those before, is told.
  void edges(const GraphSection& section) {
    for (const ml::Node* node : section.nodes) {
      for (const ml::Node* input : node->inputs) {
        if (!input) continue;
        declare(*input, "  ");
        out_ += concat("  ", id(*input), " -> ", id(*node), ";\n");
      }
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void declare(const ml::Node& node, const char* indent) {
    if (declared_.insert(&node).second) out_ += indent + declaration(node);
  }

  std::string out_;
  std::unordered_set<const ml::Node*> declared_;
};

}  // namespace

std::string graph_dot(std::span<const GraphSection> sections) {
  Writer writer;
  for (size_t i = 0; i < sections.size(); ++i) writer.cluster(sections[i], i);
  for (const GraphSection& section : sections) writer.edges(section);
  return concat("digraph model {\n  ordering=in;\n  node [fontname=Helvetica, fontsize=10];\n",
                writer.take(), "}\n");
}

}  // namespace cria::cmd
