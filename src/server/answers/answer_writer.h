#pragma once
// Tells a client what a model writes: as a stream of objects, or as one at the end.

#include "server/answers/events.h"
#include "server/answers/problem.h"
#include "server/http/http.h"

namespace cria::server {

class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;

  // The head of the answer, with the first bytes of a stream.
  virtual Response begin() = 0;
  // The bytes of a stream that an event makes, "" when there are none yet; of no stream always "".
  virtual std::string add(const Event& event) = 0;
  // One of the answers has ended.
  virtual std::string add(int64_t choice, const Outcome& outcome) = 0;
  // The last bytes of a stream, or all of the body.
  virtual std::string end() = 0;
  // What a stream says in the place of its end when something goes wrong.
  virtual std::string fail(const Problem& problem) = 0;
};

}  // namespace cria::server
