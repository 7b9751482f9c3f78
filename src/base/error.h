#pragma once
// The one exception type of the engine and the check for our own mistakes.

#include <sstream>
#include <stdexcept>
#include <string>

namespace cria {

// Anything that goes wrong because of a file, a request or a device is an Error. The message says
// where, what, the value, and what was expected; it is lower case, without a full stop.
class Error : public std::runtime_error {
 public:
  enum class Code {
    kInvalidArgument,
    kNotFound,
    kUnsupported,
    kOutOfMemory,
    kCorrupt,
    kCancelled,
    kInternal
  };
  Error(Code code, const std::string& what) : std::runtime_error(what), code_(code) {}
  Code code() const { return code_; }

 private:
  Code code_;
};

// "1 2" for (1, ' ', 2): std::format is not in libstdc++ 12.
template <class... Args>
std::string concat(const Args&... args) {
  std::ostringstream out;
  (out << ... << args);
  return out.str();
}

// fail(Error::Code::kNotFound, "tensor ", name)
template <class... Args>
[[noreturn]] void fail(Error::Code code, const Args&... args) {
  throw Error(code, concat(args...));
}

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace cria

// Aborts on a programming mistake. May not be reachable from any input.
#define CRIA_CHECK(expression) \
  ((expression) ? void() : ::cria::check_failed(#expression, __FILE__, __LINE__))
