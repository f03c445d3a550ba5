// Included by the header of NCCL, of which IREE uses no such numbers.
#ifndef IREE_FFI_CUDA_BF16_H_
#define IREE_FFI_CUDA_BF16_H_

#endif  // IREE_FFI_CUDA_BF16_H_
