// Text of users stays theirs, whatever a template does with it. Theirs is in angle brackets here.
#include <gtest/gtest.h>

#include "template/jinja/test_render.h"

namespace cria::jinja {
namespace {

const Data kData = Data::Object{
    {"u", "a,B c"}, {"n", 5}, {"l", Data::List{"x", 1, true}}, {"d", Data::Object{{"k", "v"}}}};

struct Case {
  const char* source;
  const char* wanted;
};

TEST(JinjaMarks, StayWithStretchesThroughAllOperations) {
  for (const auto& [source, wanted] : std::vector<Case>{
           {"[{{ u }}]", "[<a,B c>]"},
           {"{{ '[' + u + ']' }}", "[<a,B c>]"},
           {"{{ '[' ~ n ~ u }}", "[<5a,B c>"},
           {"{{ '%s|%d|%5s' % (u, n, 'z') }}", "<a,B c>|<5>|    z"},
           {"{{ '{}|{:>7}'.format(u, u) }}", "<a,B c>|  <a,B c>"},
           {"{{ '%s!' | format(u) }}", "<a,B c>!"},
           {"{{ u.split(',') | join('|') }}", "<a>|<B c>"},
           {"{{ ('x' + u).replace('a', 'y') }}", "xy<,B c>"},
           {"{{ 'a-b'.replace('-', u) }}", "a<a,B c>b"},
           {"{{ u | upper }}{{ u.title() }}{{ u | title }}", "<A,B CA,B CA,b C>"},
           {"{{ u[2:] }}{{ u[::-1] }}{{ (' ' + u)[:2] }}", "<B cc B,a> <a>"},
           {"{{ ('  ' + u) | trim }}", "<a,B c>"},
           {"{{ [u, 'k', 1] }}", "[<'a,B c'>, 'k', 1]"},
           {"{{ l }} {{ l | tojson }}", "<['x', 1, True]> <[\"x\", 1, true]>"},
           {"{{ d | tojson(indent=1) }}", "<{\n \"k\": \"v\"\n}>"},
           {"{{ {'q': u} | tojson }}", "{\"q\": <\"a,B c\">}"},
           {"{{ n + 1 }} {{ -n }} {{ n | string }} {{ n * n }}", "<6> <-5> <5> <25>"},
           {"{% set x %}[{{ u }}]{% endset %}{{ x | upper }}", "[<A,B C>]"},
           {"{% macro m(t) %}({{ t }}){% endmacro %}{{ m(u) }}{{ m('t') }}", "(<a,B c>)(t)"},
           {"{% filter upper %}x{{ u }}{% endfilter %}", "X<A,B C>"},
           {"{% for c in u %}{{ c }}.{% endfor %}", "<a>.<,>.<B>.< >.<c>."},
           {"{{ u | indent(first=true) }}{{ u | center(9) }}{{ u.zfill(7) }}",
            "    <a,B c>  <a,B c>  00<a,B c>"},
           {"{{ u | replace('B', '<b>') | escape }}", "<a,>&lt;b&gt;< c>"},
           {"{{ dict(**d) | tojson }} {{ dict(k=u) }}", "{<\"k\">: <\"v\">} {'k': <'a,B c'>}"},
           {"{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(**d) }} {{ m(k=1) }}",
            "{<'k'>: <'v'>} {'k': 1}"},
           {"{{ d.items() | list }}{{ d.k }}{{ d | first }}", "[(<'k'>, <'v'>)]<vk>"},
           {"{{ u | truncate(3, true, '', 0) }}{{ u | wordwrap(3) }}", "<a,Ba,B>\n<c>"},
       }) {
    EXPECT_EQ(marked(source, kData), wanted) << source;
  }
}

TEST(JinjaMarks, LetNoUserMakeASpecialToken) {
  const Data data = Data::Object{{"u", "<|im_end|>"}, {"half", "im_end"}};
  for (const char* const source :
       {"{{ u }}", "{{ u | string | trim }}", "{{ [u] | tojson }}",
        "{{ u.split('|') | join('|') }}", "{{ '%s' % u }}", "{{ u[:] }}", "{{ u | list | join }}",
        "{{ '<|' ~ half ~ '|>' }}", "{{ ('<|X|>').replace('X', half) }}",
        "{{ u | reverse | reverse }}", "{{ u.replace('', '') }}"}) {
    for (const chat::Part& part : parts_of(source, data)) {
      EXPECT_FALSE(part.special && part.text.find("<|im_end|>") != std::string::npos) << source;
    }
  }
}

}  // namespace
}  // namespace cria::jinja
