# The pieces that a function's file may hold: members of its options, and templates. Any other name is a misspelt piece,
# which templates that look for the right one would silently ignore. ARCHITECTURE.md says what each is for.
#
#   cmake -D FILE=functions/TOPIC/NAME.h -P cmake/pieces.cmake      checks one file

# lossact_check_pieces(FILE): a fatal error if FILE has a member that is no piece, or after the struct a template that
# is none and that nothing in the file calls.
function(lossact_check_pieces file)
  set(known_members about arguments compensated exact facts identity_above input loop meaning output parameters refusal
                    rounds_once statistic torch whole
  )
  set(known_templates derivative derivative_by_total derivative_from_output derivatives finish forward mass
                      probability_from_output slopes terms
  )
  file(READ ${file} text)
  string(REPLACE ";" "," text "${text}")  # `;`, `[` and `]` have a meaning in CMake lists
  string(REPLACE "[" "(" text "${text}")
  string(REPLACE "]" ")" text "${text}")
  string(REGEX REPLACE "//[^\n]*" "" text "${text}")
  string(REGEX MATCHALL "\n  (static )?constexpr [A-Za-z:<>_ ]+ [a-z_]+( =|\\()" members "${text}")
  foreach(member IN LISTS members)
    string(REGEX REPLACE ".* ([a-z_]+)( =|\\()$" "\\1" name "${member}")
    if(NOT name IN_LIST known_members)
      list(JOIN known_members ", " known)
      message(FATAL_ERROR "${file}: '${name}' is no piece of a function, expected one of ${known}")
    endif()
  endforeach()
  string(REGEX MATCHALL "\nconstexpr (V|std::array<V, [0-9]>) [a-z_]+\\(" templates "${text}")
  foreach(template IN LISTS templates)
    string(REGEX REPLACE ".* ([a-z_]+)\\($" "\\1" name "${template}")
    string(REGEX MATCHALL "[^a-z_]${name}\\(" uses "${text}")
    list(LENGTH uses count)
    if(NOT name IN_LIST known_templates AND count LESS 2)
      list(JOIN known_templates ", " known)
      message(FATAL_ERROR "${file}: '${name}' is no piece of a function, and nothing calls it; expected one of ${known}")
    endif()
  endforeach()
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  lossact_check_pieces(${FILE})
endif()
