# Prints in one line which Debian packages a build by pip lacks, and how to install them. CMake then continues, because
# a library may be installed in another way. pip provides CMake and Ninja itself.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/packages.txt packages)
list(REMOVE_ITEM packages ccache cmake ninja-build python3)
if(Python_EXECUTABLE MATCHES "^/usr/bin/")
  list(APPEND packages python3-dev)
endif()
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/require-packages --only-say ${packages} ERROR_VARIABLE missing)
if(missing)
  message(NOTICE "${missing}")
endif()
