# What `cmake --install` puts where: include it last, when every target exists.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

foreach(library lossact lossact_nn)
  if(TARGET ${library})
    set_target_properties(
      ${library}
      PROPERTIES CXX_VISIBILITY_PRESET hidden
                 VISIBILITY_INLINES_HIDDEN ON
                 POSITION_INDEPENDENT_CODE ON
                 VERSION ${PROJECT_VERSION}
                 SOVERSION 0
                 DEFINE_SYMBOL ""
                 INSTALL_RPATH $ORIGIN
    )
  endif()
endforeach()

option(LOSSACT_INSTALL "Make cmake --install install Lossact" ${PROJECT_IS_TOP_LEVEL})
if(NOT LOSSACT_INSTALL)
  return()
endif()

set(LOSSACT_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/lossact)
set(LOSSACT_HEADERS ${CMAKE_INSTALL_INCLUDEDIR}/lossact)
# Relative to the pkg-config file, so that an installation can be moved.
file(RELATIVE_PATH LOSSACT_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
# A user of a static library must link what it needs; a shared library links it itself. OpenBLAS is named as a library
# and not by its pkg-config file, which would require the Fortran compiler's library.
set(LOSSACT_PC_NEEDS libhwy)
if(LOSSACT_THREADS)
  string(APPEND LOSSACT_PC_NEEDS ", tbb")
endif()
get_target_property(type lossact TYPE)
if(type STREQUAL STATIC_LIBRARY)
  set(LOSSACT_STATIC ON)
  set(LOSSACT_PC_REQUIRES "Requires: ${LOSSACT_PC_NEEDS}")
  set(LOSSACT_NN_PC_LIBS "Libs: -L\${libdir} -llossact_nn -lopenblas")
else()
  set(LOSSACT_STATIC OFF)
  set(LOSSACT_PC_REQUIRES "Requires.private: ${LOSSACT_PC_NEEDS}")
  set(LOSSACT_NN_PC_LIBS "Libs: -L\${libdir} -llossact_nn\nLibs.private: -lopenblas")
endif()

function(lossact_install_library target name)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  install(
    TARGETS ${target}
    EXPORT lossact-${name}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  )
  install(EXPORT lossact-${name} NAMESPACE lossact:: FILE lossact-${name}-targets.cmake DESTINATION ${LOSSACT_CMAKE_DIR})
endfunction()

lossact_install_library(lossact lossact)
set(LOSSACT_PC_FILES lossact)
set(LOSSACT_NOT_INSTALLED PATTERN nn EXCLUDE)
if(TARGET lossact_nn)
  lossact_install_library(lossact_nn nn)
  list(APPEND LOSSACT_PC_FILES lossact-nn)
  set(LOSSACT_NOT_INSTALLED)
endif()
if(TARGET lossact_program)
  file(RELATIVE_PATH libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(lossact_program PROPERTIES INSTALL_RPATH "$ORIGIN/${libraries}")
  install(TARGETS lossact_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(DIRECTORY include/lossact/ DESTINATION ${LOSSACT_HEADERS} ${LOSSACT_NOT_INSTALLED})
install(DIRECTORY ${LOSSACT_GENERATED_DIR}/lossact/ DESTINATION ${LOSSACT_HEADERS})
install(DIRECTORY functions DESTINATION ${LOSSACT_HEADERS})
install(FILES numbers/real.h DESTINATION ${LOSSACT_HEADERS}/numbers)
# The sources that lossact_add_function compiles: apart from the headers, because no other code may include them.
set(LOSSACT_UNITS_DIR ${CMAKE_INSTALL_DATADIR}/lossact)
install(FILES cmake/lossact_add_function.cmake cmake/pieces.cmake cmake/unit.cc.in cmake/units.cmake
        DESTINATION ${LOSSACT_UNITS_DIR}/cmake
)
install(FILES src/describe.h src/element.h src/parallel.h src/reduce.h DESTINATION ${LOSSACT_UNITS_DIR}/src)
install(FILES src/cpu/kernel.h src/cpu/targets.h DESTINATION ${LOSSACT_UNITS_DIR}/src/cpu)
install(DIRECTORY src/cpu/passes DESTINATION ${LOSSACT_UNITS_DIR}/src/cpu)
install(DIRECTORY src/without_highway DESTINATION ${LOSSACT_UNITS_DIR}/src)
install(DIRECTORY numbers DESTINATION ${LOSSACT_UNITS_DIR} FILES_MATCHING PATTERN *-inl.h PATTERN trace.h
                                                                          PATTERN elementary EXCLUDE)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(
  cmake/lossactConfig.cmake.in ${PROJECT_BINARY_DIR}/lossactConfig.cmake INSTALL_DESTINATION ${LOSSACT_CMAKE_DIR}
  PATH_VARS LOSSACT_UNITS_DIR
)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lossactConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/lossactConfig.cmake ${PROJECT_BINARY_DIR}/lossactConfigVersion.cmake
        DESTINATION ${LOSSACT_CMAKE_DIR}
)
foreach(file IN LISTS LOSSACT_PC_FILES)
  configure_file(cmake/${file}.pc.in ${PROJECT_BINARY_DIR}/${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
