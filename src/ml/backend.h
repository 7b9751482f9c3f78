#pragma once
// The seam between graphs and what runs them. A backend instance serves one loaded model and owns
// that model's memory on its devices; its functions are called by one thread at a time.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ml/tensor.h"

namespace cria::ml {

struct Device {
  std::string name;                           // "cpu"
  std::string description;                    // "AVX2, 2 threads"
  int64_t memory_total = 0, memory_free = 0;  // bytes
};

// Memory kept between runs, in a layout of the backend's own.
class State {
 public:
  // InvalidArgument unless shape[2], the elements of a head, is a multiple of the type's block.
  State(std::string name, DType dtype, const Shape& shape);
  virtual ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const std::string& name() const { return name_; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }

 private:
  std::string name_;
  DType dtype_;
  Shape shape_;
};

enum class StateRole : uint8_t { kKeys, kValues };

struct StateSpec {
  std::string name;
  StateRole role;
  DType dtype;
  Shape shape;             // [slots, heads, head_dim]
  int64_t block_size = 0;  // slots that are always used together; divides the number of slots
};

// A graph made ready to run, with fixed shapes.
class Plan {
 public:
  virtual ~Plan() = default;
  // Where the data of an input goes before a run, row-major; valid as long as the plan.
  virtual std::span<std::byte> input(Tensor input) = 0;
  // Result i of the outputs asked for, row-major F32; valid until the backend's next run.
  virtual std::span<const float> output(size_t i) const = 0;
};

// What the operations of a model do with a weight; decides how a backend keeps it.
struct WeightUses {
  bool matmul = false;  // the first operand of a matmul
  bool other = false;   // rows, norms, biases, ...
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  virtual std::vector<Device> devices() const = 0;

  // Whether a node runs as it is; otherwise it is lowered. Primitives must all be supported.
  virtual bool supports(const Node& node) const = 0;

  // Takes a weight over, before the first plan that uses it. Its host memory stays valid.
  virtual void load(const Node& weight, const WeightUses& uses) = 0;

  // Zeroed memory; OutOfMemory. Owned by the caller, not outliving the backend.
  virtual std::unique_ptr<State> allocate(const StateSpec& spec) = 0;
  // Copies slots from and to a state as rows [heads, head_dim] of its dtype.
  virtual void read(const State& state, int64_t first_slot, std::span<std::byte> out) const = 0;
  virtual void write(State& state, int64_t first_slot, std::span<const std::byte> rows) = 0;
  // And within it. As it is, by read and write; a backend may be faster, at least for whole blocks.
  virtual void copy(State& state, int64_t from_slot, int64_t to_slot, int64_t slots);

  // Compiles a graph. The first plan is the largest: later ones with the same nodes and no larger
  // shapes need no more memory. OutOfMemory, Unsupported.
  virtual std::unique_ptr<Plan> plan(const Graph& graph, std::span<const Tensor> outputs) = 0;
  virtual void run(Plan& plan) = 0;
};

struct BackendOptions {
  int threads = 0;                // 0: as many as this process may use
  std::string instructions = {};  // instruction set of the cpu backend; empty: the best there is,
                                  // or CRIA_CPU_ISA
};

using BackendFactory = std::unique_ptr<Backend> (*)(const BackendOptions&);

// const BackendRegistration kRegistered{"cpu", 10, make_cpu}; `auto` takes the highest rank.
struct BackendRegistration {
  BackendRegistration(std::string name, int rank, BackendFactory factory);
};

std::vector<std::string> backends();  // best first
// NotFound with the names there are.
std::unique_ptr<Backend> make_backend(std::string_view name, const BackendOptions& options);

}  // namespace cria::ml
