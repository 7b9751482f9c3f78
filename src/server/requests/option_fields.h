#pragma once
// Options in requests: names and values of a Modelfile's parameters.

#include <string>
#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server {

// The field of this name, if it is there, as the parameter that is called so. InvalidArgument with
// its place when it has another type.
void read_option(const Fields& fields, std::string_view name, Options& options);
// All of the object "options". Of those that nobody knows it warns.
void read_options(const Fields& fields, Options& options, Warnings& warnings);
// Options among fields that nobody has asked for: those of a dialect that does not know them.
void read_loose_options(const Fields& fields, Options& options);

// A number as options have it: "0.7".
std::string option_text(double value);

}  // namespace cria::server
