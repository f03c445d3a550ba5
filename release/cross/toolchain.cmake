# Builds for another platform with zig.
#
#   CROSS_TOOLS      folder of the tools that build.ts writes; zig itself is one program
#   CROSS_SYSTEM     CMake's name of the operating system
#   CROSS_PROCESSOR  CMake's name of the CPU architecture
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CROSS_TOOLS CROSS_SYSTEM CROSS_PROCESSOR)
set(CMAKE_SYSTEM_NAME ${CROSS_SYSTEM})
set(CMAKE_SYSTEM_PROCESSOR ${CROSS_PROCESSOR})

set(CMAKE_C_COMPILER ${CROSS_TOOLS}/clang)
set(CMAKE_CXX_COMPILER ${CROSS_TOOLS}/clang++)
set(CMAKE_AR ${CROSS_TOOLS}/ar)
set(CMAKE_RANLIB ${CROSS_TOOLS}/ranlib)
foreach(LANGUAGE C CXX)
  set(CMAKE_${LANGUAGE}_COMPILER_AR ${CMAKE_AR})
  set(CMAKE_${LANGUAGE}_COMPILER_RANLIB ${CMAKE_RANLIB})
endforeach()
set(CMAKE_RC_COMPILER ${CROSS_TOOLS}/rc)
set(CMAKE_DLLTOOL ${CROSS_TOOLS}/dlltool)
set(CMAKE_OBJCOPY ${CROSS_TOOLS}/objcopy)
# CMake looks for it on macOS and never calls it: the names of libraries are set when they are linked.
set(CMAKE_INSTALL_NAME_TOOL ${CROSS_TOOLS}/install_name_tool)

# Zig keeps frame pointers, which costs a register. On macOS the system requires them.
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Darwin")
  set(CMAKE_C_FLAGS_INIT -fomit-frame-pointer)
  set(CMAKE_CXX_FLAGS_INIT -fomit-frame-pointer)
endif()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(KIND LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${KIND} ONLY)
endforeach()
