// Expected texts are what Jinja 3.1 gives with trim_blocks and lstrip_blocks.

#include "template/jinja/template.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace cria::jinja {
namespace {

using cria::test::expect_error;

std::string render(std::string_view source) {
  const Value message = dict({{"role", std::string("user")}, {"content", std::string(" hi ")}});
  return Template(source).render({{"n", int64_t{3}},
                                  {"text", std::string("ab")},
                                  {"items", list({std::string("x"), std::string("y")})},
                                  {"message", message},
                                  {"nothing", None{}}});
}

TEST(Jinja, WritesValuesAsPythonDoes) {
  EXPECT_EQ(render("{{ text }}|{{ n }}|{{ true }}|{{ none }}|{{ undefined_name }}|"),
            "ab|3|True|None||");
  EXPECT_EQ(render("{{ 'a\\n\\'b\\'' }}{{ \"c\" 'd' }}"), "a\n'b'cd");
}

TEST(Jinja, TakesAwayWhiteSpaceAroundTags) {
  EXPECT_EQ(render("a\n  {% if true %}\n  b\n  {% endif %}\nc\n"), "a\n  b\nc");
  EXPECT_EQ(render("a \n {%- if true -%} \n b {% endif +%}\nc"), "ab \nc");
  EXPECT_EQ(render("a {{- n -}} b"), "a3b");
  EXPECT_EQ(render("a\n  {{ n }}\nb"), "a\n  3\nb");
  EXPECT_EQ(render("x {# no -#} \n y"), "x y");
  EXPECT_EQ(render("  {# whole line #}\ny\r\nz\n\n"), "y\nz\n");
  EXPECT_EQ(render("  {%+ if true %}a{% endif %}"), "  a");
}

TEST(Jinja, KnowsPrecedence) {
  EXPECT_EQ(render("{{ 1 + 2 * 3 - 4 }}"), "3");
  EXPECT_EQ(render("{{ 'a' + ' b ' | trim + 'c' }}"), "abc");
  EXPECT_EQ(render("{{ 1 ~ 2 + 'x' }}"), "12x");
  EXPECT_EQ(render("{{ not n == 4 and n in [1, 3] }}"), "True");
  EXPECT_EQ(render("{{ 'y' if n > 5 else 'z' if n < 2 else 'w' }}"), "w");
  EXPECT_EQ(render("{{ 'a' not in text or n }}"), "3");
  EXPECT_EQ(render("{{ -n + 1 }}{{ (5 - n) % 2 }}"), "-20");
}

TEST(Jinja, ReadsItemsAttributesAndSlices) {
  EXPECT_EQ(render("{{ message.role }}{{ message['content'] }}{{ message.name }}"), "user hi ");
  EXPECT_EQ(render("{{ items[0] }}{{ items[-1] }}{{ items[5] }}"), "xy");
  EXPECT_EQ(render("{% for i in items[1:] %}{{ i }}{% endfor %}{% for i in items[::-1] %}{{ i }}{% "
                   "endfor %}"),
            "yyx");
  EXPECT_EQ(render("{{ items[:-1] | length }}{{ {'a': 'b'}['a'] }}{{ message.get('x', 1) }}"),
            "1b1");
}

TEST(Jinja, LoopsWithLoopVariablesAndOwnScope) {
  EXPECT_EQ(
      render("{% for i in items %}{{ loop.index }}{{ i }}{{ ',' if not loop.last }}{% endfor %}"),
      "1x,2y");
  EXPECT_EQ(render("{% set a = 1 %}{% for i in items %}{% set a = 2 %}{% endfor %}{{ a }}"), "1");
  EXPECT_EQ(render("{% set s = namespace(a=1) %}{% for i in items %}{% set s.a = s.a + 1 %}{% "
                   "endfor %}{{ s.a }}"),
            "3");
  EXPECT_EQ(render("{% for i in items if i != 'x' %}{{ i }}{{ loop.first }}{% endfor %}"), "yTrue");
  EXPECT_EQ(render("{% if true %}{% set a = 2 %}{% endif %}{{ a }}"), "2");
}

TEST(Jinja, AppliesFiltersTestsAndMethods) {
  EXPECT_EQ(render("{{ message.content | trim | length }}{{ text | upper }}{{ z | default('d') }}"),
            "2ABd");
  EXPECT_EQ(render("{{ z is defined }}{{ nothing is none }}{{ text is not string }}"),
            "FalseTrueFalse");
  EXPECT_EQ(render("{{ text.startswith('a') }}{{ text.split('b')[0] }}{{ 'xax'.strip('x') }}"),
            "Trueaa");
  EXPECT_EQ(render("{{ '\xc3\xa9' | length }}"), "1");
}

TEST(Jinja, LeavesOutMacrosAndGenerationMarks) {
  EXPECT_EQ(render("{% macro f(a, b=1) %}x{% endmacro %}{% generation %}y{% endgeneration %}"),
            "y");
}

TEST(Jinja, RefusesOnlyWhatItReaches) {
  EXPECT_EQ(render("{% if false %}{{ text | tojson(indent=4) }}{{ f(1) }}{% endif %}"), "");
  for (const char* source :
       {"{{ text | tojson }}", "{{ f(1) }}", "{{ z.a }}", "{{ items }}", "{{ 1 + 'a' }}",
        "{% for k, v in items %}{% endfor %}", "{% for c in text %}{% endfor %}", "{% break %}",
        "{% set a %}x{% endset %}", "{{ items == [1, 2] }}"}) {
    expect_error([&] { render(source); }, Error::Code::kUnsupported, {"chat template"});
  }
  expect_error([] { render("{{ raise_exception('no tools') }}"); }, Error::Code::kUnsupported,
               {"no tools"});
}

TEST(Jinja, RefusesWhatItCannotParse) {
  for (const char* source :
       {"{{", "{{ a", "{% if a %}", "{% endif %}", "{{ a b }}", "{{ (a }}", "{{ 'a }}", "{% raw %}",
        "{# a", "{{ a ? b }}", "{{ '\\q' }}", "{{ 1a }}", "{% else %}",
        "{% if a %}{% else %}{% else %}{% endif %}", "{{ {'a' 1} }}", "{% for in a %}"}) {
    expect_error([&] { Template{source}; }, Error::Code::kUnsupported, {"chat template"});
  }
}

}  // namespace
}  // namespace cria::jinja
