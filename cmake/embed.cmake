# Embeds files in a library. lossact_embed(FUNCTION HEADER NAME FILES...) generates FUNCTION.cc in the current build
# folder. It defines FUNCTION, which HEADER declares and which returns the files with their names: NAME is NAME for
# whole names, or NAME_WE for names without extensions.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(LOSSACT_EMBED ${CMAKE_CURRENT_LIST_FILE})
  function(lossact_embed function header name)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
    add_custom_command(
      OUTPUT ${source}
      COMMAND ${CMAKE_COMMAND} -DOUTPUT=${source} -DFUNCTION=${function} -DHEADER=${header} -DNAME=${name}
              "-DFILES=${ARGN}" -P ${LOSSACT_EMBED}
      DEPENDS ${ARGN} ${LOSSACT_EMBED}
      COMMENT "Embedding ${function}"
      VERBATIM
    )
  endfunction()
  return()
endif()

# A raw string may not be longer than compilers take, so a file is cut into pieces that the compiler joins.
set(source "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace lossact::cli {\nnamespace {\n")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} ${NAME})
  file(READ ${file} content HEX)
  string(LENGTH "${content}" digits)
  string(APPEND source "constexpr char file_${index}[] =\n")
  set(from 0)
  while(from LESS digits)
    string(SUBSTRING "${content}" ${from} 32000 piece)
    string(REGEX REPLACE "(..)" "\\\\x\\1" piece "${piece}")
    string(APPEND source "    \"${piece}\"\n")
    math(EXPR from "${from} + 32000")
  endwhile()
  string(APPEND source "    ;\n")
  string(APPEND entries "    {\"${name}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND source "constexpr EmbeddedFile files[] = {\n${entries}};\n}  // namespace\n\n")
string(APPEND source "std::span<const EmbeddedFile> ${FUNCTION}() { return files; }\n}  // namespace lossact::cli\n")
file(WRITE ${OUTPUT} "${source}")
