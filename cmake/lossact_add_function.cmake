# Functions in a user's project, compiled and listed as the library's are.
#
#   lossact_add_function(TARGET FILE... [TOPIC TOPIC])
#
# TARGET    an executable or a library of the project, which links lossact::lossact or lossact::nn
# FILE      the function's file, as CONTRIBUTING.md describes it, named like the function; its calls include it
# TOPIC     under which lossact::functions() lists it; the project's name unless it is given
#
# Each file is compiled for the processor targets of the library if Highway is found; otherwise for one number at a
# time, with the same bits. It is an error if TARGET or FILE does not exist, if FILE has an unknown member or template
# (see pieces.cmake) or is not named like its function, or if the library or TARGET has a function or type of that name.
# A function that is called without this is an error of the linker: undefined reference to
# lossact::detail::function_of<TYPE>(). A function that is never called is listed too, but under --as-needed a linker
# leaves out a shared library from which nothing is called.
#
# Installed beside units.cmake, which it needs.
include(${CMAKE_CURRENT_LIST_DIR}/units.cmake)
define_property(TARGET PROPERTY LOSSACT_FUNCTIONS BRIEF_DOCS "Names and types of the functions that a target has")
define_property(TARGET PROPERTY LOSSACT_TARGETS BRIEF_DOCS "Processor targets that a library's kernels are compiled for")

function(lossact_add_function target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TOPIC" "")
  if(NOT arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "lossact_add_function(${target}): expected lossact_add_function(TARGET FILE... [TOPIC TOPIC])")
  endif()
  if(NOT arg_TOPIC)
    set(arg_TOPIC ${PROJECT_NAME})
  endif()
  if(NOT TARGET lossact::lossact)
    message(FATAL_ERROR "lossact_add_function(${target}): lossact::lossact is not known here, expected find_package(lossact)")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "lossact_add_function(${target}): there is no target of this name")
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(imported ${target} IMPORTED)
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(imported OR aliased OR NOT type MATCHES "^(EXECUTABLE|(STATIC|SHARED|MODULE)_LIBRARY)$")
    message(FATAL_ERROR "lossact_add_function(${target}): nothing is compiled into this target, expected an executable or "
                        "a static or shared library of this project"
    )
  endif()

  set(units lossact_functions_of_${target})
  if(NOT TARGET ${units})
    add_library(${units} OBJECT)
    cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH root)
    get_target_property(targets lossact::lossact LOSSACT_TARGETS)
    lossact_compile_units(${units} ${targets})
    # A function's file may include what TARGET includes.
    target_include_directories(${units} SYSTEM PRIVATE ${root})
    target_include_directories(${units} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
    target_compile_definitions(${units} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
    target_link_libraries(${units} PRIVATE lossact::lossact)
    find_package(hwy QUIET)
    if(hwy_FOUND)
      target_link_libraries(${units} PRIVATE hwy::hwy)
    else()
      target_include_directories(${units} SYSTEM PRIVATE ${root}/src/without_highway)
    endif()
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${units}>)
  endif()

  foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
    cmake_path(ABSOLUTE_PATH file NORMALIZE)
    if(NOT EXISTS ${file} OR IS_DIRECTORY ${file})
      message(FATAL_ERROR "lossact_add_function(${target}): there is no file ${file}")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/lossact_functions/${target})
    lossact_make_unit(${file} ${file} ${arg_TOPIC} ${folder} LISTED)
    foreach(owner lossact::lossact ${target})
      get_target_property(taken ${owner} LOSSACT_FUNCTIONS)
      foreach(name ${LOSSACT_NAME} ${LOSSACT_TYPE})
        if(name IN_LIST taken)
          message(FATAL_ERROR "lossact_add_function(${target}): ${file} defines ${name}, which ${owner} has already")
        endif()
      endforeach()
    endforeach()
    set_property(TARGET ${target} APPEND PROPERTY LOSSACT_FUNCTIONS ${LOSSACT_NAME} ${LOSSACT_TYPE})
    target_sources(${units} PRIVATE ${folder}/${LOSSACT_NAME}.cc)
    if(type STREQUAL "STATIC_LIBRARY")
      # A linker takes from an archive only what is referenced, and a listed function need not be called by its type.
      target_link_options(${target} INTERFACE LINKER:-u,${LOSSACT_SYMBOL})
    endif()
  endforeach()
endfunction()
