#include "server/requests/base64.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::server {
namespace {

using test::expect_error;
constexpr auto kInvalid = Error::Code::kInvalidArgument;

TEST(Base64OfRequests, IsDecoded) {
  EXPECT_EQ(decode_base64("Zm9v", "images[0]"), "foo");
  EXPECT_EQ(decode_picture_url("data:image/png;base64,Zm9v", "url"), "foo");
  EXPECT_EQ(decode_picture_url("data:;base64,Zg==", "url"), "f");
}

TEST(Base64OfRequests, IsRefusedWithItsPlace) {
  expect_error([] { decode_base64("Zm9", "images[0]"); }, kInvalid,
               {"images[0] is \"Zm9\", expected Base64"});
  expect_error([] { decode_base64("", "images[0]"); }, kInvalid, {"images[0] is empty"});
  for (const char* url :
       {"https://example.com/a.png", "file:///etc/passwd", "a.png", "", "data:image/png;base64"}) {
    expect_error([&] { decode_picture_url(url, "url"); }, kInvalid,
                 {"url is \"", "no picture is fetched from elsewhere"});
  }
  for (const char* url : {"data:image/png,abc", "data:text/plain;base64,Zm9v"}) {
    expect_error([&] { decode_picture_url(url, "url"); }, kInvalid, {"url is \"data:"});
  }
  expect_error([] { decode_picture_url("data:image/png;base64,!", "url"); }, kInvalid,
               {"url is \"!\", expected Base64"});
}

}  // namespace
}  // namespace cria::server
