#include "template/go/template.h"

#include <gtest/gtest.h>

#include <ctime>

#include "tests/support/expect_error.h"

namespace cria::go {
namespace {

using cria::test::expect_error;

const Data kData = Data::Object{
    {"s", "abc"},
    {"n", 5},
    {"zero", 0},
    {"half", 0.5},
    {"yes", true},
    {"no", false},
    {"nil", nullptr},
    {"numbers", Data::List{3, 1, 2}},
    {"mixed", Data::List{1, "a", nullptr, Data::List{2.5, true}, Data::Object{{"k", "v"}}}},
    {"none", Data::List{}},
    {"map", Data::Object{{"b", 2}, {"a", 1}, {"inner", Data::Object{{"x", "y"}}}}},
};

std::string rendered(const std::string& source, const ExecuteOptions& options = {}) {
  return text_of(Template("t", source).execute(value_of(kData), options));
}

struct Case {
  const char* source;
  const char* expected;
};

void expect_all(std::initializer_list<Case> cases) {
  for (const Case& tried : cases) EXPECT_EQ(rendered(tried.source), tried.expected) << tried.source;
}

// Where Go says it, and what.
void expect_refused_by_parser(std::initializer_list<Case> cases) {
  for (const Case& tried : cases) {
    SCOPED_TRACE(tried.source);
    expect_error([&] { Template("t", tried.source); }, Error::Code::kInvalidArgument,
                 {"template: t:", tried.expected});
  }
}

void expect_refused_when_executed(std::initializer_list<Case> cases) {
  for (const Case& tried : cases) {
    SCOPED_TRACE(tried.source);
    const Template parsed("t", tried.source);
    expect_error([&] { parsed.execute(value_of(kData)); }, Error::Code::kInvalidArgument,
                 {"template: t:", "executing \"", tried.expected});
  }
}

TEST(GoTemplate, TrimsSpaceWhereMarkersSay) {
  expect_all({{"a {{- .n -}} b", "a5b"},
              {" a \n{{- /* no */ -}}\t b", " ab"},
              {"a {{/* no */}} b", "a  b"},
              {"{{3 -}} x {{- -3}}", "3x-3"},
              {"{{-3}}", "-3"},
              {"{{ \"a\" -}}\r\n\n{{- \"b\" }}", "ab"},
              {"a }} {{ `{{` }} { {", "a }} {{ { {"}});
}

TEST(GoTemplate, ReadsConstants) {
  expect_all({{"{{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ 'a' }} {{ '\\n' }}",
               "31 5 15 15 1000 97 10"},
              {"{{ 1e3 }} {{ 1.5e-3 }} {{ 0x1p4 }} {{ .5 }} {{ 5. }} {{ 1e6 }} {{ -0.0 }}",
               "1000 0.0015 16 0.5 5 1e+06 -0"},
              {"{{ \"\\u00e9\\x41\\101\\t\\\"\" }}",
               "\xc3\xa9"
               "AA\t\""},
              {"{{ `a\\n\r` }}", "a\\n"},
              {"{{ 4i }} {{ 1+2i }} {{ -1.5-2e-3i }} {{ 0x1p4+1e+2i }} {{ 0i }} {{ 073i }}",
               "(0+4i) (1+2i) (-1.5-0.002i) (16+100i) (0+0i) (0+73i)"},
              {"{{ true }} {{ -9223372036854775808 }}", "true -9223372036854775808"}});
}

TEST(GoTemplate, FindsFieldsAndVariables) {
  expect_all({{"{{ .map.inner.x }} {{ $.n }} {{ (index .mixed 4).k }}", "y 5 v"},
              {"{{ .missing }} {{ .nil }} {{ (.missing).x }}", "<no value> <no value> <no value>"},
              {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"},
              {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"},
              {"{{ with $x := .n }}{{ $x }}{{ . }}{{ end }}", "55"},
              {"{{ ($y := 3) }}{{ $y }}", "33"}});
}

TEST(GoTemplate, ChoosesBranches) {
  expect_all({{"{{ if .zero }}a{{ else if .none }}b{{ else if .map }}c{{ else }}d{{ end }}", "c"},
              {"{{ with .nil }}a{{ else with .n }}{{ . }}{{ end }}", "5"},
              {"{{ with .nil }}a{{ else }}{{ .n }}{{ end }}", "5"},
              {"{{ if .half }}a{{ end }}{{ if 0.0 }}b{{ end }}{{ if \"\" }}c{{ end }}", "a"}});
}

TEST(GoTemplate, Ranges) {
  expect_all(
      {{"{{ range .numbers }}[{{ . }}]{{ end }}", "[3][1][2]"},
       {"{{ range $i, $x := .numbers }}{{ if $i }}, {{ end }}{{ $i }}:{{ $x }}{{ end }}",
        "0:3, 1:1, 2:2"},
       {"{{ range $k, $v := .map }}{{ $k }}={{ $v }};{{ end }}", "a=1;b=2;inner=map[x:y];"},
       {"{{ range 3 }}{{ . }}{{ end }}{{ range $i := .n }}{{ $i }}{{ end }}", "01201234"},
       {"{{ range .none }}{{ else }}none{{ end }}{{ range .nil }}{{ else }}nil{{ end }}",
        "nonenil"},
       {"{{ range .numbers }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "32"},
       {"{{ range .numbers }}{{ if eq . 1 }}{{ break }}{{ end }}{{ . }}{{ end }}", "3"},
       // The break of an else is one of its own range.
       {"{{ range .numbers }}{{ range $.none }}{{ else }}{{ break }}{{ end }}{{ . }}{{ end }}",
        "312"},
       {"{{ $x := 0 }}{{ range $x = .numbers }}{{ end }}{{ $x }}", "2"}});
}

TEST(GoTemplate, CallsTemplates) {
  expect_all({{"{{ define \"x\" }}<{{ . }}{{ $ }}>{{ end }}{{ template \"x\" .n }}", "<55>"},
              {"{{ template \"x\" }}{{ define `x` }}{{ . }}{{ end }}", "<no value>"},
              {"{{ block \"b\" .n }}<{{ . }}>{{ end }}{{ template \"b\" 7 }}", "<5><7>"},
              {"{{ define \"x\" }}2{{ end }}{{ define \"x\" }} {{ end }}{{ template \"x\" }}", "2"},
              {"{{ define \"r\" }}{{ if . }}{{ len . }}{{ template \"r\" (slice . 1) }}{{ end "
               "}}{{ end }}{{ template \"r\" .numbers }}",
               "321"}});
}

TEST(GoTemplate, Compares) {
  expect_all(
      {{"{{ eq 1 2 1 }} {{ ne .s \"abc\" }} {{ eq .nil nil }} {{ eq .mixed nil }} "
        "{{ eq 1 nil }}",
        "true false true false false"},
       {"{{ eq (index .s 0) 97 }} {{ lt -1 (index .s 0) }} {{ le 2 2 }} {{ gt .half 0.1 }} "
        "{{ lt \"a\" \"b\" }}",
        "true true true true true"},
       {"{{ and 1 0 2 }} {{ or 0 \"\" 3 4 }} {{ or .nil .s }} {{ not .none }} {{ 0 | or 5 }}",
        "0 3 abc true 5"},
       {"{{ and 0 (index .none 9) }}{{ or 1 (index .none 9) }}", "01"}});
}

TEST(GoTemplate, MeasuresAndTakesApart) {
  expect_all(
      {{"{{ len .s }}{{ len .map }}{{ .numbers | len }}", "333"},
       {"{{ index .mixed 3 0 }} {{ index .map \"inner\" \"x\" }} {{ index .s 1 }}", "2.5 y 98"},
       {"{{ slice .s 1 }} {{ slice .s 1 2 }} {{ slice .numbers 1 3 }}", "bc b [1 2]"}});
}

TEST(GoTemplate, PrintsValues) {
  expect_all(
      {{"{{ .mixed }} {{ .map }} {{ .none }}",
        "[1 a <nil> [2.5 true] map[k:v]] map[a:1 b:2 inner:map[x:y]] []"},
       {"{{ print 1 2 \"a\" \"b\" 3 nil }}|{{ println 1 \"a\" }}", "1 2ab3 <nil>|1 a\n"},
       {"{{ print nil .missing }}", "<nil> <nil>"},
       {"{{ html \"<a&'\\\">\" }} {{ js \"it's <b>=\" }} {{ urlquery \"a b&c\" }} {{ html nil }}",
        "&lt;a&amp;&#39;&#34;&gt; it\\'s \\u003Cb\\u003E\\u003D a+b%26c &lt;no value&gt;"}});
}

TEST(GoTemplate, FormatsAsPrintfDoes) {
  expect_all(
      {{"{{ printf \"%d|%5d|%-5d|%05d|%+d|%x|%#X|%o|%b|%c|%q|%U\" 42 42 42 42 42 42 42 42 42 42 42 "
        "42 }}",
        "42|   42|42   |00042|+42|2a|0X2A|52|101010|*|'*'|U+002A"},
       {"{{ printf \"%v|%.2f|%8.3f|%e|%g|%G\" 1e21 3.14159 3.14159 1234.5 1e-7 1e-7 }}",
        "1e+21|3.14|   3.142|1.234500e+03|1e-07|1E-07"},
       {"{{ printf \"%s|%10s|%-5s|%.2s|%q|%x|% X\" .s .s .s .s .s .s .s }}",
        "abc|       abc|abc  |ab|\"abc\"|616263|61 62 63"},
       {"{{ printf \"%v %+v %#v %T %t\" .mixed .map .mixed .map true }}",
        "[1 a <nil> [2.5 true] map[k:v]] map[a:1 b:2 inner:map[x:y]] []interface {}{1, \"a\", "
        "interface {}(nil), []interface {}{2.5, true}, map[string]interface {}{\"k\":\"v\"}} "
        "map[string]interface {} true"},
       {"{{ printf \"%[2]d %[1]d %*d %.*f %%\" 1 2 }}",
        "2 1 %!d(MISSING) %!(BADPREC)%!f(MISSING) %"},
       {"{{ printf \"%d %s %z\" \"a\" 1 }}", "%!d(string=a) %!s(int=1) %!z(MISSING)"},
       {"{{ printf \"%d\" nil }} {{ printf \"x\" 1 nil }} {{ printf \"%\" }} {{ printf \"%[9]d\" 1 "
        "}}",
        "%!d(<nil>) x%!(EXTRA int=1, <nil>) %!(NOVERB) %!d(BADINDEX)"},
       {"{{ printf \"%v|%7.2f|%+e|%T|%d\" 1+2i 1-2i 1+2i 1i 1i }}",
        "(1+2i)|(   1.00  -2.00i)|(+1.000000e+00+2.000000e+00i)|complex128|%!d(complex128=(0+1i))"},
       {"{{ eq 1+2i 1+2i }} {{ ne 1i 2i }} {{ if 0i }}x{{ end }}{{ json 1i }}", "true true "},
       {"{{ .n | printf \"%s-%03d\" \"a\" }}", "a-005"}});
}

TEST(GoTemplate, WritesJsonAsGoDoes) {
  expect_all(
      {{"{{ json .map }} {{ json .mixed }} {{ json nil }}",
        "{\"a\":1,\"b\":2,\"inner\":{\"x\":\"y\"}} [1,\"a\",null,[2.5,true],{\"k\":\"v\"}] null"},
       {"{{ json \"<&>\\n\\x01\\u2028\\xff\\\"\" }}",
        "\"\\u003c\\u0026\\u003e\\n\\u0001\\u2028\\ufffd\\\"\""},
       {"{{ json 1e21 }} {{ json 1e20 }} {{ json 1e-7 }} {{ json 100.0 }}",
        "1e+21 100000000000000000000 1e-7 100"}});
}

TEST(GoTemplate, KnowsTheDay) {
  std::tm day{};
  day.tm_year = 2024 - 1900;
  day.tm_mon = 2;
  day.tm_mday = 1;
  day.tm_hour = 12;
  ExecuteOptions options;
  options.now = std::mktime(&day);
  EXPECT_EQ(rendered("{{ currentDate }} {{ yesterdayDate \"any\" }}", options),
            "2024-03-01 2024-02-29");
}

TEST(GoTemplate, RefusesToParseWhatGoDoes) {
  expect_refused_by_parser({
      {"a\n  {{ foo }}", "t:2:5: function \"foo\" not defined"},
      {"{{ $x }}", "undefined variable \"$x\""},
      {"{{ .s ", "unclosed action"},
      {"{{ \"a }}", "unterminated quoted string"},
      {"{{/* a }}", "unclosed comment"},
      {"{{ (print 1 }}", "unclosed left parenthesis"},
      {"{{ ) }}", "unexpected right parenthesis"},
      {"{{ if .s }}", "unexpected EOF"},
      {"{{ if }}{{ end }}", "missing value for if"},
      {"{{ end }}", "unexpected {{end}}"},
      {"{{ if .s }}{{ else }}{{ else }}{{ end }}", "expected end; found {{else}}"},
      {"{{ if .s }}{{ else with .s }}{{ end }}", "unexpected \"with\""},
      {"{{ break }}", "{{break}} outside {{range}}"},
      {"{{ range .s }}{{ else }}{{ continue }}{{ end }}", "{{continue}} outside {{range}}"},
      {"{{ range $a, $b, $c := .s }}{{ end }}", "too many declarations in range"},
      {"{{ $a, $b := .s }}", "too many declarations in command"},
      {"{{ 1 | 2 }}", "non executable command in pipeline stage 2"},
      {"{{ print 1, 2 }}", "unexpected \",\" in operand"},
      {"{{ \"a\".x }}", "unexpected . after term"},
      {"{{ 1+2 }}", "bad number syntax: \"1+2\""},
      {"{{ 1ix }}", "bad number syntax: \"1ix\""},
      {"{{ 0b1i }}", "illegal number syntax: \"0b1i\""},
      {"{{ 9223372036854775808_ }}", "illegal number syntax"},
      {"{{ 18446744073709551616 }}", "integer overflow"},
      {"{{ 08 }}", "integer overflow"},
      {"{{ 3z }}", "bad number syntax"},
      {"{{ 'ab' }}", "malformed character constant"},
      {"{{ \"\\q\" }}", "invalid syntax"},
      {"{{ .x-y }}", "bad character \"-\""},
      {"{{ define \"x\" }}1{{ end }}{{ define \"x\" }}2{{ end }}", "multiple definition"},
      {"{{ if .s }}{{ define \"x\" }}{{ end }}{{ end }}", "unexpected \"define\""},
      {"{{ template x }}", "unexpected \"x\" in template clause"},
  });
}

TEST(GoTemplate, RefusesToExecuteWhatGoDoes) {
  expect_refused_when_executed({
      {"\n {{ .s.x }}", "t:2:4: executing \"t\" at <.s.x>: can't evaluate field x in type string"},
      {"{{ .nil.x }}", "nil pointer evaluating interface {}.x"},
      {"{{ .n 5 }}", "n is not a method but has arguments"},
      {"{{ nil }}", "nil is not a command"},
      {"{{ 5 6 }}", "can't give argument to non-function"},
      {"{{ $x = 1 }}", "undefined variable: $x"},
      {"{{ if .no }}{{ $x := 1 }}{{ else }}{{ $x }}{{ end }}", "undefined variable: $x"},
      {"{{ template \"x\" }}", "template \"x\" not defined"},
      {"{{ range .s }}{{ end }}", "range can't iterate over a value of type string"},
      {"{{ range $i, $x := 3 }}{{ end }}", "iterate over more than one variable"},
      {"{{ len }}", "wrong number of args for len: want 1 got 0"},
      {"{{ len 1 }}", "error calling len: len of type int"},
      {"{{ index .numbers 3 }}", "index out of range"},
      {"{{ index .map 1 }}", "value has type int; should be string"},
      {"{{ slice .s 2 1 }}", "invalid slice index: 2 > 1"},
      {"{{ eq 1 1.0 }}", "incompatible types for comparison: int and float64"},
      {"{{ eq .map .map }}", "non-comparable type"},
      {"{{ eq 1 }}", "missing argument for comparison"},
      {"{{ lt true false }}", "invalid type for comparison"},
      {"{{ printf 5 }}", "expected string; got int"},
      {"{{ currentDate nil }}", "cannot assign nil to string"},
      {"{{ call .n }}", "error calling call: non-function"},
      {"{{ 18446744073709551615 }}", "overflows int"},
  });
}

TEST(GoTemplate, MissingKeysAreNothingWhenAsked) {
  ExecuteOptions options;
  options.missing_key = MissingKey::kDefault;
  EXPECT_EQ(rendered("{{ .missing.x.y }}", options), "<no value>");
}

TEST(GoTemplate, TellsDataFromTheTemplatesOwnText) {
  const auto shown = [](const std::string& source) {
    std::string text;
    for (const chat::Part& part : Template("t", source).execute(value_of(kData))) {
      text += (part.special ? "S[" : "U[") + part.text + "]";
    }
    return text;
  };
  EXPECT_EQ(shown("a{{ .s }}{{ .n }}{{ \"b\" }}{{ 1 }}c"), "S[a]U[abc5]S[b1c]");
  EXPECT_EQ(shown("{{ $x := \"b\" }}{{ with $x }}{{ . }}{{ end }}{{ or .nil $x }}"), "S[bb]");
  EXPECT_EQ(shown("{{ printf \"<%s|%d>%s\" .s 5 \"d\" }}"), "S[<]U[abc]S[|5>d]");
  EXPECT_EQ(shown("{{ slice (print \"ab\" .s) 1 3 }}{{ html \"<\" .s }}{{ json \"x\" }}"),
            "S[b]U[a&lt;abc\"x\"]");
  EXPECT_EQ(shown("{{ range $k, $v := .map.inner }}{{ $k }}{{ end }}{{ .missing }}"),
            "U[x]S[<no value>]");
}

TEST(GoTemplate, StaysWithinItsLimits) {
  const auto refuses = [](const std::string& source, const char* what) {
    SCOPED_TRACE(source.substr(0, 60));
    expect_error([&] { rendered(source); }, Error::Code::kUnsupported, {what});
  };
  const auto repeated = [](const std::string& text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  refuses("{{ range 1000000000 }}{{ end }}", "steps");
  refuses("{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}", "levels");
  refuses("{{ $x := \"x\" }}" + repeated("{{ $x = print $x $x }}", 40), "bytes");
  refuses("{{ printf \"" + repeated("%1000000[1]d", 100) + "\" 1 }}", "bytes");
  refuses(repeated("{{ if 1 }}", 2000), "nested deeper");
  refuses("{{ " + repeated("(", 2000), "nested deeper");
  refuses("{{ if 0 }}" + repeated("{{ else if 0 }}", 2000), "nested deeper");
  Data deep;
  for (int i = 0; i < 2000; ++i) deep = Data::List{deep};
  expect_error([&] { value_of(deep); }, Error::Code::kInvalidArgument, {"nested deeper"});
}

}  // namespace
}  // namespace cria::go
