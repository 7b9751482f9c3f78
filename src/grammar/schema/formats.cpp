#include "grammar/schema/formats.h"

#include <array>

namespace cria::grammar {
namespace {

// Years 0001 to 9999; 29 February in leap years only.
#define DATE                                                                            \
  "(?:(?:000[1-9]|00[1-9]\\d|0[1-9]\\d\\d|[1-9]\\d{3})-"                                \
  "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|" \
  "02-(?:0[1-9]|1\\d|2[0-8]))|"                                                         \
  "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
// Without leap seconds.
#define TIME \
  "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define HOST "[A-Za-z0-9](?:-?[A-Za-z0-9]){0,24}(?:\\.[A-Za-z0-9](?:-?[A-Za-z0-9]){0,24}){0,4}"
#define BYTE "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"
#define IPV4 BYTE "(?:\\." BYTE "){3}"
#define H16 "[0-9A-Fa-f]{1,4}"
#define LOCAL "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
#define PCHAR "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"

struct Format {
  const char* name;
  const char* pattern;
};

constexpr std::array kFormats{
    Format{"date", DATE},
    Format{"time", TIME},
    Format{"date-time", DATE "T" TIME},
    Format{"duration",
           "P(?:\\d{1,9}W|(?:\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|"
           "\\d{1,9}D)(?:T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|"
           "\\d{1,9}S))?|T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|"
           "\\d{1,9}S))"},
    Format{"uuid", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"},
    Format{"hostname", HOST},
    Format{"email", LOCAL "{1,32}(?:\\." LOCAL "{1,15}){0,2}@" HOST},
    Format{"ipv4", IPV4},
    Format{"ipv6", "(?:" H16 ":){7}" H16 "|(?:" H16 ":){1,7}:|(?:" H16 ":){1,6}:" H16 "|(?:" H16
                   ":){1,5}(?::" H16 "){1,2}|(?:" H16 ":){1,4}(?::" H16 "){1,3}|(?:" H16
                   ":){1,3}(?::" H16 "){1,4}|(?:" H16 ":){1,2}(?::" H16 "){1,5}|" H16 ":(?::" H16
                   "){1,6}|:(?::" H16 "){1,7}|::"},
    Format{"uri",
           "[A-Za-z][A-Za-z0-9+.-]*:(?://(?:" HOST "|\\[::1\\])(?::\\d{1,5})?(?:/" PCHAR
           "*)*|" PCHAR "+(?:/" PCHAR "*)*)(?:\\?(?:" PCHAR "|[/?])*)?(?:#(?:" PCHAR "|[/?])*)?"},
    Format{"json-pointer", "(?:/(?:[^/~]|~[01])*)*"},
};

#undef DATE
#undef TIME
#undef HOST
#undef BYTE
#undef IPV4
#undef H16
#undef LOCAL
#undef PCHAR

}  // namespace

const char* format_pattern(std::string_view name) {
  for (const Format& format : kFormats) {
    if (name == format.name) return format.pattern;
  }
  return nullptr;
}

std::string known_formats() {
  std::string names;
  for (const Format& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

}  // namespace cria::grammar
