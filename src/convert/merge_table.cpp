#include "convert/merge_table.h"

#include "tokenizer/unicode.h"

namespace cria::convert {

using tokenizer::Id;
using tokenizer::Symbol;

MergeTable::MergeTable(const Merges& merges, const Vocabulary& vocabulary)
    : vocabulary_(vocabulary), table_(merges.size()) {
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    const Id left_id = normal_id(left), right_id = normal_id(right), id = normal_id(left + right);
    if (left_id < 0 || right_id < 0 || id < 0) continue;
    table_.add(left_id, right_id, {static_cast<uint32_t>(rank), id});
  }
}

Id MergeTable::normal_id(const std::string& text) const {
  const auto id = vocabulary_.find(text);
  const bool is_normal = id && vocabulary_.token(*id).type == TokenType::kNormal;
  return is_normal ? static_cast<Id>(*id) : -1;
}

std::vector<Symbol> MergeTable::apply(std::string_view text) {
  merger_.clear();
  for (size_t position = 0; position < text.size();) {
    const size_t end = position + tokenizer::rune_at(text, position).length;
    merger_.add(static_cast<uint32_t>(position), static_cast<uint32_t>(end),
                normal_id(std::string(text.substr(position, end - position))));
    position = end;
  }
  merger_.merge(
      [this](const Symbol& left, const Symbol& right) { return table_.find(left.id, right.id); });
  std::vector<Symbol> symbols;
  merger_.for_each([&](const Symbol& symbol) { symbols.push_back(symbol); });
  return symbols;
}

}  // namespace cria::convert
