// What the header of NCCL needs of the CUDA runtime, whose library is not used.
#ifndef IREE_FFI_CUDA_RUNTIME_H_
#define IREE_FFI_CUDA_RUNTIME_H_

#include "cuda.h"

typedef struct CUstream_st* cudaStream_t;

#endif  // IREE_FFI_CUDA_RUNTIME_H_
