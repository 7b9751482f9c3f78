// The machine: Lib/pickletools.py of Python describes its instructions.
#include "fs/pytorch/pickle.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <unordered_map>

#include "base/error.h"
#include "base/quote.h"
#include "fs/pytorch/opcodes.h"

namespace cria::pytorch {
namespace {

using Code = Error::Code;
using Index = uint32_t;

// A model of a hundred thousand tensors needs some two million objects.
constexpr size_t kMostObjects = 2'000'000;
constexpr size_t kMostStacked = 1'000'000;

// All that a checkpoint may name.
constexpr std::string_view kGlobals[] = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_tensor_v3",
    "torch._utils _rebuild_parameter",
    "torch DoubleStorage",
    "torch FloatStorage",
    "torch HalfStorage",
    "torch BFloat16Storage",
    "torch LongStorage",
    "torch IntStorage",
    "torch ShortStorage",
    "torch CharStorage",
    "torch ByteStorage",
    "torch BoolStorage",
    "torch.storage UntypedStorage",
    "torch float64",
    "torch float32",
    "torch float16",
    "torch bfloat16",
    "torch float8_e4m3fn",
    "torch float8_e5m2",
    "torch int64",
    "torch int32",
    "torch int16",
    "torch int8",
    "torch uint8",
    "torch bool",
};

class Machine {
 public:
  Machine(std::span<const std::byte> bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  Pickle run() {
    while (step()) {
    }
    if (stack_.size() != 1) corrupt("ends with ", stack_.size(), " values, expected one");
    pickle_.root = pop();
    return std::move(pickle_);
  }

 private:
  static constexpr Index kMark = 0xffffffff;

  bool step();
  // Whether the instruction is one of these.
  bool push_constant(uint8_t opcode);
  bool arrange(uint8_t opcode);
  bool call(uint8_t opcode);

  // What instructions do. True, so that they can end with it.
  bool append(const std::vector<Index>& items);
  bool store(const std::vector<Index>& pairs);
  bool memoize(uint32_t key);
  bool recall(uint32_t key);
  bool push_global(std::string_view module, std::string_view name);
  bool reduce();
  bool rebuild_tensor(const Object& arguments, size_t fewest, bool with_type);
  bool load_storage();

  int64_t long_integer(uint8_t size);
  double big_endian_real();

  template <class... Args>
  [[noreturn]] void corrupt(const Args&... what) const {
    fail(Code::kCorrupt, file_, ": pickle: byte ", start_, ": ", what...);
  }
  template <class... Args>
  [[noreturn]] void refuse(const Args&... what) const {
    fail(Code::kUnsupported, file_, ": pickle: byte ", start_, ": ", what...);
  }

  std::string_view take(uint64_t bytes) {
    if (bytes > bytes_.size() - position_) {
      corrupt("truncated: needs ", bytes, " bytes, where only ", bytes_.size() - position_,
              " are left");
    }
    const char* text = reinterpret_cast<const char*>(bytes_.data()) + position_;
    position_ += bytes;
    return {text, bytes};
  }
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_,
                                bytes_.size() - position_);
    const size_t length = rest.find('\n');
    if (length == std::string_view::npos) corrupt("truncated: a line does not end");
    position_ += length + 1;
    return rest.substr(0, length);
  }

  bool push(Index index) {
    if (stack_.size() == kMostStacked) refuse("more than ", kMostStacked, " values on the stack");
    stack_.push_back(index);
    return true;
  }
  bool push_new(Object object) {
    if (pickle_.objects.size() == kMostObjects) refuse("more than ", kMostObjects, " values");
    pickle_.objects.push_back(std::move(object));
    return push(static_cast<Index>(pickle_.objects.size() - 1));
  }
  bool push_integer(int64_t value) { return push_new({.kind = Kind::kInteger, .integer = value}); }

