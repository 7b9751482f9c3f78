#include "template/jinja/template.h"

#include <gtest/gtest.h>

#include "template/jinja/test_render.h"

namespace cria::jinja {
namespace {

TEST(JinjaTemplate, TakesWhiteSpaceAwayAroundTagsAsTransformersSetsIt) {
  EXPECT_EQ(render("a\n  {% if true %}\nb\n  {% endif %}\nc\n"), "a\nb\nc");
  EXPECT_EQ(render("a {%- if true -%} b {%- endif %} c"), "ab c");
  EXPECT_EQ(render("  {%+ if true +%}\nb{% endif %}"), "  \nb");
  EXPECT_EQ(render("  {{ 1 }}\n  {{- 2 }}"), "  12");
  EXPECT_EQ(render("x\r\n{# a comment #}\ny"), "x\ny");
  EXPECT_EQ(render("{% raw %} {{ a }} {%- endraw %}!"), " {{ a }}!");
}

TEST(JinjaTemplate, RanksOperatorsAsJinjaDoes) {
  EXPECT_EQ(render("{{ 'a' + 2 * 3 ~ 4 }}"), "a64");  // ~ binds closer than +
  EXPECT_EQ(render("{{ 2 ** 3 ** 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}"), "64 -4 2 3.5");
  EXPECT_EQ(render("{{ 1 < 2 < 3 }} {{ not 1 in [2] }} {{ 2 not in [1] and none is none }}"),
            "True True True");
  EXPECT_EQ(render("{{ 'a' if false }}|{{ 'a' if false else 'b' if false else 'c' }}"), "|c");
  EXPECT_EQ(render("{{ [1, 2, 3, 4][1:-1] }} {{ 'abcd'[::-1] }} {{ (1,) }} {{ {'a': none} }}"),
            "[2, 3] dcba (1,) {'a': None}");
}

TEST(JinjaTemplate, PrintsAsPythonDoes) {
  EXPECT_EQ(render("{{ 1e16 }} {{ 0.1 + 0.2 }} {{ 1.0 }} {{ 1e-5 }} {{ true }} {{ none }}"),
            "1e+16 0.30000000000000004 1.0 1e-05 True None");
  EXPECT_EQ(render(R"({{ ["it's", 'a"b', '\n\x07é', 1.5] }})"),
            R"(["it's", 'a"b', '\n\x07é', 1.5])");
}

TEST(JinjaTemplate, ReadsIntegersOfBasesAsPythonDoes) {
  EXPECT_EQ(render("{{ '5' | int(base=1) }} {{ '5' | int(base=-2) }} {{ 'zz' | int(7, 37) }} "
                   "{{ '11' | int(base=4294967298) }} {{ '99' | int(base=8) }}"),
            "5 5 7 11 99");
  EXPECT_EQ(
      render("{{ 'zZ' | int(base=36) }} {{ '0x1f' | int(base=0) }} {{ '-0b11' | int(base=2) }}"
             " {{ '1_0' | int(base=16) }} {{ '--1' | int(7) }} {{ '' | int(7, 0) }}"),
      "1295 31 -3 16 7 7");
  EXPECT_EQ(error_of("{{ '99999999999999999' | int(base=16) }}"),
            "template: t:1: an integer beyond 64 bits");
}

TEST(JinjaTemplate, KeepsNamesOfLoopsMacrosAndBlocksToThem) {
  EXPECT_EQ(render("{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = x + 1 %}{{ x }}{% endfor "
                   "%}{{ x }}"),
            "12121");
  EXPECT_EQ(render("{% set n = namespace(x=0) %}{% for i in [1, 2] %}{% set n.x = n.x + i %}{% "
                   "endfor %}{{ n.x }}"),
            "3");
  EXPECT_EQ(render("{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% set x = 1 %}{{ m() }}"), "1");
  EXPECT_EQ(render("{% with x = 1 %}{{ x }}{% endwith %}{{ x }}{% if true %}{% set y = 2 %}{% "
                   "endif %}{{ y }}"),
            "12");
  EXPECT_EQ(render("{% set x %}{% set y = 1 %}a{{ y }}{% endset %}{{ x }}{{ y }}"), "a1");
}

TEST(JinjaTemplate, RunsLoops) {
  EXPECT_EQ(render("{% for a, b in {'x': 1, 'y': 2}.items() %}{{ loop.index }}{{ a }}{{ b }}"
                   "{{ ',' if not loop.last }}{% endfor %}"),
            "1x1,2y2");
  EXPECT_EQ(render("{% for i in range(6) if i is odd %}{{ i }}/{{ loop.length }} {% else %}none{% "
                   "endfor %}"),
            "1/3 3/3 5/3 ");
  EXPECT_EQ(render("{% for i in [] %}x{% else %}none{% endfor %}"), "none");
  EXPECT_EQ(render("{% for i in 'abc' %}{{ loop.previtem }}{{ loop.nextitem }}"
                   "{{ loop.cycle(1, 2) }}{{ loop.changed(i == 'c') }}{% endfor %}"),
            "b1Trueac2Falseb1True");
  EXPECT_EQ(render("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% elif i > 3 %}{% break %}"
                   "{% endif %}{{ i }}{% endfor %}"),
            "013");
  EXPECT_EQ(render("{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is iterable else x }}"
                   "{{ loop.depth }} {% endfor %}"),
            "11 22 33 2 1 ");
}

TEST(JinjaTemplate, LeavesLoopsFromWithinBlocks) {
  const auto around = [](const std::string& body) {
    return render("{% for x in [1, 2, 3] %}" + body + "{{ x }}{% endfor %}");
  };
  for (const std::string block :
       {"{% with a = 1 %}#{% endwith %}", "{% set y %}#{% endset %}",
        "{% filter upper %}#{% endfilter %}", "{% for b in [] %}{% else %}#{% endfor %}",
        "{% with %}{% set y | upper %}a#{% endset %}{% endwith %}"}) {
    const size_t at = block.find('#');
    const auto with = [&](const std::string& tag) {
      std::string text = block;
      return text.replace(at, 1, "{% if x == 2 %}b{% " + tag + " %}{% endif %}");
    };
    const bool writes = block.find("set") == block.npos && block.find("filter") == block.npos;
    EXPECT_EQ(around(with("break")), writes ? "1b" : "1") << block;
    EXPECT_EQ(around(with("continue")), writes ? "1b3" : "13") << block;
  }
  for (const char* const source :
       {"{% for a in [1] %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
        "{% for a in [1] %}{% for b in a recursive %}{% else %}{% break %}{% endfor %}{% endfor %}",
        "{% for a in [] %}{% else %}{% break %}{% endfor %}"}) {
    EXPECT_EQ(error_of(source), "template: t:1: {% break %} stands outside of a loop");
  }
}

TEST(JinjaTemplate, RunsElseOfLoopsWithoutABodyThatEnded) {
  const auto loop = [](const std::string& body) {
    return render("{% for x in [1, 2] %}" + body + "{% else %}else{% endfor %}");
  };
  EXPECT_EQ(loop("{% continue %}"), "else");
  EXPECT_EQ(loop("a{% break %}"), "aelse");
  EXPECT_EQ(loop("{% if x == 2 %}{% break %}{% endif %}a"), "a");
  EXPECT_EQ(loop("{% if x == 1 %}{% continue %}{% endif %}a"), "a");
}

TEST(JinjaTemplate, CallsMacros) {
  EXPECT_EQ(render("{% macro m(a, b='x') %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}"
                   "{{ m(1) }} {{ m(1, b=2) }} {{ m(1, 2, 3, c=4) }}"),
            "1x(){} 12(){} 12(3,){'c': 4}");
  EXPECT_EQ(render("{% macro m(n) %}[{{ caller(n, n + 1) }}]{% endmacro %}"
                   "{% call(a, b) m(1) %}{{ a }}-{{ b }}{% endcall %}"),
            "[1-2]");
  EXPECT_EQ(
      render("{% macro f(n) %}{{ n * f(n - 1) | int if n > 1 else 1 }}{% endmacro %}{{ f(5) }}"),
      "120");
  EXPECT_EQ(error_of("{% macro m(a) %}{% endmacro %}\n{{ m(1, 2) }}"),
            "template: t:2: macro 'm' takes not more than 1 argument(s)");
}

TEST(JinjaTemplate, TellsWhereItFailsAndWhy) {
  EXPECT_EQ(error_of("a\n{{ x.y }}"), "template: t:2: 'x' is undefined");
  EXPECT_EQ(error_of("{{ {}.y.z }}"), "template: t:1: 'dict object' has no attribute 'y'");
  EXPECT_EQ(error_of("{{ 1 + 'a' }}"),
            "template: t:1: unsupported operand type(s) for +: 'int' and 'str'");
  EXPECT_EQ(error_of("\n\n{% if %}"), "template: t:3: unexpected \"%}\", expected an expression");
  EXPECT_EQ(error_of("{% for x in y %}"),
            "template: t:1: unexpected end of the template, expected {% endfor %}");
  EXPECT_EQ(error_of("{{ 'a }}"), "template: t:1: a string has no end");
  EXPECT_EQ(error_of("{{ x | nope }}"), "template: t:1: no filter named 'nope'");
  EXPECT_EQ(error_of("{% nope %}"), "template: t:1: unknown tag 'nope'");
  EXPECT_EQ(error_of("{% include 'x' %}"),
            "template: t:1: {% include %} is not supported in chat templates");
  EXPECT_EQ(error_of("{{ lipsum() }}"), "template: t:1: the function lipsum() is not supported");
  EXPECT_EQ(error_of("{{ 9223372036854775807 + 1 }}"), "template: t:1: an integer beyond 64 bits");
}

// As jinja2 does: templates ask for filters that other programs have.
TEST(JinjaTemplate, LooksForFiltersAndTestsInBranchesOnlyWhenItGetsThere) {
  EXPECT_EQ(render("{% if x %}{{ y | nope }}{% set z = y is nope %}{% endif %}"
                   "{{ (y | nope) if x else 'a' }}",
                   Data::Object{{"x", false}}),
            "a");
  EXPECT_EQ(error_of("{% if 1 %}{{ 2 | nope }}{% endif %}"),
            "template: t:1: no filter named 'nope'");
  EXPECT_EQ(error_of("{{ 1 if 2 is nope else 3 }}"), "template: t:1: no test named 'nope'");
  for (const std::string inside :
       {"{% for x in [] %}{{ x | nope }}{% endfor %}",
        "{% macro m() %}{{ 1 | nope }}{% endmacro %}", "{% set x | nope %}{% endset %}",
        "{% with x = 1 | upper %}{{ x "
        "| nope }}{% endwith %}"}) {
    EXPECT_EQ(error_of("{% if false %}" + inside + "{% endif %}"),
              "template: t:1: no filter named 'nope'");
  }
}

TEST(JinjaTemplate, GivesTheMessageThatATemplateRaises) {
  EXPECT_EQ(error_of("{% if true %}{{ raise_exception('Roles must ' ~ 'alternate') }}{% endif %}"),
            "Roles must alternate");
}

TEST(JinjaTemplate, ChangesNoListsAndShowsNoInnards) {
  EXPECT_NE(
      error_of("{% set l = [] %}{{ l.append(1) }}").find("'append' of 'list' object is unsafe"),
      std::string::npos);
  EXPECT_NE(error_of("{{ ''.__class__.x }}").find("unsafe"), std::string::npos);
  EXPECT_NE(error_of("{% set n = namespace() %}{% set n._x = 1 %}").find("begin with '_'"),
            std::string::npos);
}

// Each would take all time, memory or stack.
TEST(JinjaTemplate, EndsWithinItsLimits) {
  for (
      const char* const source : {
          "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
          "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% "
          "endfor %}",
          "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% "
          "endfor %}",
          "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% "
          "endfor %}{{ n.x }}",
          "{% set n = namespace(x=[1]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor "
          "%}",
          "{{ 'a' * 999999999999 }}",
          "{{ [1] * 999999999999 }}",
          "{{ 'a'.center(99999999999) }}",
          "{{ '%99999999d' % 1 }}",
          "{{ '{:99999999}'.format(1) }}",
          "{{ ('a' * 9999999).replace('a', 'a' * 99999) }}",
          "{{ ('a' * 99999) | list | join('b' * 99999) }}",
          "{{ ([1] * 999999) | tojson(separators=('a' * 999999, '')) }}",
          "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
          "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
          "{% set n = namespace() %}{% set n.n = n %}{{ n }}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = s[5] %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = s.find('b') %}{% "
          "endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = {}[s] %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = {}.get(s) %}{% endfor "
          "%}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = s in {} %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = {s: 1} %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = s | int %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = [1] | map(attribute=s) "
          "| list %}{% endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = '' | attr(s) %}{% "
          "endfor %}",
          "{% set s = 'a' * 9999999 %}{% for i in range(99999) %}{% set x = s.count('aa') %}{% "
          "endfor %}",
          "{% set n = namespace(x=(1,)) %}{% for i in range(60) %}{% set n.x = (n.x, n.x) %}{% "
          "endfor "
          "%}{{ {n.x: 1} }}",
          "{{ range(0, 10, 4)[::9223372036854775807] }}",
          "{{ range(0, 9223372036854775807, 4611686018427387904)[:2] }}",
      }) {
    try {
      render(source);
      ADD_FAILURE() << source;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::Code::kUnsupported) << source << ": " << error.what();
    }
  }
  for (const char* const source :
       {"{% for i in range(1000000000) %}{% endfor %}", "{{ range(10 ** 18) | list }}",
        "{{ range(-(10 ** 18), 10 ** 18) | length }}", "{{ range(10 ** 9, 0, -1) }}"}) {
    EXPECT_NE(error_of(source).find("range too big"), std::string::npos) << source;
  }
  EXPECT_NE(error_of("{{ " + std::string(9999, '(') + "1" + std::string(9999, ')') + " }}")
                .find("deeper"),
            std::string::npos);
  std::string sum = "{{ 1";
  for (int i = 0; i < 9999; ++i) sum += " + 1";
  EXPECT_NE(error_of(sum + " }}").find("deeper"), std::string::npos);
}

// Were one of them quadratic, they would not end within minutes.
TEST(JinjaTemplate, LooksForLongTextsInLinearTime) {
  const std::string texts = "{% set s = 'a' * 999999 %}{% set t = 'a' * 499999 ~ 'b' %}";
  EXPECT_EQ(
      render(texts + "{{ s.count(t) }} {{ s.find(t) }} {{ s.rfind('b' ~ t[:-1]) }} {{ t in s }} "
                     "{{ s.replace(t, '') == s }} {{ s.split(t) | length }} "
                     "{{ s.rsplit('b' ~ t[:-1]) | length }} {{ s.partition(t) | length }}"),
      "0 -1 -1 False True 1 1 3");
  EXPECT_EQ(render("{{ ('a' * 99999) | wordwrap(1) | length }}"), "199997");
  EXPECT_EQ(render("{{ (' ' * 99999 ~ 'a') | wordwrap(1) | length }}"), "1");
}

}  // namespace
}  // namespace cria::jinja
