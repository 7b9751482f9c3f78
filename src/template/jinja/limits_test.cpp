// What takes time and memory counts before it does so.
#include <gtest/gtest.h>

#include <functional>

#include "template/jinja/formats.h"
#include "template/jinja/operators.h"
#include "template/jinja/strings.h"
#include "template/jinja/test_render.h"

namespace cria::jinja {
namespace {

std::string repeat(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

void expect_refused(const std::function<void()>& run, std::string_view what) {
  try {
    run();
    ADD_FAILURE() << what;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kUnsupported) << what << ": " << error.what();
  }
}

TEST(JinjaLimits, CountWhatFormatsMakePieceByPiece) {
  const auto with = [](const auto& format, std::string_view what) {
    chat::Budget budget({.bytes = 1000});
    Calls calls{budget};
    expect_refused([&] { format(calls); }, what);
  };
  const Value text = special_text(repeat("x", 100));
  Dict named;
  named.set("a", text);
  const Value values = dict_value(named);
  with([&](Calls& calls) { brace_format({repeat("{0}", 11), true}, {{text}}, calls); }, "{0}");
  with([&](Calls& calls) { percent_format({repeat("%(a)s", 11), true}, values, calls); }, "%(a)s");
  with([&](Calls& calls) { percent_format({repeat("%%x", 999), true}, values, calls); }, "%%");
}

TEST(JinjaLimits, CountPartsBeforeTextsAreCut) {
  const auto of = [](const auto& cut, std::string_view what) {
    chat::Budget budget({.steps = 1000});
    expect_refused([&] { cut(MarkedText(repeat("a \n", 100), true), budget); }, what);
  };
  for (const Side from : {Side::kLeft, Side::kRight}) {
    of([&](const MarkedText& text, auto& budget) { split(text, " ", -1, from, budget); }, "split");
    of([&](const MarkedText& text, auto& budget) { split_words(text, -1, from, budget); }, "words");
  }
  of([](const MarkedText& text, auto& budget) { split_lines(text, false, budget); }, "lines");
  of(
      [](const MarkedText& text, auto& budget) {
        Calls calls{budget};
        iterate(text_value(text), calls);
      },
      "iterate");
}

TEST(JinjaLimits, CountWhatFiltersAndTestsRead) {
  const std::string text = "{% set t = 'x' * 1000 * 3000 %}";
  for (const char* const source :
       {"{{ ([t] * 60) | unique | list | length }}", "{{ ([t] * 60) | min | length }}",
        "{{ ([t] * 999) | unique(case_sensitive=true) | list | length }}",
        "{{ ([t] * 999) | map('string') | list | length }}",
        "{{ ([1] * 999) | map('default', t) | list | length }}",
        "{{ ([t] * 999) | select('string') | list | length }}",
        "{{ ([1] * 999) | reject('sameas', t) | list | length }}",
        "{% for i in range(999) %}{% set x = '%.1s' % t %}{% endfor %}",
        "{% for i in range(999) %}{% set x = '{:.900000}'.format(t) %}{% endfor %}"}) {
    expect_refused([&] { render(text + source); }, source);
  }
}

// Were it quadratic, it would not end within minutes.
TEST(JinjaLimits, StripsInLinearTime) {
  EXPECT_EQ(render("{{ ('b' * 400000).strip('a' * 400000 ~ 'b') }}"
                   "{{ ('b' * 400000) | trim('a' * 400000 ~ 'b') }}"),
            "");
  EXPECT_EQ(render("{{ 'ééaéb'.strip('bé') }} {{ 'aéb'.lstrip('é') }} {{ ' a '.strip('') }}|"),
            "a aéb  a |");
}

TEST(JinjaLimits, TakesTheEndsOfTextsWithoutTheRest) {
  EXPECT_EQ(render("{% set t = 'é' * 900000 ~ 'b' %}{{ t | first }}{{ t | last }}{{ '' | first }}"),
            "éb");
}

}  // namespace
}  // namespace cria::jinja
