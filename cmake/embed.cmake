# embed_files(OUTPUT FOLDER) makes a C++ source of the files of the chat page, in which files() of src/web/web.h finds them. Called as a
# script (cmake -P) this file writes that source.

set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed_files output folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
  add_custom_command(OUTPUT ${output} DEPENDS ${files} ${EMBED_SCRIPT} VERBATIM COMMENT "Embedding ${folder}"
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUTPUT=${output} -P ${EMBED_SCRIPT})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  return()
endif()

set(type_of_html "text/html; charset=utf-8")
set(type_of_css "text/css; charset=utf-8")
set(type_of_mjs "text/javascript; charset=utf-8")
set(type_of_svg "image/svg+xml")

# Bytes as the elements of an array, in lines of 32.
function(to_array file out)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," array "${hex}")
  string(REPEAT "....." 32 line)
  string(REGEX REPLACE "(${line})" "\\1\n" array "${array}")
  set(${out} "${array}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
set(arrays "")
set(rows "")
set(index 0)
foreach(name ${files})
  to_array(${FOLDER}/${name} array)
  if(name STREQUAL "content_security_policy.txt")
    string(APPEND arrays "constexpr unsigned char kPolicy[] = {\n${array}};\n")
    continue()
  endif()
  get_filename_component(extension ${name} LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(NOT DEFINED type_of_${extension})
    message(FATAL_ERROR "${FOLDER}/${name}: no media type is known for .${extension}; add it to ${CMAKE_CURRENT_LIST_FILE}")
  endif()
  set(path /web/${name})
  if(name STREQUAL "index.html")
    set(path /)
  endif()
  file(SHA256 ${FOLDER}/${name} hash)
  string(APPEND arrays "constexpr unsigned char kFile${index}[] = {\n${array}};\n")
  string(APPEND rows "    {\"${path}\", \"${type_of_${extension}}\", text(kFile${index}), \"\\\"${hash}\\\"\"},\n")
  math(EXPR index "${index} + 1")
endforeach()

file(WRITE ${OUTPUT}.new "// Made by cmake/embed.cmake.

#include \"web/web.h\"

namespace cria::web {

namespace {

${arrays}
template <std::size_t n>
std::string_view text(const unsigned char (&bytes)[n]) {
  return {reinterpret_cast<const char*>(bytes), n};
}

}  // namespace

std::span<const File> files() {
  static const File kFiles[] = {
${rows}  };
  return kFiles;
}

std::string_view content_security_policy() { return text(kPolicy).substr(0, text(kPolicy).find('\\n')); }

}  // namespace cria::web
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
