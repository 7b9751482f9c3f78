#pragma once
// Expectations about errors: the code, and parts of the message.

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cria::test {

// expect_error([&] { open(path); }, Error::Code::kCorrupt, {"model.gguf", "tensor"})
template <class Function>
void expect_error(Function function, Error::Code code,
                  std::initializer_list<std::string_view> parts) {
  try {
    function();
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    for (const std::string_view part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "no \"" << part << "\" in: " << message;
    }
    return;
  }
  ADD_FAILURE() << "no error, where one was expected" << (parts.size() ? " with: " : "")
                << (parts.size() ? *parts.begin() : "");
}

}  // namespace cria::test
