#include "cmd/slash_help.h"

#include "base/error.h"
#include "base/quote.h"

namespace cria::cmd {
namespace {

constexpr std::string_view kCommands = R"(Commands:
  /set              how answers are made and shown: /? set
  /show             about the model: /? show
  /load NAME        talk with another model
  /save NAME        store this model with the conversation, its system text and parameters
  /clear            forget the conversation
  /list             the stored models
  /bye, /exit       leave
  /?, /help         this help; /? shortcuts names the keys

Use """ to begin a text of many lines, or one that starts with a slash, and """ to end it.
Paths of pictures (./cat.png) are shown to models that can see.
)";

constexpr std::string_view kSet = R"(Commands:
  /set parameter NAME VALUE    how answers are made: temperature, top_k, top_p, min_p, seed,
                               num_predict, num_ctx, stop, ...; /show parameters names them
  /set system TEXT             the instructions that the model is given
  /set history | nohistory     keep what is typed for the next session, or not
  /set wordwrap | nowordwrap   break lines between words, or not
  /set format json | FORMAT    what answers have to be; as --format takes it
  /set noformat                anything
  /set verbose | quiet         show the speed after each answer, or not
  /set think [LEVEL]           have the model think, for example low, medium or high
  /set nothink                 have it not think
)";

constexpr std::string_view kShow = R"(Commands:
  /show info          about the model
  /show license       its license
  /show modelfile     the Modelfile that makes it
  /show parameters    those of /set parameter
  /show system        that of /set system
  /show template      the chat template
)";

constexpr std::string_view kShortcuts = R"(Keys:
  Ctrl-A, Ctrl-E    to the begin, the end of the line
  Alt-B, Alt-F      a word back, forward
  Ctrl-K, Ctrl-U    delete to the end of the line, the whole line
  Ctrl-W            delete the word before
  Up, Down          earlier inputs
  Ctrl-L            clear the screen
  Ctrl-G            edit the line in $EDITOR
  Ctrl-C            stop the answer; clear the line
  Ctrl-D            leave
)";

}  // namespace

std::string_view slash_help(std::string_view topic) {
  if (topic.empty()) return kCommands;
  if (topic == "set" || topic == "/set") return kSet;
  if (topic == "show" || topic == "/show") return kShow;
  if (topic == "shortcuts" || topic == "shortcut") return kShortcuts;
  fail(Error::Code::kInvalidArgument, "no help on ", quote(topic),
       ", expected set, show or shortcuts");
}

}  // namespace cria::cmd
