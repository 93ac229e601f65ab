# How a function's file becomes a unit, and how units are compiled: the same for the library's functions
# (registry.cmake) and for those of a user's project (lossact_add_function.cmake). It is installed together with the
# sources that a unit includes, in the same relative folders.
include(${CMAKE_CURRENT_LIST_DIR}/pieces.cmake)

# lossact_make_unit(FILE INCLUDE TOPIC FOLDER [LISTED]): checks what FILE says and writes its unit, FOLDER/NAME.cc, which
# includes the file as INCLUDE. LISTED: the unit itself tells the registry of its function. Sets in the caller's scope
#   LOSSACT_NAME       as the function is looked up: mish, or entropy of a namespace as information.entropy
#   LOSSACT_TYPE       its type within lossact: Mish, information::Entropy
#   LOSSACT_NAMESPACE  what that type lies in: lossact, lossact::information
#   LOSSACT_SYMBOL     of a LISTED unit: its symbol for the linker
function(lossact_make_unit file include topic folder)
  lossact_check_pieces(${file})
  cmake_path(GET file STEM stem)
  file(STRINGS ${file} names REGEX "^ *\\.name = \"")
  string(REGEX REPLACE "^ *\\.name = \"([^\"]*)\".*" "\\1" name "${names}")
  if(NOT name STREQUAL stem)
    message(FATAL_ERROR "${file} says .name = \"${name}\": a file is named like its function")
  endif()
  file(READ ${file} text)
  if(NOT text MATCHES "^((// [^\n]*\n)+)#ifndef ")
    message(FATAL_ERROR "${file} does not begin with a comment that says what the function is")
  endif()
  string(REGEX REPLACE "\n?// " " " summary "${CMAKE_MATCH_1}")
  string(STRIP "${summary}" summary)
  string(REGEX REPLACE "([\\\"])" "\\\\\\1" summary "${summary}")
  if(NOT text MATCHES "\ninline constexpr Callable<([A-Za-z0-9_]+)> ${stem};")
    message(FATAL_ERROR "${file} has no line 'inline constexpr Callable<...> ${stem};', by which the function is called")
  endif()
  set(type ${CMAKE_MATCH_1})
  # A function in a namespace within lossact is looked up by both names.
  set(name ${stem})
  set(namespace lossact)
  if(text MATCHES "\nnamespace lossact::([A-Za-z0-9_]+) {\nstruct")
    set(name ${CMAKE_MATCH_1}.${stem})
    set(type ${CMAKE_MATCH_1}::${type})
    set(namespace lossact::${CMAKE_MATCH_1})
  elseif(NOT text MATCHES "\nnamespace lossact {\n")
    message(FATAL_ERROR "${file} does not define its function in the namespace lossact, nor in one within that")
  endif()
  set(listed "")
  if("LISTED" IN_LIST ARGN)
    string(REPLACE "." "_" symbol lossact_function_${name})
    set(listed "\n#define LOSSACT_LISTED ${symbol}\n#include \"src/cpu/passes/listed.h\"")
    set(LOSSACT_SYMBOL ${symbol} PARENT_SCOPE)
  endif()
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/unit.cc.in ${folder}/${name}.cc @ONLY)
  set(LOSSACT_NAME ${name} PARENT_SCOPE)
  set(LOSSACT_TYPE ${type} PARENT_SCOPE)
  set(LOSSACT_NAMESPACE ${namespace} PARENT_SCOPE)
endfunction()

# lossact_compile_arithmetic(TARGET): the compiler adds no FMAs to those that are written, so that bits are the same on
# every machine. Needed by all code that computes with a kind of number.
function(lossact_compile_arithmetic target)
  target_compile_options(${target} PRIVATE -ffp-contract=off -fno-fast-math)
endfunction()

# lossact_compile_kernels(TARGET TARGETS): compiles for the processor targets TARGETS, all or single, whatever processor
# the project's own flags name.
function(lossact_compile_kernels target targets)
  lossact_compile_arithmetic(${target})
  if(targets STREQUAL "single")
    target_compile_definitions(${target} PRIVATE HWY_COMPILE_ONLY_EMU128)
  elseif(NOT targets STREQUAL "all")
    message(FATAL_ERROR "LOSSACT_TARGETS is '${targets}', expected all or single")
  endif()
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_definitions(${target} PRIVATE HWY_BASELINE_TARGETS=HWY_BASELINE_SCALAR)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC clears and copies a hundred bytes by `rep stos` and `rep movs`, which take 20 ns to start.
      target_compile_options(${target} PRIVATE "-mmemset-strategy=vector_loop:256:noalign,libcall:-1:noalign"
                                               "-mmemcpy-strategy=vector_loop:256:noalign,libcall:-1:noalign")
    endif()
  elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    target_compile_options(${target} PRIVATE -march=armv8-a+crypto)  # Highway's headers have AES instructions
  endif()
endfunction()

# lossact_compile_units(TARGET TARGETS): TARGET is an object library of units and nothing else.
function(lossact_compile_units target targets)
  lossact_compile_kernels(${target} ${targets})
  set_target_properties(
    ${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                         UNITY_BUILD OFF
  )
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized -Wno-uninitialized)  # in GCC's intrinsics
  endif()
endfunction()
