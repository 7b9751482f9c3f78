#include "grammar/runs.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cria::grammar {
namespace {

constexpr SetId kMany = UINT32_MAX;

}  // namespace
const Run& Runs::from(SetId set) {
  if (const auto known = runs_.find(set); known != runs_.end()) return known->second;
  Run run{step(set).kinds, step(set).dead, {automaton_.counts(set)}};
  // Where the rule may be complete, the rest may belong to what comes after it.
  for (SetId at = set; run.length() < kMostPlain && !automaton_.complete(at);) {
    const Step& next = step(at);
    const bool ends = (run.kinds & ~next.dead) == 0;
    if (!ends && (run.kinds & ~next.kinds) != 0) break;
    run.dead &= next.dead;
    at = ends ? kDead : next.to;
    run.counts.push_back(automaton_.counts(at));
  }
  return runs_.emplace(set, std::move(run)).first->second;
}

const Runs::Step& Runs::step(SetId from) {
  if (const auto known = steps_.find(from); known != steps_.end()) return known->second;
  std::array<SetId, kCharKinds> targets{};
  for (size_t kind = 0; kind < kCharKinds; ++kind) targets[kind] = target(from, kind);
  const auto alike = [&](SetId to) { return std::ranges::count(targets, to); };
  Step step;
  for (const SetId to : targets) {
    if (to == kDead || to == kMany) continue;
    if (step.to == kDead || alike(to) > alike(step.to)) step.to = to;
  }
  for (size_t kind = 0; kind < kCharKinds; ++kind) {
    const auto bit = static_cast<CharKinds>(1u << kind);
    if (targets[kind] == kDead) step.dead |= bit;
    if (targets[kind] == step.to && step.to != kDead) step.kinds |= bit;
  }
  return steps_.emplace(from, step).first->second;
}

// The one set that all characters of a kind lead to; kMany: there are several.
SetId Runs::target(SetId from, size_t kind) {
  const auto sequences = chars_of_kind(kind);
  const SetId common = target(from, sequences[0], 0);
  for (const ByteSequence& sequence : sequences.subspan(1)) {
    if (common == kMany || target(from, sequence, 0) != common) return kMany;
  }
  return common;
}

// The same for all texts of a sequence, from its index-th byte on.
SetId Runs::target(SetId from, const ByteSequence& sequence, size_t index) {
  if (index == sequence.length || from == kDead) return from;
  const auto [first, last] = sequence.ranges[index];
  SetId common = kMany, before = kMany;
  for (unsigned byte = first; byte <= last; ++byte) {
    const SetId next = automaton_.step(from, static_cast<uint8_t>(byte));
    if (next == before) continue;
    before = next;
    const SetId to = target(next, sequence, index + 1);
    if (to == kMany || (byte > first && to != common)) return kMany;
    common = to;
  }
  return common;
}

size_t Runs::memory() const {
  constexpr size_t kOfEntry = 64;  // of a map
  return runs_.size() * (sizeof(Run) + kMostPlain * sizeof(SetId) + kOfEntry) +
         steps_.size() * (sizeof(Step) + kOfEntry);
}

}  // namespace cria::grammar
