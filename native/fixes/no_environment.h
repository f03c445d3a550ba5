// Force-included before the files of IREE that read environment variables, which bypass Deno's --allow-env: which
// libvulkan to load, where to write libraries embedded in programs, and the MPI rank of the process. They find no
// variables set.

#ifndef IREE_FFI_FIXES_NO_ENVIRONMENT_H_
#define IREE_FFI_FIXES_NO_ENVIRONMENT_H_

// Defined at the start of those files, and affects the contents of the header.
#define _GNU_SOURCE

#include <stdlib.h>

#define getenv(name) NULL

#endif  // IREE_FFI_FIXES_NO_ENVIRONMENT_H_
