// Force-included before the files of IREE that read environment variables, which Deno's --allow-env does not see: what
// libvulkan to load, where to put libraries that are in programs, and how MPI numbered the process. They find no variable
// set.

#ifndef IREE_FFI_FIXES_NO_ENVIRONMENT_H_
#define IREE_FFI_FIXES_NO_ENVIRONMENT_H_

// As those files begin, which the header's contents depend on.
#define _GNU_SOURCE

#include <stdlib.h>

#define getenv(name) NULL

#endif  // IREE_FFI_FIXES_NO_ENVIRONMENT_H_
