// Every case of the table on every backend and instruction set of this machine, against the
// reference.

#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "ml/backend/cpu/kernels/kernels.h"
#include "tests/ops/op_cases.h"
#include "tests/support/nmse.h"

namespace cria::ml {
namespace {

struct Target {
  std::string backend, instructions;
  std::string name() const {
    return instructions.empty() ? backend : backend + " with " + instructions;
  }
};

std::vector<Target> targets() {
  std::vector<Target> list;
  for (const std::string& name : backends()) {
    if (name != "cpu") {
      list.push_back({name, ""});
      continue;
    }
    for (const cpu::Isa& isa : cpu::isas()) {
      if (isa.runs_here) list.push_back({name, std::string(isa.name)});
    }
  }
  return list;
}

std::unique_ptr<Backend> make(const Target& target, int threads) {
  return make_backend(target.backend, {.threads = threads, .instructions = target.instructions});
}

TEST(Operations, AgreeWithTheReferenceOnEveryBackendAndInstructionSet) {
  for (const cpu::Isa& isa : cpu::isas()) {
    std::cout << "instruction set " << isa.name
              << (isa.runs_here ? ": runs here\n" : ": compiled only, this processor lacks it\n");
  }
  for (const Target& target : targets()) {
    for (const OpCase& op_case : op_cases()) {
      SCOPED_TRACE(target.name() + ": " + op_case.name);
      const auto reference = make_backend("reference", {.threads = 1});
      const auto backend = make(target, 2);
      EXPECT_LE(nmse(evaluate(op_case, *backend), evaluate(op_case, *reference)), op_case.max_nmse);
    }
  }
}

TEST(Operations, AreTheSameFusedAndLowered) {
  for (const Target& target : targets()) {
    for (const OpCase& op_case : op_cases()) {
      if (!info(op_case.op).lower || op_case.op == Op::kPagedAttention) continue;
      SCOPED_TRACE(target.name() + ": " + op_case.name);
      const auto backend = make(target, 1);
      EXPECT_LE(nmse(evaluate(op_case, *backend, true), evaluate(op_case, *backend)),
                op_case.max_nmse);
    }
  }
}

TEST(Operations, GiveTheSameBytesWithOneThreadAndThree) {
  for (const Target& target : targets()) {
    for (const OpCase& op_case : op_cases()) {
      SCOPED_TRACE(target.name() + ": " + op_case.name);
      const auto one = make(target, 1), three = make(target, 3);
      EXPECT_EQ(evaluate(op_case, *one), evaluate(op_case, *three));
    }
  }
}

TEST(Operations, HaveACaseEach) {
  std::set<Op> tested;
  for (const OpCase& op_case : op_cases()) tested.insert(op_case.op);
  for (const OpInfo& row : ops()) {
    if (row.op == Op::kWeight || row.op == Op::kInput || row.op == Op::kState) continue;
    EXPECT_TRUE(tested.contains(row.op)) << row.name;
  }
}

}  // namespace
}  // namespace cria::ml