  Index pop() {
    if (stack_.empty() || stack_.back() == kMark) corrupt("takes a value where there is none");
    const Index index = stack_.back();
    stack_.pop_back();
    return index;
  }
  std::vector<Index> pop_to_mark() {
    const auto mark = std::find(stack_.rbegin(), stack_.rend(), kMark);
    if (mark == stack_.rend()) corrupt("there is no mark");
    std::vector<Index> items(mark.base(), stack_.end());
    stack_.erase(mark.base() - 1, stack_.end());
    return items;
  }
  std::vector<Index> pop_many(size_t count) {
    std::vector<Index> items(count);
    for (size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  }
  Object& top(Kind kind, const char* what) {
    if (stack_.empty() || stack_.back() == kMark || pickle_.objects[stack_.back()].kind != kind) {
      corrupt("expected ", what, " on the stack");
    }
    return pickle_.objects[stack_.back()];
  }
  const Object& at(Index index) const { return pickle_.objects[index]; }
  std::string_view text_of(Index index) const {
    if (at(index).kind != Kind::kText) corrupt("a global has a name that is no text");
    return at(index).text;
  }

  std::span<const std::byte> bytes_;
  const std::string& file_;
  size_t position_ = 0, start_ = 0;  // start_: of the instruction
  Pickle pickle_;
  std::vector<Index> stack_;
  std::unordered_map<uint32_t, Index> memo_;
};

// One instruction; false at the end.
bool Machine::step() {
  start_ = position_;
  const auto opcode = number<uint8_t>();
  if (opcode == '.') return false;  // STOP
  if (!push_constant(opcode) && !arrange(opcode) && !call(opcode)) {
    refuse("instruction ", opcode_name(opcode), ": a checkpoint may only build tensors");
  }
  return true;
}

// The instructions that put a new value on the stack, by what follows them in the pickle.
bool Machine::push_constant(uint8_t opcode) {
  switch (opcode) {
    case 'N':  // NONE
      return push_new({.kind = Kind::kNone});
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      return push_new({.kind = Kind::kBoolean, .integer = opcode == 0x88});
    case 'K':  // BININT1
      return push_integer(number<uint8_t>());
    case 'M':  // BININT2
      return push_integer(number<uint16_t>());
    case 'J':  // BININT
      return push_integer(number<int32_t>());
    case 0x8a:  // LONG1
      return push_integer(long_integer(number<uint8_t>()));
    case 'G':  // BINFLOAT
      return push_new({.kind = Kind::kReal, .real = big_endian_real()});
    case 'X':  // BINUNICODE
      return push_new({.kind = Kind::kText, .text = take(number<uint32_t>())});
    case 0x8c:  // SHORT_BINUNICODE
      return push_new({.kind = Kind::kText, .text = take(number<uint8_t>())});
    case 0x8d:  // BINUNICODE8
      return push_new({.kind = Kind::kText, .text = take(number<uint64_t>())});
    case ')':  // EMPTY_TUPLE
      return push_new({.kind = Kind::kTuple});
    case ']':  // EMPTY_LIST
      return push_new({.kind = Kind::kList});
    case '}':  // EMPTY_DICT
      return push_new({.kind = Kind::kDictionary});
    default:
      return false;
  }
}

// The instructions that put together what is on the stack, or move it.
bool Machine::arrange(uint8_t opcode) {
  switch (opcode) {
    case 't':  // TUPLE
      return push_new({.kind = Kind::kTuple, .items = pop_to_mark()});
    case 0x85:  // TUPLE1
    case 0x86:  // TUPLE2
    case 0x87:  // TUPLE3
      return push_new({.kind = Kind::kTuple, .items = pop_many(opcode - 0x84u)});
    case 'a':  // APPEND
      return append(pop_many(1));
    case 'e':  // APPENDS
      return append(pop_to_mark());
    case 's':  // SETITEM
      return store(pop_many(2));
    case 'u':  // SETITEMS
      return store(pop_to_mark());
    case '(':  // MARK
      return push(kMark);
    case '0':  // POP, which takes marks too
      if (!stack_.empty() && stack_.back() == kMark) return stack_.pop_back(), true;
      return pop(), true;
    case '1':  // POP_MARK
      return pop_to_mark(), true;
    case '2':  // DUP
      push(pop());
      return push(stack_.back());
    case 'q':  // BINPUT
      return memoize(number<uint8_t>());
    case 'r':  // LONG_BINPUT
      return memoize(number<uint32_t>());
    case 0x94:  // MEMOIZE
      return memoize(static_cast<uint32_t>(memo_.size()));
    case 'h':  // BINGET
      return recall(number<uint8_t>());
    case 'j':  // LONG_BINGET
      return recall(number<uint32_t>());
    default:
      return false;
  }
}

// The instructions by which a pickle could do harm, were there more to call than this.
bool Machine::call(uint8_t opcode) {
  switch (opcode) {
    case 0x80:  // PROTO
      if (const auto version = number<uint8_t>(); version < 2 || version > 5) {
        refuse("protocol ", int{version}, ", expected 2 to 5");
      }
      return true;
    case 0x95:  // FRAME: only tells sizes
      return number<uint64_t>(), true;
    case 'c': {  // GLOBAL
      const std::string_view module = line();
      return push_global(module, line());
    }
    case 0x93: {  // STACK_GLOBAL
      const std::vector<Index> names = pop_many(2);
      return push_global(text_of(names[0]), text_of(names[1]));
    }
    case 'R':  // REDUCE
      return reduce();
    case 'b':  // BUILD: attributes, which PyTorch gives to the dictionary of all tensors
      pop();
      top(Kind::kDictionary, "a dictionary");
      return true;
    case 'Q':  // BINPERSID
      return load_storage();
    default:
      return false;
  }
}

// Two's complement of any length.
int64_t Machine::long_integer(uint8_t size) {
  const std::string_view bytes = take(size);
  if (size > sizeof(int64_t)) refuse("an integer of ", int{size}, " bytes, expected at most 8");
  uint64_t value = size > 0 && (bytes.back() & 0x80) ? ~uint64_t{0} : 0;
  std::memcpy(&value, bytes.data(), size);
  return static_cast<int64_t>(value);
}

double Machine::big_endian_real() {
  std::string bytes(take(sizeof(double)));
  std::reverse(bytes.begin(), bytes.end());
  double value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

bool Machine::append(const std::vector<Index>& items) {
  Object& list = top(Kind::kList, "a list");
  list.items.insert(list.items.end(), items.begin(), items.end());
  return true;
}

bool Machine::store(const std::vector<Index>& pairs) {
  if (pairs.size() % 2 != 0) corrupt("a dictionary gets a key without a value");
  Object& dictionary = top(Kind::kDictionary, "a dictionary");
  dictionary.items.insert(dictionary.items.end(), pairs.begin(), pairs.end());
  return true;
}

bool Machine::memoize(uint32_t key) {
  const Index value = pop();
  memo_[key] = value;
  if (memo_.size() > kMostObjects) refuse("more than ", kMostObjects, " memos");
  return push(value);
}

bool Machine::recall(uint32_t key) {
  const auto found = memo_.find(key);
  if (found == memo_.end()) corrupt("there is nothing under memo ", key);
  return push(found->second);
}

bool Machine::push_global(std::string_view module, std::string_view name) {
  const std::string whole = concat(module, ' ', name);
  const auto* known = std::find(std::begin(kGlobals), std::end(kGlobals), whole);
  if (known == std::end(kGlobals)) {
    refuse("names ", quote(concat(module, '.', name)), ": a checkpoint may only build tensors");
  }
  return push_new({.kind = Kind::kGlobal, .text = *known});
}

// Calls what is known, as what it stands for.
bool Machine::reduce() {
  const Object& arguments = at(pop());
  const Object& function = at(pop());
  if (function.kind != Kind::kGlobal || arguments.kind != Kind::kTuple) {
    corrupt("calls what is no function");
  }
  const std::string_view name = function.text.substr(function.text.find(' ') + 1);
  if (name == "OrderedDict") {
    if (!arguments.items.empty()) refuse("an ordered dictionary made of arguments");
    return push_new({.kind = Kind::kDictionary});
  }
  if (name == "_rebuild_parameter") {  // tensor, requires_grad, hooks
    if (arguments.items.empty() || at(arguments.items[0]).kind != Kind::kTensor) {
      corrupt("a parameter without a tensor");
    }
    return push(arguments.items[0]);
  }
  if (name == "_rebuild_tensor") return rebuild_tensor(arguments, 4, false);
  if (name == "_rebuild_tensor_v2") return rebuild_tensor(arguments, 6, false);
  if (name == "_rebuild_tensor_v3") return rebuild_tensor(arguments, 7, true);
  refuse("calls ", quote(name), ", which is no function that builds tensors");
}

// storage, offset, sizes, strides, requires_grad, hooks, type
bool Machine::rebuild_tensor(const Object& arguments, size_t fewest, bool with_type) {
  const std::vector<Index>& items = arguments.items;
  const auto is = [&](size_t i, Kind kind) { return at(items[i]).kind == kind; };
  const bool fits = items.size() >= fewest && is(0, Kind::kStorage) && is(1, Kind::kInteger) &&
                    is(2, Kind::kTuple) && is(3, Kind::kTuple) &&
                    (!with_type || is(6, Kind::kGlobal));
  if (!fits) corrupt("a tensor is built of other things than storage, offset, sizes and strides");
  Object tensor{.kind = Kind::kTensor, .items = {items.begin(), items.begin() + 4}};
  if (with_type) tensor.items.push_back(items[6]);
  return push_new(std::move(tensor));
}

// ("storage", type, key, device, number of elements)
bool Machine::load_storage() {
  const Object& id = at(pop());
  const auto is = [&](size_t i, Kind kind) { return at(id.items[i]).kind == kind; };
  const bool fits = id.kind == Kind::kTuple && id.items.size() == 5 && is(0, Kind::kText) &&
                    at(id.items[0]).text == "storage" && is(1, Kind::kGlobal) &&
                    is(2, Kind::kText) && is(3, Kind::kText) && is(4, Kind::kInteger);
  if (!fits) corrupt("a persistent id is no storage");
  return push_new(
      {.kind = Kind::kStorage, .text = at(id.items[2]).text, .items = {id.items[1], id.items[4]}});
}

}  // namespace

Pickle read_pickle(std::span<const std::byte> bytes, const std::string& file) {
  return Machine(bytes, file).run();
}

}  // namespace cria::pytorch
