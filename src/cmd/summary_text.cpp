#include "cmd/summary_text.h"

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

void add(Table& table, const char* name, const std::string& value) {
  if (!value.empty()) table.row({name, escape(value)});
}

void add(Table& table, const char* name, const std::optional<int64_t>& value) {
  if (value) table.row({name, std::to_string(*value)});
}

std::string chat_template_text(const ModelSummary& summary) {
  if (!summary.has_chat_template) return "none";
  return summary.template_problem.empty() ? "Jinja" : summary.template_problem;
}

Table adapter_table(const ModelSummary& summary) {
  Table table({}, "    ");
  const ModelSummary::Adapter& adapter = *summary.adapter;
  add(table, "name", summary.name);
  add(table, "type", adapter.type);
  add(table, "architecture", summary.architecture);
  if (adapter.alpha) add(table, "alpha", concat(*adapter.alpha));
  std::string ranks;
  for (const int64_t rank : adapter.ranks) append_item(ranks, ", ", std::to_string(rank));
  add(table, "rank", ranks);
  add(table, "adapted weights", std::to_string(adapter.weights));
  add(table, "parameters", count_text(summary.parameters));
  add(table, "size of tensors", size_text(summary.bytes));
  return table;
}

}  // namespace

std::string section(const char* title, const Table& table) {
  return table.empty() ? "" : concat("  ", title, "\n", table.text(), "\n");
}

Table first_lines(std::string_view text, size_t most) {
  constexpr size_t kLongest = 100;  // bytes
  Table table({}, "    ");
  constexpr std::string_view kBlank = " \t\r\n";
  while (true) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(kBlank)));
    if (text.empty()) return table;
    if (most-- == 0) break;
    const std::string_view line = text.substr(0, text.find('\n'));
    table.row({abbreviate(escape(line.substr(0, line.find_last_not_of(kBlank) + 1)), kLongest)});
    text.remove_prefix(line.size());
  }
  table.row({"..."});
  return table;
}

std::string summary_text(const ModelSummary& summary, const std::string& others) {
  if (summary.adapter) return section("Adapter", adapter_table(summary));
  Table model({}, "    ");
  add(model, "name", summary.name);
  add(model, "architecture", summary.architecture);
  add(model, "parameters", count_text(summary.parameters));
  add(model, "context length", summary.context_length);
  add(model, "embedding length", summary.embedding_length);
  add(model, "quantization", summary.quantization);
  add(model, "size of tensors", size_text(summary.bytes));
  if (summary.files > 1) add(model, "files", std::to_string(summary.files));

  Table tokenizer({}, "    ");
  if (summary.tokens > 0) {
    add(tokenizer, "model", summary.tokenizer);
    add(tokenizer, "pre-tokenizer", summary.pre_tokenizer);
    add(tokenizer, "tokens", std::to_string(summary.tokens));
    add(tokenizer, "BOS token", summary.bos);
    add(tokenizer, "EOS token", summary.eos);
    add(tokenizer, "chat template", chat_template_text(summary));
  }

  return section("Model", model) + section("Tokenizer", tokenizer) + others +
         section("License", first_lines(summary.license));
}

}  // namespace cria::cmd
