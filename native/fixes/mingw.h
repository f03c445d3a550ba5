// Included before every file that MinGW compiles. Its headers define
// `interface`, which IREE uses as a name; Microsoft's do so only for COM.

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <winsock2.h>
#include <windows.h>
#undef interface
