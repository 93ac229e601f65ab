# The warnings of the project's own code. Link lossact_warnings PRIVATE, as $<BUILD_INTERFACE:lossact_warnings> where
# the target is exported; CMAKE_COMPILE_WARNING_AS_ERROR makes errors of them.
add_library(lossact_warnings INTERFACE)
target_compile_options(lossact_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow)

# ccache where there is one. Paths below the sources count as relative, so that a copy of the tree (the tests make some)
# shares its objects.
if(PROJECT_IS_TOP_LEVEL AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM}
    )
  endif()
endif()
