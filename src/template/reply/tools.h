#pragma once
// The tools of a request, as in the API: which names there are, and what types parameters have.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/data.h"

namespace cria::chat {

class Tools {
 public:
  // A list as in the API, or null.
  explicit Tools(Data tools) : tools_(std::move(tools)) {}

  bool empty() const { return tools_.kind() != Data::Kind::kList || tools_.list().empty(); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Whether a name begins so.
  bool may_become(std::string_view beginning) const;
  // The schema of a tool's parameters, null when it says nothing.
  Data parameters(std::string_view name) const;
  // The schema of one of them.
  Data parameter(std::string_view name, std::string_view key) const;

 private:
  const Data* find(std::string_view name) const;  // its "function"

  Data tools_;
};

// The names of all of a list of tools.
std::vector<std::string> names_of(const Data& tools);

// The JSON of a parameter that was written as bare text: of the types that its schema allows, and
// text if nothing else fits.
std::string typed_json(std::string_view text, const Data& schema);
// Whether it can only be text.
bool is_text(const Data& schema);

}  // namespace cria::chat
